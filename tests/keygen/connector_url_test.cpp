#include "keygen/connector_url.h"

#include <catch2/catch.hpp>

#include "keygen/codes.h"

namespace sfteams::keygen {
namespace {

TEST_CASE("websocket addresses are taken as they are") {
  for (const char* const url :
       {"wss://connector.example.com", "wss://connector.example.com/", "ws://127.0.0.1:9000",
        "wss://c:1", "wss://c:65535/v1", "wss://[2001:db8::1]:8443/path", "ws://[::1]/",
        "ws://localhost:8080", "ws://LocalHost/path", "ws://127.8.9.10", "ws://[0:0::1]:80",
        "wss://Connector.Example.COM"}) {
    INFO(url);
    const auto checked = checked_connector_url(url);
    REQUIRE(checked);
    CHECK(*checked == url);
  }
}

TEST_CASE("the scheme of a web address is named as it was written") {
  CHECK(checked_connector_url("http://127.0.0.1").error().hint ==
        "write wss:// in place of http://");
  CHECK(checked_connector_url("https://127.0.0.1").error().hint ==
        "write wss:// in place of https://");
}

TEST_CASE("ws:// is taken towards this host only") {
  for (const char* const host :
       {"connector.example.com", "connector.example.com:443/path", "192.0.2.1", "10.0.0.1:8080",
        "0.0.0.0", "127.1", "128.0.0.1", "localhost.example.com", "127.0.0.1.example.com", "[::2]",
        "[2001:db8::1]:80", "[::ffff:192.0.2.1]", "[::11]"}) {
    INFO(host);
    const auto checked = checked_connector_url("ws://" + std::string(host));
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == codes::kBadConnector);
    CHECK(checked.error().message ==
          "the connector's address begins with ws://, which is not encrypted and is taken only "
          "towards this host (127.0.0.1, ::1, localhost)");
    CHECK(checked.error().hint == "write wss:// in place of ws://");
    CHECK(checked_connector_url("wss://" + std::string(host)));
  }
}

TEST_CASE("everything else is refused with its reason") {
  const std::pair<const char*, const char*> refused[] = {
      {"", "is empty"},
      {"connector.example.com", "does not begin with wss://"},
      {"https://connector.example.com", "is a web address"},
      {"http://connector.example.com", "is a web address"},
      {"ftp://connector.example.com", "does not begin with"},
      {"WSS://connector.example.com", "does not begin with"},
      {"wss:connector.example.com", "does not begin with"},
      {"wss://", "has no host"},
      {"wss:///path", "has no host"},
      {"wss://:443", "has no host"},
      {"wss://user:pw@c", "user information"},
      {"wss://c?x=1", "'?' or '#'"},
      {"wss://c/#x", "'?' or '#'"},
      {"wss://c:", "no port between"},
      {"wss://c:0", "no port between"},
      {"wss://c:65536", "no port between"},
      {"wss://c:99999999999999999999", "no port between"},
      {"wss://c:80x", "no port between"},
      {"wss://c:-1", "no port between"},
      {"wss://c_d", "no host name has"},
      {"wss://[::1", "no host name has"},
      {"wss://[xyz]", "no host name has"},
      {"wss://c d", "space"},
      {"wss://c\n", "an invisible character (U+000A, line feed) at position 8"},
      {"wss://c\xc2\xa0", "an invisible character (U+00A0, no-break space) at position 8"},
      {"\"wss://c\"", "in quotation marks"},
      {"wss://c/\"", "no URL has"},
      {"wss://c/\\", "no URL has"},
      {"wss://m\xc3\xbcnchen.example", "no URL has"},
  };
  for (const auto& [url, reason] : refused) {
    INFO(url);
    const auto checked = checked_connector_url(url);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == codes::kBadConnector);
    CHECK_THAT(checked.error().message, Catch::Contains(reason));
    CHECK_FALSE(checked.error().hint.empty());
  }
}

TEST_CASE("an over-long address or host is refused") {
  CHECK_FALSE(checked_connector_url("wss://c/" + std::string(2048, 'x')));
  CHECK_FALSE(checked_connector_url("wss://" + std::string(128, 'c')));
  CHECK(checked_connector_url("wss://" + std::string(127, 'c')));
}

}  // namespace
}  // namespace sfteams::keygen

#include "transport/url.h"

#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "transport/codes.h"

using sfteams::transport::parse_url;
namespace codes = sfteams::transport::codes;

namespace {

struct Good {
  std::string text;
  std::string scheme;
  std::string host;
  int port;
  std::string path;
  std::string written;
};

}  // namespace

TEST_CASE("a good URL comes apart into its parts and together again") {
  const std::vector<Good> table{
      {"wss://connector.example.com", "wss", "connector.example.com", 443, "/",
       "wss://connector.example.com/"},
      {"ws://localhost:8080/v1/agent", "ws", "localhost", 8080, "/v1/agent",
       "ws://localhost:8080/v1/agent"},
      {"http://127.0.0.1", "http", "127.0.0.1", 80, "/", "http://127.0.0.1/"},
      {"http://127.0.0.1:80/", "http", "127.0.0.1", 80, "/", "http://127.0.0.1/"},
      {"https://pbx:443/xml-rpc", "https", "pbx", 443, "/xml-rpc", "https://pbx/xml-rpc"},
      {"http://pbx:443", "http", "pbx", 443, "/", "http://pbx:443/"},
      {"HTTPS://PBX.Example.COM:8443/Path", "https", "pbx.example.com", 8443, "/Path",
       "https://pbx.example.com:8443/Path"},
      {"http://[::1]:9000/x", "http", "::1", 9000, "/x", "http://[::1]:9000/x"},
      {"wss://[2001:DB8:0:0:0:0:0:1]", "wss", "2001:db8::1", 443, "/", "wss://[2001:db8::1]/"},
      {"http://3com.example/a%20b", "http", "3com.example", 80, "/a%20b",
       "http://3com.example/a%20b"},
      {"ws://h:65535", "ws", "h", 65535, "/", "ws://h:65535/"},
  };
  for (const Good& good : table) {
    INFO(good.text);
    const auto url = parse_url(good.text);
    REQUIRE(url);
    CHECK(url->scheme == good.scheme);
    CHECK(url->host == good.host);
    CHECK(url->port == good.port);
    CHECK(url->path == good.path);
    CHECK(url->to_string() == good.written);
    CHECK(url->secure() == (good.scheme == "wss" || good.scheme == "https"));
    const auto again = parse_url(url->to_string());
    REQUIRE(again);
    CHECK(again->to_string() == url->to_string());
  }
}

TEST_CASE("what is no URL of ours is refused with its reason") {
  const std::vector<std::pair<std::string, std::string>> table{
      {"", "no scheme"},
      {"connector.example.com", "no scheme"},
      {"//connector.example.com", "no scheme"},
      {"://host", "another scheme"},
      {"ftp://host", "another scheme"},
      {"file:///etc/passwd", "another scheme"},
      {" wss://host", "another scheme"},
      {"wss://", "no host"},
      {"wss:///path", "no host"},
      {"wss://:443", "no host"},
      {"wss://host:", "port"},
      {"wss://host:0", "port"},
      {"wss://host:65536", "port"},
      {"wss://host:-1", "port"},
      {"wss://host:+80", "port"},
      {"wss://host:80x", "port"},
      {"wss://host:8 0", "port"},
      {"wss://host:80:90", "port"},
      {"wss://user@host", "user name"},
      {"wss://user:secret@host", "user name"},
      {"wss://host?x=1", "query"},
      {"wss://host/path#there", "fragment"},
      {"wss://under_score", "character"},
      {"wss://sp ace", "character"},
      {"wss://h\xc3\xb6st", "character"},
      {std::string("wss://ho\0st", 11), "character"},
      {"wss://host\r\nX: y", "character"},
      {"wss://-host", "'-'"},
      {"wss://host-.example", "'-'"},
      {"wss://host..example", "empty label"},
      {"wss://host.example.", "empty label"},
      {"wss://.host", "empty label"},
      {"wss://" + std::string(64, 'a'), "63"},
      {"wss://" + std::string(60, 'a') + "." + std::string(60, 'a') + ".abcdefg", "127"},
      {"wss://256.1.1.1", "neither"},
      {"wss://127.1", "neither"},
      {"wss://0x7f000001", "neither"},
      {"wss://2130706433", "neither"},
      {"wss://[::1", "malformed"},
      {"wss://[::1]x", "malformed"},
      {"wss://[]", "no host"},
      {"wss://[127.0.0.1]", "IPv6"},
      {"wss://[fe80::1%25eth0]", "IPv6"},
      {"wss://[host]", "IPv6"},
      {"wss://::1", "no host"},
      {"wss://host/a b", "space"},
      {"wss://host/a\n", "an invisible character (U+000A, line feed) at position 13"},
      {"wss://ho\u200bst", "an invisible character (U+200B, zero-width space) at position 9"},
      {"\"wss://host\"", "in quotation marks"},
      {"wss://host/\xc3\xa4", "non-ASCII"},
      {"wss://host/%", "'%'"},
      {"wss://host/%4", "'%'"},
      {"wss://host/%zz", "'%'"},
      {"wss://host\\@evil", "user name"},
      {"wss://host/a\\b", "%NN"},
      {"wss://host/" + std::string(2048, 'a'), "2048"},
  };
  for (const auto& [text, reason] : table) {
    INFO(text);
    const auto url = parse_url(text);
    REQUIRE_FALSE(url.has_value());
    CHECK(url.error().code == codes::kBadUrl);
    CHECK_THAT(url.error().message, Catch::Contains(reason));
    CHECK_FALSE(url.error().hint.empty());
  }
}

TEST_CASE("the message about a bad URL holds no password, no query and no control character") {
  for (const std::string& text :
       {std::string("wss://user:hunter2@host"), std::string("wss://host/path?token=hunter2"),
        std::string("ftp://host/?token=hunter2"), std::string("hunter2\x1b[31m"),
        std::string("x://host#hunter2"), std::string("wss://user:hunter2"),
        std::string("wss://user:hunter2%40host"), std::string("user:hunter2"),
        std::string("wss://user:hunter2/rest")}) {
    const auto url = parse_url(text);
    REQUIRE_FALSE(url.has_value());
    CHECK_THAT(url.error().message, !Catch::Contains("hunter2"));
    CHECK_THAT(url.error().message, !Catch::Contains("\x1b"));
  }
}

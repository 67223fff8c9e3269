#include "connector/web_origin.h"

#include <catch2/catch.hpp>

#include "connector/gzip.h"
#include "tests/connector/http_answer.h"
#include "tests/connector/program.h"
#include "tests/contains.h"
#include "tunnel/limits.h"

// Which pages may open a websocket: the rule, and the real program that keeps to it.

namespace sfteams::connector::test {
namespace {

using integration::contains;

TEST_CASE("an origin is https, a host and a port, written in one way") {
  for (const auto& [text, written] :
       {std::pair{"https://app.example.com", "https://app.example.com"},
        {"HTTPS://App.Example.COM", "https://app.example.com"},
        {"https://app.example.com:443", "https://app.example.com"},
        {"https://app.example.com:8443", "https://app.example.com:8443"},
        {"https://192.0.2.7", "https://192.0.2.7"},
        {"https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"}}) {
    CAPTURE(text);
    const auto origin = WebOrigin::parse(text);
    REQUIRE(origin);
    CHECK(origin->to_string() == written);
  }
  for (const char* text : {"",
                           "null",
                           "app.example.com",
                           "http://app.example.com",
                           "wss://app.example.com",
                           "https://",
                           "https:///",
                           "https://app.example.com/",
                           "https://app.example.com/app",
                           "https://app.example.com?x",
                           "https://app.example.com#x",
                           "https://a@app.example.com",
                           "https://*.example.com",
                           "https://app.example.com:",
                           "https://app.example.com:0",
                           "https://app.example.com:65536",
                           "https://app.example.com, https://b.example.com",
                           "https://app.example.com https://b.example.com",
                           "https://app_1.example.com",
                           "https://app..example.com",
                           "https://2001:db8::1",
                           "https:\\\\app.example.com",
                           " https://app.example.com",
                           "https://app.example.com\\x",
                           "https://b\xc3\xbc.example.com"}) {
    CAPTURE(text);
    CHECK_FALSE(WebOrigin::parse(text));
  }
}

TEST_CASE("a page of the connector's own is let in, those that are listed, and every program") {
  const OriginRule rule(WebOrigin::parse("https://connector.example.com:8443"),
                        {*WebOrigin::parse("https://app.example.com")});
  CHECK(rule.allows(std::nullopt, "connector.example.com"));
  CHECK(rule.allows(std::nullopt, ""));
  CHECK(rule.allows("https://connector.example.com", "Connector.Example.com:443"));
  CHECK(rule.allows("https://connector.example.com:8443", "127.0.0.1:8443"));
  CHECK(rule.allows("https://app.example.com", "connector.example.com"));
  for (const char* origin :
       {"", "null", "https://evil.example.com", "http://connector.example.com",
        "https://connector.example.com:444", "https://connector.example.com.evil.example",
        "https://evil.example/https://app.example.com", "http://app.example.com",
        "https://app.example.com:8443", "https://sub.app.example.com", "file://",
        "chrome-extension://x"}) {
    CAPTURE(origin);
    CHECK_FALSE(rule.allows(origin, "connector.example.com"));
  }
  // A Host header that is none makes nobody the connector's own.
  for (const char* host : {"", "null", "*", "a b", "connector.example.com/"})
    CHECK_FALSE(rule.allows("https://connector.example.com", host));
}

TEST_CASE("gzip is taken where its weight is not zero") {
  for (const char* header : {"gzip", "GZIP", "x-gzip", "br, gzip", "gzip;q=0.5", "gzip; q=1", "*",
                             "br;q=1, *;q=0.1", "identity, gzip;q=0.001"}) {
    CAPTURE(header);
    CHECK(accepts_gzip(header));
  }
  for (const char* header : {"", "br", "gzip;q=0", "gzip; Q=0.000", "*;q=0", "gzip;q=0, *",
                             "*, gzip;q=0", "gzipped", "identity", ",,;;"}) {
    CAPTURE(header);
    CHECK_FALSE(accepts_gzip(header));
  }
}

struct Asked {
  const char* header;
  bool client;
  bool agent;
};

TEST_CASE("pages of others get no websocket, and an agent's no page gets") {
  Running connector(
      "[app]\nurl = https://connector.example.com\norigins = https://app.example.com "
      "https://two.example.com:8443\n[watch]\nlisten = 127.0.0.1:0\n");
  int refused_clients = 0;
  int refused_agents = 0;
  // The Host of these requests is 127.0.0.1.
  for (const Asked& asked :
       {Asked{"", true, true},
        {"Origin: https://127.0.0.1\r\n", true, false},
        {"Origin: https://connector.example.com\r\n", true, false},
        {"Origin: https://app.example.com\r\n", true, false},
        {"origin: https://two.example.com:8443\r\n", true, false},
        {"Origin: https://two.example.com\r\n", false, false},
        {"Origin: http://127.0.0.1\r\n", false, false},
        {"Origin: https://127.0.0.1:8443\r\n", false, false},
        {"Origin: https://teams.microsoft.com\r\n", false, false},
        {"Origin: null\r\n", false, false},
        {"Origin:\r\n", false, false},
        {"Origin: \x1b[31m\r\n", false, false},
        {"Origin: https://app.example.com\r\nOrigin: https://evil.example\r\n", false, false}}) {
    CAPTURE(asked.header);
    const std::string client =
        RawSocket(connector.port())
            .upgrade(tunnel::kClientPath, tunnel::kClientSubprotocol, asked.header);
    const std::string agent =
        RawSocket(connector.port())
            .upgrade(tunnel::kAgentPath, tunnel::kAgentSubprotocol, asked.header);
    CHECK(client.starts_with("HTTP/1.1 101") == asked.client);
    CHECK(agent.starts_with("HTTP/1.1 101") == asked.agent);
    if (client.starts_with("HTTP/1.1 403")) ++refused_clients;
    if (agent.starts_with("HTTP/1.1 403")) ++refused_agents;
  }
  // Two lines, and a control character, are refused before.
  CHECK(refused_clients == 6);
  CHECK(refused_agents == 10);
  CHECK(
      connector.logged("[connector.origin-refused] a page of \"https://teams.microsoft.com\" "
                       "asked for the websocket of a client and was refused"));
  CHECK(connector.logged("a page of \"null\" asked for the websocket of an agent"));
  const std::string mark = "/metrics are at http://127.0.0.1:";
  const std::string log = connector.process().err();
  const auto watch =
      static_cast<std::uint16_t>(std::stoi(log.substr(log.find(mark) + mark.size())));
  const std::string metrics = http_get(watch, "/metrics").body;
  CHECK(contains(metrics, "origins_refused_total{peer=\"client\"} 6\n"));
  CHECK(contains(metrics, "origins_refused_total{peer=\"agent\"} 10\n"));
}

TEST_CASE("a flood of foreign pages does not flood the log, and is answered with the code alone") {
  Running connector;
  const std::string long_origin = "Origin: https://" + std::string(3000, 'e') + "\r\n";
  for (int i = 0; i < 60; ++i) {
    RawSocket socket(connector.port());
    const std::string head =
        socket.upgrade(tunnel::kClientPath, tunnel::kClientSubprotocol, long_origin);
    REQUIRE(head.starts_with("HTTP/1.1 403"));
    if (i == 0) {
      CHECK(socket.rest() ==
            "[connector.origin-refused] pages of this origin may not ask for this websocket\n");
    }
  }
  const std::string log = connector.process().err();
  CHECK(log.size() < 15'000);
  CHECK_FALSE(contains(log, std::string(200, 'e')));
}

}  // namespace
}  // namespace sfteams::connector::test

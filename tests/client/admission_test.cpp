#include <catch2/catch.hpp>

#include "client/codes.h"
#include "keygen/codes.h"
#include "tests/client/scripted_connector.h"
#include "tests/contains.h"
#include "tests/transport/certificates.h"
#include "transport/codes.h"
#include "tunnel/codes.h"

namespace sfteams::client {
namespace {

using test::ScriptedConnector;
using tunnel::FrameType;
using tunnel::WireCode;

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values)
    out += static_cast<char>(value);
  return out;
}

}  // namespace

TEST_CASE("an honest connector and agent get a session") {
  ScriptedConnector connector;
  connector.open();
  CHECK_FALSE(connector.listener.closed);
  CHECK(connector.count(FrameType::admit) == 1);
}

TEST_CASE("a connector that sends no challenge is given up in time") {
  ScriptedConnector connector;
  connector.open_timeout = transport::Duration(200);
  connector.accept();
  CHECK(connector.ending() == codes::kTimeout.id);
  CHECK(connector.listener.failure->message == "the connector did not answer in time");
}

TEST_CASE("an agent that does not answer the handshake is given up in time, and named") {
  ScriptedConnector connector;
  connector.open_timeout = transport::Duration(300);
  connector.make_session(keygen::SystemKey::generate().value());
  connector.admit();
  CHECK(connector.ending() == codes::kTimeout.id);
  CHECK(connector.listener.failure->message == "the agent beside the PBX did not answer in time");
}

TEST_CASE("a connector that breaks the rules of frames is left") {
  struct Broken {
    std::string message;
    Code code;
  };
  const Broken broken = GENERATE(values<Broken>({
      {"garbage", tunnel::codes::kFrameTruncated},
      {bytes({0x11, 0, 0, 5, 0, 0, 0, 1, 1}), tunnel::codes::kFrameTruncated},
      {bytes({0x7f, 0, 0, 0, 0, 0, 0, 0}), tunnel::codes::kFrameType},
      {bytes({0x06, 1, 0, 0, 0, 0, 0, 0}), tunnel::codes::kFrameFlags},
      {bytes({0x06, 0, 0, 0, 0, 0, 0, 9}), tunnel::codes::kFrameStream},
      {bytes({0x12, 0, 0, 1, 0, 0, 0, 1, 5}), tunnel::codes::kFrameLength},
      {bytes({0x01, 0, 0, 1, 0, 0, 0, 0, 1}), tunnel::codes::kFrameLength},
      {bytes({0x07, 0, 0, 5, 0, 0, 0, 0, 0, 1, 0, 0, 0xff}), tunnel::codes::kControlMalformed},
  }));
  ScriptedConnector connector;
  connector.accept();
  connector.say(broken.message);
  CHECK(connector.ending() == broken.code.id);
  connector.world().until([&] { return connector.accepted.front()->closed.has_value(); });
}

TEST_CASE("a challenge of another version says that the versions do not fit") {
  ScriptedConnector connector;
  connector.accept();
  std::vector<std::uint8_t> payload = tunnel::encode_challenge({});
  payload.front() = 2;
  connector.frame(FrameType::challenge, 0, payload);
  CHECK(connector.ending() == tunnel::codes::kVersionUnsupported.id);
}

TEST_CASE("frames out of turn end the connection") {
  ScriptedConnector connector;
  SECTION("admitted before the challenge") {
    connector.accept();
    connector.frame(FrameType::admitted, 0, {});
  }
  SECTION("a second challenge, which would get another signature") {
    connector.accept();
    connector.challenge();
    connector.challenge();
  }
  SECTION("data before the admission") {
    connector.accept();
    connector.challenge();
    connector.frame(FrameType::data, tunnel::kClientStream, std::vector<std::uint8_t>(48));
  }
  SECTION("an end of a session that was never opened") {
    connector.accept();
    connector.frame(FrameType::close, tunnel::kClientStream, tunnel::encode_close({}, ""));
  }
  SECTION("what only an agent is sent") {
    connector.open();
    connector.frame(FrameType::open, 2, tunnel::encode_open({}));
  }
  SECTION("another stream than the one there is") {
    connector.open();
    connector.frame(FrameType::data, 2, std::vector<std::uint8_t>(48));
  }
  SECTION("admitted again") {
    connector.open();
    connector.frame(FrameType::admitted, 0, {});
  }
  CHECK(connector.ending() == codes::kProtocol.id);
  CHECK(connector.count(FrameType::admit) <= 1);
}

TEST_CASE("a refusal is told with its code, the connector's words and when to come again") {
  ScriptedConnector connector;
  connector.accept();
  connector.challenge();
  connector.refuse({WireCode::try_again_later, 17, "many come at once"});
  CHECK(connector.ending() == tunnel::codes::kTryAgainLater.id);
  CHECK(contains(connector.listener.failure->message, "many come at once"));
  CHECK(connector.listener.failure->hint == "try again in 17 seconds");
}

TEST_CASE("every code of a refusal arrives as its own") {
  for (const tunnel::WireCodeInfo& info : tunnel::wire_codes()) {
    ScriptedConnector connector;
    connector.accept();
    connector.refuse({info.wire, 0, ""});
    CHECK(connector.ending() == info.code.id);
    CHECK(connector.listener.failure->hint == info.hint);
  }
}

TEST_CASE("a refusal with a number of the future is told as such") {
  ScriptedConnector connector;
  connector.accept();
  connector.refuse({WireCode{4711}, 0, "new"});
  CHECK(connector.ending() == tunnel::codes::kUnknownCode.id);
}

TEST_CASE("a connector that closes without a word, or goes, is told apart from a refusal") {
  ScriptedConnector connector;
  connector.accept();
  SECTION("with a reason") {
    connector.accepted.front()->websocket->close(transport::CloseStatus::going_away, "restart");
    CHECK(connector.ending() == codes::kConnectionLost.id);
    CHECK(contains(connector.listener.failure->message, "restart"));
  }
  SECTION("by breaking") {
    connector.accepted.front()->websocket.reset();
    CHECK(connector.ending() == codes::kConnectionLost.id);
  }
}

TEST_CASE("a connector that nobody started is refused by the operating system") {
  std::uint16_t port = 0;
  {
    ScriptedConnector gone;
    port = gone.port();
  }
  ScriptedConnector connector;
  connector.dial("ws", "127.0.0.1", port);
  CHECK(connector.ending() == transport::codes::kConnectFailed.id);
}

TEST_CASE("a server that is no connector is named as one") {
  transport::ServerOptions options;
  int status = 0;
  options.http = [&status](transport::HttpRequest, transport::HttpResponder responder) {
    transport::HttpResponse response;
    response.status = status;
    response.content_type = "text/html";
    response.body = "<html>Welcome</html>";
    if (status == 302) response.headers.emplace_back("location", "http://127.0.0.1/login");
    responder.respond(std::move(response));
  };
  // This client asks below another path, where only pages are.
  ScriptedConnector connector(std::move(options));
  const std::string prefix = "127.0.0.1:" + std::to_string(connector.port()) + "/shop/x";
  status = GENERATE(200, 302, 404);
  keygen::KeyFile key_file{.name = "pbx.example.com",
                           .key = connector.key().clone(),
                           .connector = "ws://" + prefix,
                           .created = "2026-01-01T00:00:00Z"};
  ConnectionOptions to_pages;
  to_pages.access = Access::from(key_file).value();
  auto client =
      Connection::open(connector.world().network(), std::move(to_pages), connector.listener);
  REQUIRE(client);
  CHECK(connector.ending() == transport::codes::kUpgradeRefused.id);
}

TEST_CASE("no access leads to another host without TLS, whoever put it together") {
  const auto access_to = [](const char* connector) {
    return Access::from({.name = "pbx.example.com",
                         .key = keygen::SystemKey::generate().value(),
                         .connector = connector,
                         .created = "2026-01-01T00:00:00Z"});
  };
  const auto refused = access_to("ws://192.0.2.1");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == keygen::codes::kBadConnector);
  CHECK(access_to("wss://192.0.2.1"));
  CHECK(access_to("ws://127.0.0.1:8080"));
}

TEST_CASE("a certificate that does not vouch for the connector is refused") {
  const transport::Authority ours;
  const transport::Authority other;
  const transport::Certificate certificate = ours.issue({.names = "DNS:localhost"});
  const transport::TemporaryFile chain(certificate.certificate);
  const transport::TemporaryFile key(certificate.key);
  transport::ServerOptions options;
  options.tls = transport::ServerTls{chain.path(), key.path()};
  ScriptedConnector connector(std::move(options));
  SECTION("an authority that is not ours") {
    const transport::TemporaryFile file(other.certificate());
    connector.ca_file = file.path();
    connector.dial("wss", "localhost");
    CHECK(connector.ending() == transport::codes::kTlsUntrusted.id);
  }
  SECTION("another host's name") {
    const transport::TemporaryFile file(ours.certificate());
    connector.ca_file = file.path();
    connector.dial("wss", "127.0.0.1");
    CHECK(connector.ending() == transport::codes::kTlsUntrusted.id);
  }
  SECTION("and is taken when it does") {
    const transport::TemporaryFile file(ours.certificate());
    connector.ca_file = file.path();
    connector.dial("wss", "localhost");
    connector.world().until([&] { return !connector.accepted.empty(); });
  }
  CHECK_FALSE(connector.listener.opened);
}

}  // namespace sfteams::client

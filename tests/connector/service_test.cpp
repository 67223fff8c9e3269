#include <csignal>

#include <catch2/catch.hpp>

#include "base/crypto/hash.h"
#include "tests/connector/program.h"
#include "tests/contains.h"
#include "tests/header_prefixes.h"
#include "tests/transport/certificates.h"
#include "tests/tunnel/protocol_document.h"
#include "transport/http_client.h"
#include "tunnel/limits.h"

// The real program on real sockets.

namespace sfteams::connector::test {
namespace {

const std::string kAgentPath = tunnel::kAgentPath;
const std::string kClientPath = tunnel::kClientPath;
const std::string kAgent = tunnel::kAgentSubprotocol;
const std::string kClient = tunnel::kClientSubprotocol;

std::string plain_url(const Running& connector) {
  return "ws://127.0.0.1:" + std::to_string(connector.port());
}

/// One agent and one client of it, with a packet each way.
void call_through(Dialler& dialler, const std::string& url,
                  const std::optional<std::filesystem::path>& ca_file) {
  const Pbx pbx;
  Dialled agent(dialler, url, Peer::Path::agent, ca_file);
  agent.register_as(pbx);
  static_cast<void>(agent.expect(FrameType::registered));
  Dialled client(dialler, url, Peer::Path::client, ca_file);
  client.admit_to(pbx);
  static_cast<void>(client.expect(FrameType::admitted));
  CHECK(agent.expect(FrameType::open).stream == 1);

  const Bytes packet(tunnel::kMaxPacket, std::uint8_t{0x5a});
  client.send(frame(FrameType::data, 1, packet));
  CHECK(agent.expect(FrameType::data).payload == packet);
  agent.send(frame(FrameType::data, 1, text("answer")));
  CHECK(client.expect(FrameType::data).payload == text("answer"));

  agent.send(frame(FrameType::close, 1, tunnel::encode_close(WireCode::session_ended, "bye")));
  const auto close = tunnel::decode_close(client.expect(FrameType::close).payload).value();
  CHECK(close.code == WireCode::session_ended);
  REQUIRE(client.wait_for_end());
  CHECK(client.end()->status == 1000);
}

TEST_CASE("a packet passes both ways, plain on loopback") {
  const Running connector;
  Dialler dialler;
  call_through(dialler, plain_url(connector), std::nullopt);
}

TEST_CASE("a packet passes both ways over TLS, and healthz answers there") {
  const transport::Authority authority;
  const transport::Certificate issued = authority.issue();
  const transport::TemporaryFile ca(authority.certificate());
  const transport::TemporaryFile certificate(issued.certificate);
  const transport::TemporaryFile key(issued.key);
  Running connector("certificate-file = " + certificate.path().string() +
                    "\nkey-file = " + key.path().string() + "\n");
  CHECK(connector.logged("(TLS)"));
  const std::string authority_part = "localhost:" + std::to_string(connector.port());
  Dialler dialler;
  call_through(dialler, "wss://" + authority_part, ca.path());

  auto http = std::move(transport::HttpClient::create(dialler.network()).value());
  transport::HttpCall call;
  call.method = "GET";
  call.url = crypto::Secret::from_text("https://" + authority_part + "/healthz");
  call.ca_file = ca.path();
  std::optional<Result<transport::HttpReply>> reply;
  const auto pending = http->send(std::move(call), [&](auto answer) { reply = std::move(answer); });
  REQUIRE(dialler.until([&] { return reply.has_value(); }));
  REQUIRE(*reply);
  CHECK((*reply)->status == 200);
  CHECK((*reply)->body == "{\"status\":\"ok\"}\n");
}

TEST_CASE("a key that does not belong to the certificate ends the start") {
  const transport::Authority authority;
  const transport::TemporaryFile certificate(authority.issue().certificate);
  const transport::TemporaryFile key(authority.issue().key);
  Running connector("certificate-file = " + certificate.path().string() +
                        "\nkey-file = " + key.path().string() + "\n",
                    "open", false);
  const integration::Finished finished = connector.command({});
  CHECK(finished.status == 78);
  CHECK(contains(finished.err, "[transport.certificate-mismatch]"));
}

TEST_CASE("only the right subprotocol on the right path becomes a websocket") {
  const Running connector;
  CHECK(RawSocket(connector.port()).upgrade(kClientPath, kClient).starts_with("HTTP/1.1 101"));
  CHECK(RawSocket(connector.port()).upgrade(kAgentPath, kAgent).starts_with("HTTP/1.1 101"));
  for (const auto& [path, subprotocol] : {std::pair{kClientPath, kAgent},
                                          {kAgentPath, kClient},
                                          {kClientPath, std::string()},
                                          {kAgentPath, std::string("starface-teams-agent.v2")},
                                          {std::string("/v1/other"), kClient},
                                          {std::string("/healthz"), kClient}}) {
    INFO(path << " " << subprotocol);
    const std::string answer = RawSocket(connector.port()).upgrade(path, subprotocol);
    CHECK_FALSE(answer.starts_with("HTTP/1.1 101"));
  }
}

TEST_CASE("text where binary is due closes the websocket with 1003") {
  const Running connector;
  RawSocket client(connector.port());
  REQUIRE(client.upgrade(kClientPath, kClient).starts_with("HTTP/1.1 101"));
  client.send_frame(1, "{\"hello\":\"there\"}");
  CHECK(client.close_status() == 1003);
}

TEST_CASE("messages that are none are answered as the protocol's document says") {
  struct Row {
    std::string sends;
    std::uint8_t opcode;
    std::string payload;
    bool refused;
    unsigned status;
  };
  tunnel::ProtocolDocument document;
  const auto bytes = [&](const char* name) {
    const auto example = document.bytes(name);
    REQUIRE_FALSE(example.empty());
    return std::string(example.begin(), example.end());
  };
  const Running connector;
  for (const Row& row :
       {Row{"a text message", 1, "{}", false, 1003},
        {"an empty binary message", 2, "", false, 1008},
        {"a binary message of 16,377 bytes", 2, std::string(16'377, 'x'), false, 1009},
        {"`unknown-frame`", 2, bytes("unknown-frame"), true, 1002},
        {"`cut-frame`", 2, bytes("cut-frame"), true, 1002}}) {
    const std::string line = "| " + row.sends + " | " +
                             (row.refused ? "`tunnel.protocol-error`" : "no") + " | " +
                             std::to_string(row.status) + " |\n";
    INFO(line);
    CHECK(contains(document.text(), line));
    RawSocket client(connector.port());
    REQUIRE(client.upgrade(kClientPath, kClient).starts_with("HTTP/1.1 101"));
    const auto challenge = client.next_frame();
    REQUIRE(challenge);
    client.send_frame(row.opcode, row.payload);
    if (row.refused) {
      const auto refused = client.next_frame();
      REQUIRE(refused);
      REQUIRE(refused->payload.size() > 9);
      CHECK(refused->payload[0] == static_cast<char>(FrameType::refused));
      CHECK(refused->payload[9] == static_cast<char>(WireCode::protocol_error));
    }
    CHECK(client.close_status() == row.status);
  }
}

TEST_CASE("who says nothing, or a byte now and then, is told so and closed at the deadline") {
  const Running connector("[limits]\nhandshake = 1\n");
  RawSocket silent(connector.port());
  REQUIRE(silent.upgrade(kClientPath, kClient).starts_with("HTTP/1.1 101"));
  RawSocket slow(connector.port());
  REQUIRE(slow.upgrade(kClientPath, kClient).starts_with("HTTP/1.1 101"));
  slow.send("\x82");  // The first byte of a message that never gets whole.
  RawSocket headers(connector.port());
  headers.send("GET /v1/client HT");
  RawSocket nothing(connector.port());

  for (RawSocket* socket : {&silent, &slow}) {
    const auto challenge = socket->next_frame();
    REQUIRE(challenge);
    CHECK(challenge->payload[0] == static_cast<char>(FrameType::challenge));
    const auto refused = socket->next_frame();
    REQUIRE(refused);
    REQUIRE(refused->payload.size() > 10);
    CHECK(refused->payload[0] == static_cast<char>(FrameType::refused));
    CHECK(refused->payload[9] == static_cast<char>(WireCode::timeout));
    CHECK(socket->close_status() == 1008);
  }
  CHECK_FALSE(contains(headers.rest(), "HTTP/1.1 101"));
  CHECK(nothing.rest().empty());
}

TEST_CASE("senders behind a trusted proxy are told apart, others cannot pretend") {
  const std::string limits = "[limits]\nwaiting-per-address = 1\n";
  const bool trusted = GENERATE(true, false);
  const Running connector((trusted ? "trusted-proxies = 127.0.0.1\n" : "") + limits);
  const auto first_frame = [](RawSocket& socket, const char* sender) {
    REQUIRE(socket.upgrade(kClientPath, kClient, "X-Forwarded-For: " + std::string(sender) + "\r\n")
                .starts_with("HTTP/1.1 101"));
    return static_cast<FrameType>(socket.next_frame().value().payload.at(0));
  };
  RawSocket one(connector.port());
  RawSocket two(connector.port());
  RawSocket three(connector.port());
  CHECK(first_frame(one, "192.0.2.1") == FrameType::challenge);
  CHECK(first_frame(two, "192.0.2.2") == (trusted ? FrameType::challenge : FrameType::refused));
  CHECK(first_frame(three, "192.0.2.1") == FrameType::refused);
}

TEST_CASE("a trusted proxy that does not say for whom it asks is refused, and told of") {
  Running connector("trusted-proxies = 127.0.0.2\n");
  for (const char* headers : {"", "X-Forwarded-For: unknown\r\n", "X-Forwarded-For:\r\n"}) {
    RawSocket proxy(connector.port(), "127.0.0.2");
    const std::string answer = proxy.upgrade(kClientPath, kClient, headers);
    CHECK(answer.starts_with("HTTP/1.1 400 "));
  }
  CHECK(connector.logged("[connector.sender-unknown]"));
  // Others are asked for nothing.
  RawSocket direct(connector.port());
  CHECK(direct.upgrade(kClientPath, kClient).starts_with("HTTP/1.1 101"));
}

TEST_CASE("no header of a client hides the one that its proxy appends") {
  const Running connector("trusted-proxies = 127.0.0.2\n[limits]\nwaiting-per-address = 1\n");
  std::vector<std::unique_ptr<RawSocket>> sockets;
  int number = 0;
  for (const std::string& prefix : sfteams::test::header_prefixes()) {
    INFO(prefix);
    ++number;
    const std::string sender =
        "198.51." + std::to_string(number / 250) + "." + std::to_string(number % 250);
    sockets.push_back(std::make_unique<RawSocket>(connector.port(), "127.0.0.2"));
    REQUIRE(
        sockets.back()
            ->upgrade(kClientPath, kClient, prefix + ": 1\r\nX-Forwarded-For: " + sender + "\r\n")
            .starts_with("HTTP/1.1 101"));
    // Not refused as a further one of the same sender.
    CHECK(static_cast<FrameType>(sockets.back()->next_frame().value().payload.at(0)) ==
          FrameType::challenge);
    if (sockets.size() > 50) sockets.clear();
  }
}

TEST_CASE("SIGTERM tells agents and clients to come back, and ends with 0") {
  Running connector;
  Dialler dialler;
  const Pbx pbx;
  Dialled agent(dialler, plain_url(connector), Peer::Path::agent);
  agent.register_as(pbx);
  static_cast<void>(agent.expect(FrameType::registered));
  Dialled client(dialler, plain_url(connector), Peer::Path::client);
  client.admit_to(pbx);
  static_cast<void>(client.expect(FrameType::admitted));
  // One who never answers anything must not hold it up.
  RawSocket deaf(connector.port());
  REQUIRE(deaf.upgrade(kClientPath, kClient).starts_with("HTTP/1.1 101"));

  connector.process().signal(SIGTERM);
  for (Dialled* peer : {&agent, &client}) {
    const auto refusal = tunnel::decode_refused(peer->expect(FrameType::refused).payload).value();
    CHECK(refusal.code == WireCode::shutting_down);
    CHECK(refusal.retry_after >= 1);
    CHECK(refusal.retry_after <= 10);
    REQUIRE(peer->wait_for_end());
    CHECK(peer->end()->status == 1001);
  }
  CHECK(connector.process().wait() == 0);
}

TEST_CASE("what was learnt survives a restart: the owner, and the keys of those who are away") {
  Running connector;
  const Pbx pbx;
  {
    Dialler dialler;
    Dialled agent(dialler, plain_url(connector), Peer::Path::agent);
    agent.register_as(pbx);
    static_cast<void>(agent.expect(FrameType::registered));
  }
  connector.restart();
  Dialler dialler;
  Dialled client(dialler, plain_url(connector), Peer::Path::client);
  client.admit_to(pbx);
  const auto offline = tunnel::decode_refused(client.expect(FrameType::refused).payload).value();
  CHECK(offline.code == WireCode::pbx_offline);
  Dialled thief(dialler, plain_url(connector), Peer::Path::agent);
  thief.register_as(Pbx());
  const auto taken = tunnel::decode_refused(thief.expect(FrameType::refused).payload).value();
  CHECK(taken.code == WireCode::name_taken);
}

}  // namespace
}  // namespace sfteams::connector::test

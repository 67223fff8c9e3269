// A session channel against a peer that has the key but not our manners.

#include <string>
#include <vector>

#include "base/crypto/hash.h"
#include "tests/tunnel/protocol_document.h"
#include "tests/tunnel/session_pair.h"
#include "tunnel/codes.h"
#include "tunnel/control.h"
#include "tunnel/wire_code.h"

namespace sfteams::tunnel {
namespace {

using Role = SessionChannel::Role;

/// Speaks Noise correctly and sends whatever records it is told to.
class RawPeer {
 public:
  explicit RawPeer(TestEnd& end, Role role) : end_(end) {
    const Bytes psk(32, 0x11);
    auto handshake = NoiseHandshake::start(
        role == Role::client ? NoiseHandshake::Role::initiator : NoiseHandshake::Role::responder,
        psk, crypto::bytes_of(session_prologue(kTestName)));
    REQUIRE(handshake);
    Bytes packet(kHandshakePacket);
    if (role == Role::client) {
      REQUIRE(handshake->write_message({}, packet));
      end_.take(packet);
      REQUIRE(handshake->read_message(end_.packet(), {}));
    } else {
      REQUIRE(handshake->read_message(end_.packet(), {}));
      REQUIRE(handshake->write_message({}, packet));
      end_.take(packet);
    }
    noise_.emplace(handshake->split());
  }

  void send(const std::vector<Record>& records) {
    Bytes plaintext(kMaxPlaintext);
    RecordWriter writer(plaintext);
    for (const Record& record : records)
      REQUIRE(writer.write(record));
    plaintext.resize(writer.size());
    send_plaintext(plaintext);
  }

  void send_plaintext(const Bytes& plaintext) {
    Bytes packet(plaintext.size() + kNoiseTag);
    REQUIRE(noise_->send.seal(plaintext, packet));
    end_.take(packet);
  }

  /// The plaintext of the end's next packet.
  Bytes receive() {
    const Bytes packet = end_.packet();
    REQUIRE(packet.size() >= kNoiseTag);
    Bytes plaintext(packet.size() - kNoiseTag);
    REQUIRE(noise_->receive.open(packet, plaintext));
    return plaintext;
  }

 private:
  TestEnd& end_;
  std::optional<NoiseTransport> noise_;
};

MessageRecord text(std::uint64_t number, std::string_view content, bool more = false) {
  return {more, number, crypto::bytes_of(content)};
}

const Bytes kSecret(32, 9);
const OpenRecord kOpen{1, "raw/1"};
const OpenedRecord kOpened{SessionId{1}, kSecret, 0};

TEST_CASE("an agent takes OPEN, and nothing else, as a client's first record") {
  const Record record =
      GENERATE_COPY(values<Record>({kOpened, ResumedRecord{}, RefusedRecord{}, text(1, "x"),
                                    AckRecord{}, PingRecord{}, PongRecord{}}));
  TestEnd agent(options_of(Role::agent));
  RawPeer client(agent, Role::client);
  client.send({record});
  CHECK(agent.failure_id() == "tunnel.record-unexpected");
  CHECK(agent.log.empty());
}

TEST_CASE("an agent takes nothing that only an agent sends, and no second OPEN") {
  const Record record = GENERATE_COPY(
      values<Record>({kOpened, ResumedRecord{}, RefusedRecord{}, kOpen, ResumeRecord{}}));
  TestEnd agent(options_of(Role::agent));
  RawPeer client(agent, Role::client);
  client.send({kOpen, record});
  CHECK(agent.log == "open ");
  CHECK(agent.failure_id() == "tunnel.record-unexpected");
}

TEST_CASE("a client takes OPENED, REFUSED or CLOSE, and nothing else, before its session is open") {
  const Record record =
      GENERATE_COPY(values<Record>({kOpen, ResumeRecord{}, ResumedRecord{}, text(1, "x"),
                                    AckRecord{}, PingRecord{}, PongRecord{}}));
  TestEnd client(options_of(Role::client));
  RawPeer agent(client, Role::agent);
  agent.send({record});
  CHECK(client.failure_id() == "tunnel.record-unexpected");
}

TEST_CASE("a client takes nothing that only a client sends, and no second answer") {
  const Record record = GENERATE_COPY(
      values<Record>({kOpen, ResumeRecord{}, ResumedRecord{}, kOpened, RefusedRecord{}}));
  TestEnd client(options_of(Role::client));
  RawPeer agent(client, Role::agent);
  agent.send({kOpened, record});
  CHECK(client.log == "opened ");
  CHECK(client.failure_id() == "tunnel.record-unexpected");
}

TEST_CASE("a session of another version is not supported") {
  const Record record = GENERATE(values<Record>({OpenRecord{2, ""}, ResumeRecord{9, {}, {}, 0}}));
  TestEnd agent(options_of(Role::agent));
  RawPeer client(agent, Role::client);
  client.send({record});
  CHECK(agent.failure_id() == "tunnel.version-unsupported");
}

TEST_CASE("what stands behind RESUME is taken as if it had come after the answer") {
  TestEnd agent(options_of(Role::agent));
  RawPeer client(agent, Role::client);
  auto ledger = std::make_unique<SessionLedger>(1'000, 10'000);
  ledger->received = 7;
  agent.resumes = std::move(ledger);
  client.send({ResumeRecord{1, SessionId{5}, Proof{}, 0}, text(7, "again"), text(8, "next")});
  CHECK(agent.failure_id().empty());
  CHECK(agent.messages == std::vector<std::string>{"next"});
}

TEST_CASE("the document's message behind RESUME is taken, dropped or refused by its number") {
  ProtocolDocument document;
  TestEnd agent(options_of(Role::agent));
  RawPeer client(agent, Role::client);
  agent.resumes = std::make_unique<SessionLedger>(1000, 100'000);
  for (int i = 0; i < 3; ++i) {
    REQUIRE(agent.resumes->send("x"));
    agent.resumes->queue.take(1);
  }
  SECTION("next") {
    agent.resumes->received = 2;
    client.send_plaintext(document.bytes("resume-and-message"));
    CHECK(agent.log == "resume message ");
    CHECK(agent.messages == std::vector<std::string>{"{}"});
  }
  SECTION("received before") {
    agent.resumes->received = 3;
    client.send_plaintext(document.bytes("resume-and-message"));
    CHECK(agent.log == "resume ");
    CHECK_FALSE(agent.failure);
  }
  SECTION("leaves one out") {
    agent.resumes->received = 1;
    client.send_plaintext(document.bytes("resume-and-message"));
    REQUIRE(agent.failure);
    CHECK(wire_code_for(*agent.failure) == WireCode::protocol_error);
    CHECK(agent.messages.empty());
  }
}

TEST_CASE("the document's first fragment is thrown away with its stream") {
  ProtocolDocument document;
  const Bytes fragments = document.bytes("fragments");
  const std::size_t first = 3 + std::size_t{fragments.at(2)};
  auto ledger = std::make_unique<SessionLedger>(1000, 100'000);
  ledger->received = 4;
  for (const bool broken : {true, false}) {
    TestEnd agent(options_of(Role::agent));
    RawPeer client(agent, Role::client);
    agent.resumes = std::move(ledger);
    client.send({ResumeRecord{1, SessionId{5}, Proof{}, 0}});
    if (broken) {
      client.send_plaintext({fragments.begin(), fragments.begin() + static_cast<long>(first)});
      CHECK(agent.messages.empty());
      ledger = agent.channel.leave();
      REQUIRE(ledger);
      CHECK(ledger->received == 4);
      continue;
    }
    client.send_plaintext(document.bytes("fragments-again"));
    CHECK_FALSE(agent.failure);
    CHECK(agent.messages == std::vector<std::string>{R"({"jsonrpc":"2.0"})"});
  }
}

TEST_CASE("a number that leaves one out is an error behind RESUME, too") {
  TestEnd agent(options_of(Role::agent));
  RawPeer client(agent, Role::client);
  auto ledger = std::make_unique<SessionLedger>(1'000, 10'000);
  ledger->received = 7;
  agent.resumes = std::move(ledger);
  client.send({ResumeRecord{1, SessionId{5}, Proof{}, 0}, text(9, "too far")});
  CHECK(agent.failure_id() == "tunnel.number-gap");
}

TEST_CASE("a first packet of another length than 48 bytes breaks the protocol") {
  const std::size_t length = GENERATE(1U, 47U, 49U, 4'080U);
  TestEnd agent(options_of(Role::agent));
  agent.take(Bytes(length, 0x55));
  REQUIRE(agent.failure);
  CHECK(agent.failure_id() == "tunnel.noise-bad-length");
  CHECK(wire_code_for(*agent.failure) == WireCode::protocol_error);
}

TEST_CASE("a session that is to be resumed is asked for, and refused as unknown") {
  TestEnd agent(options_of(Role::agent));
  RawPeer client(agent, Role::client);
  client.send({ResumeRecord{1, SessionId{5}, Proof{6}, 7}});
  REQUIRE(agent.resume);
  CHECK(agent.resume->session_id == SessionId{5});
  CHECK(agent.resume->received == 7);
  agent.channel.refuse(WireCode::session_unknown, "");
  CHECK(client.receive() == Bytes{0x05, 0, 2, 0, 15, 0x14, 0, 2, 0, 15});
  CHECK(agent.channel.closed());
}

TEST_CASE("nothing may follow a RESUME before it is answered") {
  TestEnd agent(options_of(Role::agent));
  RawPeer client(agent, Role::client);
  client.send({ResumeRecord{}, text(1, "x")});
  CHECK(agent.failure_id() == "tunnel.record-unexpected");
}

TEST_CASE("a message that comes again is dropped and acknowledged again at once") {
  TestEnd agent(options_of(Role::agent));
  RawPeer client(agent, Role::client);
  client.send({kOpen, text(1, "dial")});
  (void)client.receive();
  CHECK_FALSE(agent.channel.deadline());
  client.send({text(1, "dial")});
  CHECK(agent.messages == std::vector<std::string>{"dial"});
  CHECK(client.receive() == Bytes{0x11, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1});
}

TEST_CASE("a gap in the numbers ends the session") {
  TestEnd agent(options_of(Role::agent));
  RawPeer client(agent, Role::client);
  client.send({kOpen, text(1, "a"), text(3, "c")});
  CHECK(agent.messages == std::vector<std::string>{"a"});
  CHECK(agent.failure_id() == "tunnel.number-gap");
}

TEST_CASE("fragments of two messages must not mix") {
  TestEnd agent(options_of(Role::agent));
  RawPeer client(agent, Role::client);
  client.send({kOpen, text(1, "a", true), text(2, "b")});
  CHECK(agent.failure_id() == "tunnel.fragment-order");
}

TEST_CASE("other records may stand between the fragments of a message") {
  TestEnd agent(options_of(Role::agent));
  RawPeer client(agent, Role::client);
  client.send({kOpen, text(1, "a", true), PingRecord{}, text(1, "b", true)});
  client.send({AckRecord{0}, text(1, "c")});
  CHECK_FALSE(agent.failure);
  CHECK(agent.messages == std::vector<std::string>{"abc"});
}

TEST_CASE("a client that sends more than 256 KiB as one message is stopped") {
  TestEnd agent(options_of(Role::agent));
  RawPeer client(agent, Role::client);
  client.send({kOpen});
  const std::string part(4000, 'x');
  for (int i = 0; i < 65; ++i)
    client.send({text(1, part, true)});
  CHECK_FALSE(agent.failure);
  client.send({text(1, part, true)});
  CHECK(agent.failure_id() == "tunnel.too-large");
}

TEST_CASE("an acknowledgement of what was never sent ends the session") {
  TestEnd agent(options_of(Role::agent));
  RawPeer client(agent, Role::client);
  client.send({kOpen});
  REQUIRE(agent.channel.send("event"));
  client.send({AckRecord{1}});
  CHECK(agent.failure_id() == "tunnel.ack-unsent");
}

TEST_CASE("an older acknowledgement changes nothing") {
  TestEnd agent(options_of(Role::agent));
  RawPeer client(agent, Role::client);
  client.send({kOpen});
  for (int i = 0; i < 3; ++i)
    REQUIRE(agent.channel.send("event"));
  (void)client.receive();
  client.send({AckRecord{2}, AckRecord{1}});
  CHECK_FALSE(agent.failure);
  CHECK(agent.channel.acknowledged() == 2);
}

TEST_CASE("pings in a row cost one answer, to the last of them") {
  TestEnd agent(options_of(Role::agent));
  RawPeer client(agent, Role::client);
  client.send({kOpen});
  (void)client.receive();
  for (std::uint8_t i = 1; i <= 100; ++i)
    client.send({PingRecord{{i}}});
  CHECK(client.receive() == Bytes{0x13, 0, 8, 100, 0, 0, 0, 0, 0, 0, 0});
  CHECK(agent.packet().empty());
}

TEST_CASE("a packet without records is legal and does nothing") {
  TestEnd agent(options_of(Role::agent));
  RawPeer client(agent, Role::client);
  client.send_plaintext({});
  client.send({kOpen});
  CHECK(agent.log == "open ");
}

TEST_CASE("malformed records end the session after those before them") {
  TestEnd agent(options_of(Role::agent));
  RawPeer client(agent, Role::client);
  client.send({kOpen});
  SECTION("cut") {
    client.send_plaintext({0x10, 0, 50, 0});
    CHECK(agent.failure_id() == "tunnel.record-malformed");
  }
  SECTION("unknown") {
    client.send_plaintext({0x12, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0x44, 0, 0});
    CHECK(agent.failure_id() == "tunnel.record-unknown-type");
  }
  CHECK(agent.log == "open ");
}

TEST_CASE("a client that closes ends the session with its code, without control characters") {
  TestEnd agent(options_of(Role::agent));
  RawPeer client(agent, Role::client);
  client.send({kOpen, CloseRecord{WireCode::normal, "bye\x07"}, text(1, "ignored")});
  CHECK(agent.log == "open closed ");
  REQUIRE(agent.closed);
  CHECK(agent.closed->reason == "bye?");
  CHECK(agent.channel.closed());
  CHECK(agent.packet().empty());
}

}  // namespace
}  // namespace sfteams::tunnel

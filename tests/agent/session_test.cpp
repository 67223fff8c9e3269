#include "agent/session.h"

#include <algorithm>
#include <span>

#include <catch2/catch.hpp>

#include "tests/agent/link_rig.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using tunnel::FrameType;
using tunnel::WireCode;

struct Fixture {
  Fixture() { rig.come_up(); }
  LinkRig rig;

  TestClient& opened(std::uint32_t stream) {
    TestClient& client = rig.open(stream);
    rig.pump();
    REQUIRE(client.messages == std::vector<std::string>{"hello test/1"});
    return client;
  }
};

TEST_CASE_METHOD(Fixture, "a client with the system key talks, and hears what is said") {
  TestClient& client = opened(1);
  REQUIRE(client.channel.send("one"));
  REQUIRE(client.channel.send("two"));
  rig.pump();
  CHECK(client.messages == std::vector<std::string>{"hello test/1", "echo one", "echo two"});
  CHECK_FALSE(client.stream_closed);
}

TEST_CASE_METHOD(Fixture, "a client with another key is refused by the handshake") {
  const ActiveKey other = new_key();
  TestClient& client = rig.open(1, other);
  rig.pump();
  REQUIRE(client.stream_closed);
  CHECK(client.stream_closed->code == WireCode::handshake_failed);
  CHECK(client.messages.empty());
  CHECK(rig.talks_alive == 0);
  CHECK(rig.link->sessions() == 0);
}

TEST_CASE_METHOD(Fixture, "garbage instead of a handshake ends that stream alone") {
  TestClient& good = opened(1);
  rig.open(2);
  rig.send(FrameType::data, 2, std::vector<std::uint8_t>(48, 0xff));
  rig.pump();
  REQUIRE(rig.clients.at(2).stream_closed);
  REQUIRE(good.channel.send("still here"));
  rig.pump();
  CHECK(good.messages.back() == "echo still here");
}

TEST_CASE_METHOD(Fixture, "a client that connects and says nothing is cut off after ten seconds") {
  TestClient& silent = rig.open(1);
  silent.mute = true;
  rig.advance(9'999ms);
  CHECK_FALSE(silent.stream_closed);
  rig.advance(1ms);
  REQUIRE(silent.stream_closed);
  CHECK(silent.stream_closed->code == WireCode::timeout);
  CHECK(rig.link->sessions() == 0);
}

TEST_CASE_METHOD(Fixture, "an opened session has no deadline of its own") {
  TestClient& client = opened(1);
  rig.advance(3600s);
  CHECK_FALSE(client.stream_closed);
}

TEST_CASE_METHOD(Fixture, "a changed packet ends the stream, and nothing of it is heard") {
  TestClient& client = opened(1);
  REQUIRE(client.channel.send("secret"));
  std::vector<std::uint8_t> packet(4'080);
  packet.resize(client.channel.next_packet(packet, 4'080, rig.scheduler.now()).size);
  packet.back() ^= 1U;
  rig.send(FrameType::data, 1, packet);
  rig.pump();
  REQUIRE(client.stream_closed);
  CHECK(client.stream_closed->code != WireCode::normal);
  CHECK(client.messages.size() == 1);
}

TEST_CASE_METHOD(Fixture, "more credit than was spent ends the stream") {
  TestClient& client = opened(1);
  rig.send(FrameType::window, 1, tunnel::encode_window(tunnel::kMaxCredit));
  rig.pump();
  REQUIRE(client.stream_closed);
  CHECK(client.stream_closed->code == WireCode::flow_control);
}

TEST_CASE_METHOD(Fixture, "credit comes back, so that a client can send without end") {
  TestClient& client = opened(1);
  for (int i = 0; i < 100; ++i) {
    REQUIRE(client.channel.send(std::string(10'000, 'x')));
    rig.pump();
  }
  CHECK(client.messages.size() == 101);
}

TEST_CASE_METHOD(Fixture, "an acknowledgement leaves by itself after a moment") {
  TestClient& client = opened(1);
  REQUIRE(client.channel.send("one"));
  rig.pump();
  rig.advance(1s);
  CHECK(client.channel.unacknowledged() == 0);
}

TEST_CASE_METHOD(Fixture, "a client that closes is gone at once, and so is what talked to it") {
  TestClient& client = opened(1);
  CHECK(rig.talks_alive == 1);
  client.channel.close(WireCode::normal, "bye");
  rig.pump();
  CHECK(rig.talks_alive == 0);
  CHECK(rig.link->sessions() == 0);
}

TEST_CASE_METHOD(Fixture, "a stream that the connector closes is gone at once") {
  opened(1);
  rig.send(FrameType::close, 1, tunnel::encode_close(WireCode::normal, ""));
  rig.pump();
  CHECK(rig.talks_alive == 0);
  CHECK(rig.link->sessions() == 0);
}

TEST_CASE_METHOD(Fixture, "what was said before the end still arrives") {
  TestClient& client = opened(1);
  REQUIRE(client.channel.send("one"));
  REQUIRE(client.channel.send("end"));
  REQUIRE(client.channel.send("never heard"));
  rig.pump();
  CHECK(client.messages.back() == "echo one");
  REQUIRE(client.closed);
  CHECK(client.closed->code == WireCode::session_ended);
  CHECK(client.closed->reason == "as asked");
  REQUIRE(client.stream_closed);
  CHECK(client.stream_closed->code == WireCode::session_ended);
  CHECK(rig.talks_alive == 0);
}

TEST_CASE_METHOD(Fixture, "a client that does not take the rest is given up after five seconds") {
  TestClient& client = opened(1);
  client.reads = false;
  REQUIRE(client.channel.send(std::string(100'000, 'x')));
  REQUIRE(client.channel.send("end"));
  rig.pump();
  CHECK_FALSE(client.stream_closed);
  rig.advance(5s);
  REQUIRE(client.stream_closed);
  CHECK(client.stream_closed->code == WireCode::timeout);
  CHECK(rig.link->sessions() == 0);
}

TEST_CASE_METHOD(Fixture,
                 "a client that never reads gets no more than its credit, then is too slow") {
  TestClient& slow = opened(1);
  TestClient& other = opened(2);
  slow.reads = false;
  REQUIRE(slow.channel.send("flood"));
  rig.pump();
  CHECK(slow.received_bytes <= tunnel::kMaxCredit);
  REQUIRE(slow.stream_closed);
  CHECK(slow.stream_closed->code == WireCode::too_slow);
  REQUIRE(other.channel.send("hello?"));
  rig.pump();
  CHECK(other.messages.back() == "echo hello?");
}

TEST_CASE_METHOD(Fixture, "a message that is too large for a client does not end the session") {
  TestClient& client = opened(1);
  REQUIRE(client.channel.send("much"));
  rig.pump();
  CHECK(client.messages.back() == "too much");
  CHECK_FALSE(client.stream_closed);
}

TEST_CASE_METHOD(Fixture, "a client with much to receive does not hold up another one") {
  TestClient& bulk = opened(1);
  TestClient& small = opened(2);
  REQUIRE(bulk.channel.send(std::string(60'000, 'x')));
  REQUIRE(small.channel.send("quick"));
  rig.data_order.clear();
  rig.pump();
  CHECK(bulk.messages.size() == 2);
  CHECK(small.messages.back() == "echo quick");
  const auto first_small = std::ranges::find(rig.data_order, 2U);
  REQUIRE(first_small != rig.data_order.end());
  CHECK(first_small - rig.data_order.begin() <= 2);
}

TEST_CASE_METHOD(Fixture, "a session that wants to be resumed is told that it is unknown") {
  // A record RESUME needs a channel of its own: the client library of this version never sends one.
  auto handshake = tunnel::NoiseHandshake::start(
      tunnel::NoiseHandshake::Role::initiator, rig.key.pre_shared_key.bytes(),
      crypto::bytes_of(tunnel::session_prologue(kSystemName)));
  REQUIRE(handshake);
  std::vector<std::uint8_t> first(48);
  REQUIRE(handshake->write_message({}, first));
  rig.send(FrameType::open, 1, tunnel::encode_open(rig.key.admission.id));
  rig.send(FrameType::data, 1, first);
  const auto frames = [&] {
    std::vector<std::pair<FrameType, std::vector<std::uint8_t>>> taken;
    std::vector<std::uint8_t> message(16'376);
    message.resize(rig.link->next_message(message));
    if (message.empty()) return taken;
    tunnel::FrameReader reader(message);
    for (auto frame = reader.next(); frame && *frame; frame = reader.next()) {
      taken.emplace_back((*frame)->type, std::vector<std::uint8_t>((*frame)->payload.begin(),
                                                                   (*frame)->payload.end()));
    }
    return taken;
  };
  const auto answer = frames();
  REQUIRE(answer.size() == 1);
  REQUIRE(handshake->read_message(answer[0].second, {}));
  tunnel::NoiseTransport noise = handshake->split();
  std::vector<std::uint8_t> packet(4'080);
  tunnel::RecordWriter records{std::span<std::uint8_t>(packet).first(4'064)};
  REQUIRE(records.write(tunnel::ResumeRecord{1, {}, {}, 0}));
  const std::size_t size = records.size();
  REQUIRE(noise.send.seal(std::span(packet).first(size), packet));
  packet.resize(size + 16);
  rig.send(FrameType::data, 1, packet);
  auto end = frames();
  REQUIRE(end.size() == 2);
  CHECK(end[0].first == FrameType::data);
  std::vector<std::uint8_t>& sealed = end[0].second;
  REQUIRE(noise.receive.open(sealed, sealed));
  tunnel::RecordReader reader{std::span<const std::uint8_t>(sealed).first(sealed.size() - 16)};
  const auto record = reader.next();
  REQUIRE(record);
  REQUIRE(*record);
  REQUIRE(std::holds_alternative<tunnel::RefusedRecord>(**record));
  CHECK(std::get<tunnel::RefusedRecord>(**record).code == WireCode::session_unknown);
  CHECK(end[1].first == FrameType::close);
  CHECK(tunnel::decode_close(end[1].second)->code == WireCode::session_unknown);
}

}  // namespace
}  // namespace sfteams::agent

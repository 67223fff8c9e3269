#include "agent/sessions/session_stream.h"

#include <algorithm>
#include <span>

#include <catch2/catch.hpp>

#include "tests/agent/uplink/link_rig.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using tunnel::FrameType;
using tunnel::WireCode;

struct SessionStreamFixture {
  SessionStreamFixture() { rig.come_up(); }
  LinkRig rig;

  TestClient& opened(std::uint32_t stream) {
    TestClient& client = rig.open(stream);
    rig.pump();
    REQUIRE(client.messages == std::vector<std::string>{"hello test/1"});
    return client;
  }
};

TEST_CASE_METHOD(SessionStreamFixture,
                 "a client with the system key talks, and hears what is said") {
  TestClient& client = opened(1);
  REQUIRE(client.channel.send("one"));
  REQUIRE(client.channel.send("two"));
  rig.pump();
  CHECK(client.messages == std::vector<std::string>{"hello test/1", "echo one", "echo two"});
  CHECK_FALSE(client.stream_closed);
}

TEST_CASE_METHOD(SessionStreamFixture, "a client with another key is refused by the handshake") {
  const ActiveKey other = new_key();
  TestClient& client = rig.open(1, other, rig.key().admission.id);
  rig.pump();
  REQUIRE(client.stream_closed);
  CHECK(client.stream_closed->code == WireCode::handshake_failed);
  CHECK(client.messages.empty());
  CHECK(rig.talks.alive == 0);
  CHECK(rig.link->streams() == 0);
}

TEST_CASE_METHOD(SessionStreamFixture, "garbage instead of a handshake ends that stream alone") {
  TestClient& good = opened(1);
  rig.open(2);
  rig.send(FrameType::data, 2, std::vector<std::uint8_t>(48, 0xff));
  rig.pump();
  REQUIRE(rig.clients.at(2).stream_closed);
  REQUIRE(good.channel.send("still here"));
  rig.pump();
  CHECK(good.messages.back() == "echo still here");
}

TEST_CASE_METHOD(SessionStreamFixture,
                 "a client that connects and says nothing is cut off after ten seconds") {
  TestClient& silent = rig.open(1);
  silent.mute = true;
  rig.advance(9'999ms);
  CHECK_FALSE(silent.stream_closed);
  rig.advance(1ms);
  REQUIRE(silent.stream_closed);
  CHECK(silent.stream_closed->code == WireCode::timeout);
  CHECK(rig.link->streams() == 0);
}

TEST_CASE_METHOD(SessionStreamFixture, "an opened session has no deadline of its own") {
  TestClient& client = opened(1);
  rig.advance(3600s);
  CHECK_FALSE(client.stream_closed);
}

TEST_CASE_METHOD(SessionStreamFixture,
                 "a changed packet ends the stream, and nothing of it is heard") {
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

TEST_CASE_METHOD(SessionStreamFixture, "more credit than was spent ends the stream") {
  TestClient& client = opened(1);
  rig.send(FrameType::window, 1, tunnel::encode_window(tunnel::kMaxCredit));
  rig.pump();
  REQUIRE(client.stream_closed);
  CHECK(client.stream_closed->code == WireCode::flow_control);
}

TEST_CASE_METHOD(SessionStreamFixture, "credit comes back, so that a client can send without end") {
  TestClient& client = opened(1);
  for (int i = 0; i < 100; ++i) {
    REQUIRE(client.channel.send(std::string(10'000, 'x')));
    rig.pump();
  }
  CHECK(client.messages.size() == 101);
}

TEST_CASE_METHOD(SessionStreamFixture, "an acknowledgement leaves by itself after a moment") {
  TestClient& client = opened(1);
  REQUIRE(client.channel.send("one"));
  rig.pump();
  rig.advance(1s);
  CHECK(client.channel.queued_bytes() == 0);
}

TEST_CASE_METHOD(SessionStreamFixture,
                 "an acknowledgement that finds no credit waits for it, not for a timer") {
  TestClient& client = opened(1);
  client.reads = false;
  REQUIRE(client.channel.send(std::string(100'000, 'x')));
  rig.pump();
  for (int i = 0; i < 20; ++i)
    REQUIRE(client.channel.send("x"));
  rig.pump();
  rig.advance(1s);
  // What is left is the time in which it has to take something.
  rig.scheduler.advance(58s);
  CHECK_FALSE(client.stream_closed);
  CHECK_FALSE(rig.scheduler.idle());
  rig.advance(1s);
  CHECK(client.stream_closed);
  CHECK(rig.scheduler.idle());
}

TEST_CASE_METHOD(SessionStreamFixture,
                 "a client that closes is gone at once, and so is what talked to it") {
  TestClient& client = opened(1);
  CHECK(rig.talks.alive == 1);
  client.channel.close(WireCode::normal, "bye");
  rig.pump();
  // Our CLOSE frame does not wait for the client's.
  REQUIRE(client.stream_closed);
  CHECK(client.stream_closed->code == WireCode::normal);
  CHECK_FALSE(client.closed);
  rig.send(FrameType::close, 1, tunnel::encode_close(WireCode::normal, ""));
  CHECK(rig.failures.empty());
  CHECK(rig.talks.alive == 0);
  CHECK(rig.link->streams() == 0);
}

TEST_CASE_METHOD(SessionStreamFixture,
                 "a stream that the connector closes is gone at once, its session waits") {
  opened(1);
  rig.send(FrameType::close, 1, tunnel::encode_close(WireCode::normal, ""));
  rig.pump();
  CHECK(rig.link->streams() == 0);
  CHECK(rig.talks.alive == 1);
  CHECK(rig.sessions.waiting() == 1);
}

TEST_CASE_METHOD(SessionStreamFixture, "what was said before the end still arrives") {
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
  CHECK(rig.talks.alive == 0);
}

TEST_CASE_METHOD(SessionStreamFixture,
                 "a client that does not take the rest is given up after five seconds") {
  TestClient& client = opened(1);
  client.reads = false;
  REQUIRE(client.channel.send(std::string(100'000, 'x')));
  REQUIRE(client.channel.send("end"));
  rig.pump();
  CHECK_FALSE(client.stream_closed);
  rig.advance(5s);
  REQUIRE(client.stream_closed);
  CHECK(client.stream_closed->code == WireCode::timeout);
  CHECK(rig.link->streams() == 0);
}

TEST_CASE_METHOD(SessionStreamFixture,
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

TEST_CASE_METHOD(SessionStreamFixture,
                 "a client that takes nothing while something waits for it is ended") {
  TestClient& slow = opened(1);
  TestClient& idle = opened(2);
  slow.reads = false;
  REQUIRE(slow.channel.send(std::string(100'000, 'x')));
  rig.pump();
  rig.advance(59'999ms);
  CHECK_FALSE(slow.stream_closed);
  rig.advance(1ms);
  REQUIRE(slow.stream_closed);
  CHECK(slow.stream_closed->code == WireCode::too_slow);
  CHECK(slow.stream_closed->reason == "this client has taken nothing for too long");
  CHECK(rig.sessions.counts().dropped.of("read-timeout") == 1);
  CHECK(rig.sessions.holdings().in_all() == 0);
  // For the other one nothing waits.
  rig.advance(3600s);
  CHECK_FALSE(idle.stream_closed);
}

// That long a dead line may look like a client that takes nothing: a connector notices it by its
// pings, after 30 s by default.
TEST_CASE_METHOD(SessionStreamFixture,
                 "a client that takes nothing for 50 s and then does keeps its session") {
  TestClient& client = opened(1);
  client.reads = false;
  rig.talks.speakers.front()->say("an event");
  rig.pump();
  rig.advance(50s);
  CHECK_FALSE(client.stream_closed);
  client.reads = true;
  rig.read_unread(1);
  CHECK(client.messages.back() == "an event");
  rig.talks.speakers.front()->say("the next one");
  rig.pump();
  CHECK(client.messages.back() == "the next one");
  rig.advance(3600s);
  CHECK_FALSE(client.stream_closed);
  CHECK(rig.sessions.counts().dropped.of("read-timeout") == 0);
}

TEST_CASE_METHOD(SessionStreamFixture,
                 "a session whose line is found dead after 50 s waits for its client") {
  TestClient& client = opened(1);
  client.reads = false;
  rig.talks.speakers.front()->say("an event");
  rig.pump();
  rig.advance(50s);
  rig.send(FrameType::close, 1, tunnel::encode_close(WireCode::normal, ""));
  rig.pump();
  CHECK(rig.sessions.waiting() == 1);
  // Its window begins now.
  rig.advance(59s);
  CHECK(rig.sessions.waiting() == 1);
  TestClient gone = std::move(rig.clients.at(1));
  gone.unread.clear();
  gone.reads = true;
  rig.clients.erase(1);
  TestClient& back = rig.resume(2, std::move(gone));
  CHECK(back.resumed);
  CHECK(back.messages.back() == "an event");
}

TEST_CASE_METHOD(SessionStreamFixture,
                 "a shorter time to take something holds for clients that are there") {
  SessionSettings limits;
  limits.read_timeout = 3600s;
  rig.sessions.set_limits(limits);
  TestClient& slow = opened(1);
  slow.reads = false;
  rig.talks.speakers.front()->say("an event");
  rig.pump();
  rig.advance(10s);
  limits.read_timeout = 20s;
  rig.sessions.set_limits(limits);
  rig.advance(9s);
  CHECK_FALSE(slow.stream_closed);
  rig.advance(6s);
  REQUIRE(slow.stream_closed);
  CHECK(slow.stream_closed->code == WireCode::too_slow);
}

TEST_CASE_METHOD(SessionStreamFixture,
                 "a message that is never acknowledged ends the session, too") {
  TestClient& client = opened(1);
  client.reads = false;
  rig.talks.speakers.front()->say("an event");
  rig.pump();
  rig.advance(61s);
  REQUIRE(client.stream_closed);
  CHECK(client.stream_closed->code == WireCode::too_slow);
}

TEST_CASE_METHOD(SessionStreamFixture,
                 "nothing is kept for the end of a session whose client takes nothing") {
  TestClient& client = opened(1);
  client.reads = false;
  rig.talks.speakers.front()->say(std::string(100'000, 'x'));
  rig.pump();
  rig.advance(6s);
  rig.talks.speakers.front()->end(WireCode::session_ended, "as asked");
  rig.pump();
  REQUIRE(client.stream_closed);
  CHECK(client.stream_closed->code == WireCode::session_ended);
  CHECK(rig.sessions.holdings().in_all() == 0);
  CHECK(rig.link->streams() == 0);
}

TEST_CASE_METHOD(SessionStreamFixture,
                 "the time of a client begins with what waits for it, not before") {
  TestClient& client = opened(1);
  rig.advance(1s);
  rig.talks.speakers.front()->say("an event");
  rig.pump();
  rig.advance(59s);
  client.reads = false;
  rig.talks.speakers.front()->say("another one");
  rig.pump();
  rig.advance(59s);
  CHECK_FALSE(client.stream_closed);
  rig.read_unread(1);
  rig.advance(1s);
  rig.advance(3600s);
  CHECK_FALSE(client.stream_closed);
  CHECK(client.messages.back() == "another one");
}

TEST_CASE_METHOD(SessionStreamFixture,
                 "a large answer goes to a client that reads slowly, however long it takes") {
  TestClient& client = opened(1);
  client.reads = false;
  rig.talks.speakers.front()->say(std::string(4 * 1024 * 1024, 'x'));
  rig.pump();
  // Half of the credit every 25 s: most of an hour.
  for (int turn = 0; turn < 200 && client.messages.size() < 2; ++turn) {
    rig.advance(25s);
    REQUIRE_FALSE(client.stream_closed);
    rig.read_unread(1);
  }
  REQUIRE(client.messages.size() == 2);
  CHECK(client.messages.back().size() == 4 * 1024 * 1024);
  client.reads = true;
  rig.advance(3600s);
  CHECK_FALSE(client.stream_closed);
  CHECK(rig.sessions.holdings().in_all() == 0);
}

TEST_CASE_METHOD(SessionStreamFixture, "a full uplink is not the client's fault") {
  TestClient& client = opened(1);
  rig.talks.speakers.front()->say("an event");
  // The websocket fetches nothing for a minute.
  rig.scheduler.advance(60s);
  rig.pump();
  rig.advance(1s);
  CHECK_FALSE(client.stream_closed);
  CHECK(client.messages.back() == "an event");
}

TEST_CASE_METHOD(SessionStreamFixture, "what has come of a message in part is counted") {
  TestClient& client = opened(1);
  rig.advance(1s);
  REQUIRE(rig.sessions.holdings().in_all() == 0);
  REQUIRE(client.channel.send(std::string(200'000, 'x')));
  // The first packet only.
  std::vector<std::uint8_t> packet(4'080);
  packet.resize(client.channel.next_packet(packet, 4'080, rig.scheduler.now()).size);
  rig.send(FrameType::data, 1, packet);
  CHECK(rig.sessions.holdings().in_all() >= 4'000);
}

TEST_CASE_METHOD(SessionStreamFixture,
                 "a message that is too large for a client does not end the session") {
  TestClient& client = opened(1);
  REQUIRE(client.channel.send("much"));
  rig.pump();
  CHECK(client.messages.back() == "too much");
  CHECK_FALSE(client.stream_closed);
}

TEST_CASE_METHOD(SessionStreamFixture,
                 "a client with much to receive does not hold up another one") {
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

}  // namespace
}  // namespace sfteams::agent

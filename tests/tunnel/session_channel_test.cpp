#include "tunnel/session_channel.h"

#include <stdexcept>
#include <string>

#include "tests/tunnel/session_pair.h"
#include "tunnel/codes.h"
#include "tunnel/control.h"

namespace sfteams::tunnel {
namespace {

using Role = SessionChannel::Role;
using std::chrono::milliseconds;

TEST_CASE("client and agent open a session and exchange messages") {
  TestPair pair;
  REQUIRE(pair.client.channel.send("{\"hello\":1}"));
  pair.settle();
  CHECK(pair.agent.software == "test-client/1");
  CHECK(pair.agent.log == "open message ");
  CHECK(pair.agent.messages == std::vector<std::string>{"{\"hello\":1}"});
  CHECK(pair.client.log == "opened ");
  CHECK(pair.client.session_id == SessionId{7});
  CHECK(pair.client.resume_secret == Bytes(32, 0x77));
  REQUIRE(pair.agent.channel.send("one"));
  REQUIRE(pair.agent.channel.send("two"));
  pair.settle();
  CHECK(pair.client.messages == std::vector<std::string>{"one", "two"});
  CHECK(pair.client.channel.handshake_hash() == pair.agent.channel.handshake_hash());
}

TEST_CASE("a client's first message travels with its OPEN: one round trip after the handshake") {
  TestPair pair;
  REQUIRE(pair.client.channel.send("login"));
  const Bytes first = pair.client.packet();
  CHECK(first.size() == kHandshakePacket);
  CHECK(pair.client.packet().empty());
  pair.agent.take(first);
  CHECK_FALSE(pair.agent.channel.established());
  const Bytes second = pair.agent.packet();
  CHECK(second.size() == kHandshakePacket);
  pair.client.take(second);
  CHECK(pair.client.channel.established());
  pair.agent.take(pair.client.packet());
  CHECK(pair.agent.channel.established());
  CHECK(pair.agent.log == "open message ");
}

TEST_CASE("many small messages travel in one packet") {
  TestPair pair;
  pair.settle();
  for (int i = 0; i < 20; ++i)
    REQUIRE(pair.client.channel.send(std::string(100, 'x')));
  const Bytes packet = pair.client.packet();
  CHECK(packet.size() == 20 * 112 + 16);
  CHECK(pair.client.packet().empty());
  pair.agent.take(packet);
  CHECK(pair.agent.messages.size() == 20);
}

TEST_CASE("a message is split only when it fits into no packet") {
  TestPair pair;
  pair.settle();
  REQUIRE(pair.client.channel.send(std::string(4000, 'a')));
  REQUIRE(pair.client.channel.send(std::string(100, 'b')));
  CHECK(pair.client.packet().size() == 4000 + 12 + 16);
  CHECK(pair.client.packet().size() == 100 + 12 + 16);
  REQUIRE(pair.client.channel.send(std::string(4052, 'c')));
  CHECK(pair.client.packet().size() == 4080);
  CHECK(pair.client.packet().empty());
  REQUIRE(pair.client.channel.send(std::string(4053, 'd')));
  CHECK(pair.client.packet().size() == 4080);
  CHECK(pair.client.packet().size() == 1 + 12 + 16);
}

TEST_CASE("a packet waits for the next websocket message rather than splitting a message") {
  TestPair pair;
  pair.settle();
  REQUIRE(pair.client.channel.send(std::string(1000, 'a')));
  CHECK(pair.client.packet(1000).empty());
  CHECK(pair.client.last_pull.next == Pull::Next::more);
  CHECK(pair.client.packet(kMaxPacket).size() == 1028);
}

TEST_CASE("without credit a session waits, and says that it is credit it waits for") {
  TestPair pair;
  pair.settle();
  REQUIRE(pair.client.channel.send(std::string(1000, 'a')));
  CHECK(pair.client.packet(kMaxPacket, 0).empty());
  CHECK(pair.client.last_pull.next == Pull::Next::blocked);
  CHECK(pair.client.packet(kMaxPacket, 100).empty());
  CHECK(pair.client.last_pull.next == Pull::Next::blocked);
  const Bytes part = pair.client.packet(kMaxPacket, 500);
  CHECK(part.size() == 500);
  CHECK(pair.client.last_pull.next == Pull::Next::more);
  pair.agent.take(part);
  CHECK(pair.agent.messages.empty());
  pair.agent.take(pair.client.packet(kMaxPacket, 600));
  CHECK(pair.agent.messages == std::vector<std::string>{std::string(1000, 'a')});
}

TEST_CASE("an acknowledgement travels with the answer, or alone after 200 ms") {
  TestPair pair;
  pair.settle();
  REQUIRE(pair.client.channel.send("question"));
  pair.settle();
  CHECK(pair.client.channel.acknowledged() == 0);
  REQUIRE(pair.agent.channel.deadline());
  CHECK(*pair.agent.channel.deadline() == pair.agent.now + milliseconds(200));
  SECTION("with the answer") {
    REQUIRE(pair.agent.channel.send("answer"));
    pair.client.take(pair.agent.packet());
    CHECK(pair.client.messages.size() == 1);
  }
  SECTION("alone") {
    pair.agent.now += milliseconds(199);
    CHECK_FALSE(pair.agent.channel.wants_to_send(pair.agent.now));
    pair.agent.now += milliseconds(1);
    CHECK(pair.agent.channel.wants_to_send(pair.agent.now));
    const Bytes packet = pair.agent.packet();
    CHECK(packet.size() == 11 + 16);
    pair.client.take(packet);
    CHECK(pair.client.log == "opened ");
  }
  CHECK(pair.client.channel.acknowledged() == 1);
  CHECK_FALSE(pair.agent.channel.deadline());
}

TEST_CASE("the sixteenth message is acknowledged at once") {
  TestPair pair;
  pair.settle();
  for (int i = 0; i < 15; ++i)
    REQUIRE(pair.client.channel.send("x"));
  pair.settle();
  CHECK(pair.client.channel.acknowledged() == 0);
  REQUIRE(pair.client.channel.send("x"));
  pair.settle();
  CHECK(pair.client.channel.acknowledged() == 16);
}

TEST_CASE("a ping is answered with its own bytes") {
  TestPair pair;
  pair.settle();
  pair.client.channel.ping({1, 2, 3, 4, 5, 6, 7, 8});
  pair.settle();
  CHECK(pair.client.pong == std::array<std::uint8_t, 8>{1, 2, 3, 4, 5, 6, 7, 8});
  pair.agent.channel.ping({8, 7, 6, 5, 4, 3, 2, 1});
  pair.settle();
  CHECK(pair.agent.pong == std::array<std::uint8_t, 8>{8, 7, 6, 5, 4, 3, 2, 1});
}

TEST_CASE("before a session is accepted an agent sends nothing of it") {
  TestPair pair;
  pair.agent.accepts = false;
  REQUIRE(pair.client.channel.send("early"));
  pair.client.channel.ping({});
  REQUIRE(pair.agent.channel.send("too early"));
  pair.settle();
  CHECK(pair.agent.log == "open message ");
  CHECK(pair.client.log.empty());
  pair.agent.now += std::chrono::seconds(1);
  CHECK_FALSE(pair.agent.channel.wants_to_send(pair.agent.now));
  pair.agent.channel.accept(SessionId{1}, Bytes(32, 1), 5);
  pair.settle();
  CHECK(pair.client.log == "opened pong message ");
  CHECK(pair.client.channel.acknowledged() == 1);
}

TEST_CASE("a refused session ends with the reason") {
  TestPair pair;
  pair.agent.accepts = false;
  pair.settle();
  REQUIRE(pair.agent.channel.send("never sent"));
  pair.agent.channel.refuse(WireCode::too_many_streams, "no seat left");
  CHECK_FALSE(pair.agent.channel.closed());
  pair.settle();
  CHECK(pair.client.log == "refused ");
  REQUIRE(pair.client.closed);
  CHECK(pair.client.closed->code == WireCode::too_many_streams);
  CHECK(pair.client.closed->reason == "no seat left");
  CHECK(pair.client.channel.closed());
  CHECK(pair.agent.channel.closed());
  CHECK(pair.client.messages.empty());
}

TEST_CASE("closing sends what is queued first, and the peer learns why") {
  TestPair pair;
  pair.settle();
  REQUIRE(pair.agent.channel.send(std::string(100'000, 'z')));
  pair.agent.channel.close(WireCode::session_ended, "signed out");
  CHECK(pair.agent.channel.send("later").error().code == codes::kChannelClosed);
  pair.settle();
  CHECK(pair.client.messages.at(0).size() == 100'000);
  REQUIRE(pair.client.closed);
  CHECK_FALSE(pair.client.closed->refused);
  CHECK(pair.client.closed->code == WireCode::session_ended);
  CHECK(pair.agent.channel.closed());
  CHECK(pair.client.channel.closed());
  CHECK(pair.client.channel.send("x").error().code == codes::kChannelClosed);
  CHECK_FALSE(pair.client.channel.wants_to_send(pair.client.now));
}

TEST_CASE("what comes after we have closed is ignored") {
  TestPair pair;
  pair.settle();
  REQUIRE(pair.client.channel.send("in flight"));
  const Bytes packet = pair.client.packet();
  pair.agent.channel.close(WireCode::normal, "");
  pair.agent.take(packet);
  CHECK(pair.agent.messages.empty());
  CHECK_FALSE(pair.agent.failure);
}

TEST_CASE("closing in the middle of a packet's events drops the rest of them") {
  TestPair pair;
  pair.settle();
  REQUIRE(pair.client.channel.send("one"));
  REQUIRE(pair.client.channel.send("two"));
  REQUIRE(pair.agent.channel.receive(pair.client.packet(), pair.agent.now));
  const auto event = pair.agent.channel.next_event();
  REQUIRE((event && *event));
  pair.agent.channel.close(WireCode::normal, "");
  CHECK(std::get<session_event::Message>(**event).text == "one");
  const auto next = pair.agent.channel.next_event();
  REQUIRE(next);
  CHECK_FALSE(*next);
}

TEST_CASE("closing before the handshake is done just ends the channel") {
  TestPair pair;
  pair.client.channel.close(WireCode::normal, "");
  CHECK(pair.client.channel.closed());
  CHECK(pair.client.packet().empty());
}

TEST_CASE("an agent may close a session that it has not accepted") {
  TestPair pair;
  pair.agent.accepts = false;
  REQUIRE(pair.client.channel.send("x"));
  pair.settle();
  pair.agent.channel.close(WireCode::shutting_down, "restart");
  pair.settle();
  CHECK(pair.client.log == "closed ");
  CHECK_FALSE(pair.client.failure);
  CHECK(pair.agent.channel.closed());
}

TEST_CASE("a client with another system key gets no session") {
  TestEnd client(options_of(Role::client, 0x11));
  TestEnd agent(options_of(Role::agent, 0x22));
  agent.take(client.packet());
  CHECK(agent.failure_id() == "tunnel.handshake-failed");
  CHECK(agent.channel.closed());
  CHECK(agent.packet().empty());
  agent.failure.reset();
  agent.take(Bytes(48, 1));
  CHECK(agent.failure_id() == "tunnel.channel-closed");
}

TEST_CASE("a client of another system gets no session with the same key") {
  SessionChannelOptions options = options_of(Role::client);
  options.name = "other.example.com";
  TestEnd client(std::move(options));
  TestEnd agent(options_of(Role::agent));
  agent.take(client.packet());
  CHECK(agent.failure_id() == "tunnel.handshake-failed");
}

TEST_CASE("a handshake packet of another length is refused") {
  const std::size_t size = GENERATE(1U, 47U, 49U, 4080U);
  TestPair pair;
  pair.agent.take(Bytes(size, 3));
  CHECK(pair.agent.failure_id() == "tunnel.noise-bad-length");
}

TEST_CASE("a packet that was changed, repeated, cut or swapped ends the session") {
  TestPair pair;
  pair.settle();
  REQUIRE(pair.client.channel.send("one"));
  Bytes one = pair.client.packet();
  REQUIRE(pair.client.channel.send("two"));
  const Bytes two = pair.client.packet();
  std::string expected = "tunnel.noise-tampered";
  SECTION("changed") {
    one[5] ^= 0x80;
    pair.agent.take(one);
  }
  SECTION("repeated") {
    pair.agent.take(one);
    pair.agent.take(one);
  }
  SECTION("swapped") {
    pair.agent.take(two);
  }
  SECTION("cut") {
    one.pop_back();
    pair.agent.take(one);
  }
  SECTION("cut to less than a tag") {
    one.resize(15);
    pair.agent.take(one);
    expected = "tunnel.noise-bad-length";
  }
  CHECK(pair.agent.failure_id() == expected);
  CHECK(pair.agent.channel.closed());
  CHECK_FALSE(pair.agent.channel.wants_to_send(pair.agent.now + std::chrono::hours(1)));
  CHECK(pair.agent.channel.send("x").error().code == codes::kChannelClosed);
}

TEST_CASE("a replayed first packet of a client opens no session") {
  TestPair pair;
  const Bytes first = pair.client.packet();
  pair.agent.take(first);
  pair.client.take(pair.agent.packet());
  const Bytes second = pair.client.packet();
  // A recording of both packets, played to the agent again: it answers with a new key pair.
  TestEnd again(options_of(Role::agent));
  again.take(first);
  CHECK_FALSE(again.failure);
  CHECK_FALSE(again.channel.established());
  again.take(second);
  CHECK(again.failure_id() == "tunnel.noise-tampered");
  CHECK(again.log.empty());
}

TEST_CASE("a message that is too large for its direction is not sent") {
  TestPair pair;
  pair.settle();
  const std::string most(256 * 1024, 'q');
  CHECK(pair.client.channel.send(most + "q").error().code == codes::kTooLarge);
  REQUIRE(pair.client.channel.send(most));
  CHECK(pair.agent.channel.send(std::string(4 * 1024 * 1024 + 1, 'a')).error().code ==
        codes::kTooLarge);
  REQUIRE(pair.agent.channel.send(std::string(4 * 1024 * 1024, 'a')));
  pair.settle();
  CHECK(pair.agent.messages.at(0) == most);
  CHECK(pair.client.messages.at(0).size() == 4 * 1024 * 1024);
}

TEST_CASE("a peer that does not read fills the queue, and the channel lives on") {
  SessionChannelOptions options = options_of(Role::agent);
  options.max_queued = 1000 + 2 * MessageQueue::kMessageCost;
  TestEnd agent(std::move(options));
  REQUIRE(agent.channel.send(std::string(600, 'a')));
  CHECK(agent.channel.send(std::string(401, 'a')).error().code == codes::kQueueFull);
  CHECK(agent.channel.queued_bytes() == 600);
  CHECK(agent.channel.send(std::string(400, 'a')));
}

TEST_CASE("calls that make no sense are mistakes of the programmer") {
  TestPair pair;
  CHECK_THROWS_AS(pair.agent.channel.accept(SessionId{}, Bytes(32), 0), std::logic_error);
  CHECK_THROWS_AS(pair.agent.channel.refuse(WireCode::internal, ""), std::logic_error);
  pair.agent.accepts = false;
  pair.settle();
  CHECK_THROWS_AS(pair.agent.channel.accept(SessionId{}, Bytes(31), 0), std::logic_error);
  REQUIRE(pair.client.channel.send("x"));
  const Bytes packet = pair.client.packet();
  REQUIRE(pair.agent.channel.receive(packet, pair.agent.now));
  CHECK_THROWS_AS((void)pair.agent.channel.receive(packet, pair.agent.now), std::logic_error);
  SessionChannelOptions bad = options_of(Role::client);
  bad.name = "Not A Name";
  CHECK_THROWS_AS((void)SessionChannel::create(std::move(bad)), std::invalid_argument);
}

TEST_CASE("the prologue binds protocol and name") {
  CHECK(session_prologue("pbx") == std::string("starface-teams/1\0pbx", 20));
}

}  // namespace
}  // namespace sfteams::tunnel

// Any sequence of messages arrives whole and in order, whatever sizes packets, rooms and credits
// take.

#include <deque>
#include <random>
#include <string>
#include <vector>

#include "tests/tunnel/session_pair.h"
#include "tunnel/codes.h"
#include "tunnel/control.h"
#include "tunnel/credit.h"
#include "tunnel/frame.h"
#include "tunnel/outbox.h"
#include "tunnel/relay_queue.h"

namespace sfteams::tunnel {
namespace {

using Role = SessionChannel::Role;
using Random = std::mt19937;

std::string random_message(Random& random) {
  // Mostly small, sometimes around a packet's size, seldom long.
  const auto kind = random() % 20;
  std::size_t size = 1 + random() % 300;
  if (kind == 0) size = 4000 + random() % 200;
  if (kind == 1) size = 1 + random() % 60'000;
  std::string message(size, ' ');
  for (std::size_t i = 0; i < size; i += 7)
    message[i] = static_cast<char>('a' + random() % 26);
  return message;
}

TEST_CASE("messages arrive whole and in order for random rooms and credits") {
  const unsigned seed = GENERATE(range(1U, 31U));
  INFO("seed " << seed);
  Random random(seed);
  TestPair pair;
  std::vector<std::string> to_agent;
  std::vector<std::string> to_client;
  const auto step = [&random](TestEnd& from, TestEnd& to) {
    const std::size_t room = random() % 3 == 0 ? 1 + random() % kMaxPacket : kMaxPacket;
    const std::size_t credit = random() % 3 == 0 ? random() % 5000 : kMaxCredit;
    const Bytes packet = from.packet(room, credit);
    REQUIRE(packet.size() <= credit);
    if (!packet.empty()) to.take(packet);
  };
  for (int round = 0; round < 400; ++round) {
    if (random() % 2 == 0) {
      to_agent.push_back(random_message(random));
      REQUIRE(pair.client.channel.send(to_agent.back()));
    }
    if (random() % 2 == 0) {
      to_client.push_back(random_message(random));
      REQUIRE(pair.agent.channel.send(to_client.back()));
    }
    for (auto i = random() % 8; i > 0; --i) {
      step(pair.client, pair.agent);
      step(pair.agent, pair.client);
    }
    pair.client.now += std::chrono::milliseconds(random() % 100);
    pair.agent.now += std::chrono::milliseconds(random() % 100);
  }
  pair.settle();
  REQUIRE_FALSE(pair.client.failure);
  REQUIRE_FALSE(pair.agent.failure);
  CHECK(pair.agent.messages == to_agent);
  CHECK(pair.client.messages == to_client);
  pair.client.now += kAckDelay;
  pair.agent.now += kAckDelay;
  pair.settle();
  CHECK(pair.client.channel.acknowledged() == to_agent.size());
  CHECK(pair.agent.channel.acknowledged() == to_client.size());
  CHECK(pair.agent.channel.queued_bytes() == 0);
}

/// A session's end as agent and client build it: channel, credit and a place in a link's outbox.
class LinkedEnd : public PacketSource {
 public:
  LinkedEnd(Outbox& outbox, std::uint32_t id, Role role)
      : end(options_of(role)), stream(outbox, id, *this) {}

  Pull next_packet(std::span<std::uint8_t> out) override {
    const Pull pull = end.channel.next_packet(out, send_credit.available(), end.now);
    send_credit.spend(pull.size);
    return pull;
  }

  void on_frame(const Frame& frame) {
    if (frame.type == FrameType::window) {
      REQUIRE(send_credit.add(*decode_window(frame.payload)));
      stream.ready();
      return;
    }
    REQUIRE(frame.type == FrameType::data);
    REQUIRE(receive_credit.arrived(frame.payload.size()));
    end.take({frame.payload.begin(), frame.payload.end()});
    receive_credit.consumed(frame.payload.size());
    stream.window(receive_credit.take_update());
    if (end.channel.wants_to_send(end.now)) stream.ready();
  }

  TestEnd end;
  SendCredit send_credit;
  ReceiveCredit receive_credit;
  Outbox::Stream stream;
};

/// One client, with the connector's two relays between it and the agent.
struct RelayedSession {
  RelayedSession(Outbox& agent_uplink, Outbox& to_agent, std::uint32_t id)
      : client(client_link, kClientStream, Role::client),
        agent(agent_uplink, id, Role::agent),
        to_client_stream(to_client_link, kClientStream, downwards),
        to_agent_stream(to_agent, id, upwards) {}

  Outbox client_link{[] {}};
  Outbox to_client_link{[] {}};
  RelayQueue upwards;
  RelayQueue downwards;
  LinkedEnd client;
  LinkedEnd agent;
  Outbox::Stream to_client_stream;
  Outbox::Stream to_agent_stream;
  std::vector<std::string> sent_to_agent;
  std::vector<std::string> sent_to_client;
};

template <typename OnFrame>
bool pump(Outbox& from, OnFrame on_frame) {
  Bytes message(kMaxWebsocketMessage);
  message.resize(from.next_message(message));
  if (message.empty()) return false;
  FrameReader reader(message);
  for (auto frame = reader.next();; frame = reader.next()) {
    REQUIRE(frame);
    if (!*frame) return true;
    on_frame(**frame);
  }
}

// What the connector does with a frame of a stream.
void relay(const Frame& frame, RelayQueue& forward, Outbox::Stream& forward_stream,
           RelayQueue& backward, Outbox::Stream& backward_stream) {
  if (frame.type == FrameType::data) {
    REQUIRE(forward.push(frame.payload));
    forward_stream.ready();
    return;
  }
  REQUIRE(frame.type == FrameType::window);
  const auto credit = decode_window(frame.payload);
  REQUIRE(backward.window(*credit));
  // The credit is for what came through `backward`; it goes the way of `forward`.
  forward_stream.window(*credit);
  (void)backward_stream;
}

TEST_CASE(
    "many sessions share one uplink through relays, each whole, in order and within its credit") {
  const unsigned seed = GENERATE(range(1U, 6U));
  INFO("seed " << seed);
  Random random(seed);
  Outbox uplink([] {});
  Outbox downlink([] {});
  std::vector<std::unique_ptr<RelayedSession>> sessions;
  for (std::uint32_t id = 1; id <= 8; ++id) {
    sessions.push_back(std::make_unique<RelayedSession>(uplink, downlink, id));
    sessions.back()->client.stream.ready();
  }
  const auto turn = [&] {
    bool moved = false;
    for (auto& s : sessions) {
      moved |= pump(s->client_link, [&s](const Frame& frame) {
        relay(frame, s->upwards, s->to_agent_stream, s->downwards, s->to_client_stream);
      });
      moved |= pump(s->to_client_link, [&s](const Frame& frame) { s->client.on_frame(frame); });
    }
    moved |= pump(downlink, [&](const Frame& f) { sessions.at(f.stream - 1)->agent.on_frame(f); });
    moved |= pump(uplink, [&](const Frame& f) {
      RelayedSession& s = *sessions.at(f.stream - 1);
      relay(f, s.downwards, s.to_client_stream, s.upwards, s.to_agent_stream);
    });
    return moved;
  };
  for (int round = 0; round < 300; ++round) {
    RelayedSession& s = *sessions.at(random() % sessions.size());
    if (random() % 2 == 0) {
      s.sent_to_agent.push_back(random_message(random));
      REQUIRE(s.client.end.channel.send(s.sent_to_agent.back()));
      s.client.stream.ready();
    } else {
      s.sent_to_client.push_back(random_message(random));
      REQUIRE(s.agent.end.channel.send(s.sent_to_client.back()));
      s.agent.stream.ready();
    }
    if (random() % 3 == 0) (void)turn();
    for (auto& one : sessions) {
      REQUIRE(one->upwards.waiting() <= kMaxCredit);
      REQUIRE(one->downwards.waiting() <= kMaxCredit);
    }
  }
  while (turn()) {
  }
  for (auto& s : sessions) {
    REQUIRE_FALSE(s->client.end.failure);
    REQUIRE_FALSE(s->agent.end.failure);
    CHECK(s->agent.end.messages == s->sent_to_agent);
    CHECK(s->client.end.messages == s->sent_to_client);
  }
}

TEST_CASE("a client that reads nothing stops its own session only") {
  Outbox uplink([] {});
  Outbox downlink([] {});
  RelayedSession stuck(uplink, downlink, 1);
  RelayedSession lively(uplink, downlink, 2);
  const auto session_of = [&](const Frame& f) -> RelayedSession& {
    return f.stream == 1 ? stuck : lively;
  };
  bool stuck_reads = true;
  const auto turn = [&] {
    bool moved = false;
    for (RelayedSession* s : {&stuck, &lively}) {
      moved |= pump(s->client_link, [s](const Frame& frame) {
        relay(frame, s->upwards, s->to_agent_stream, s->downwards, s->to_client_stream);
      });
      if (s == &stuck && !stuck_reads) continue;
      moved |= pump(s->to_client_link, [s](const Frame& frame) { s->client.on_frame(frame); });
    }
    moved |= pump(downlink, [&](const Frame& f) { session_of(f).agent.on_frame(f); });
    moved |= pump(uplink, [&](const Frame& f) {
      RelayedSession& s = session_of(f);
      relay(f, s.downwards, s.to_client_stream, s.upwards, s.to_agent_stream);
    });
    return moved;
  };
  for (RelayedSession* s : {&stuck, &lively})
    s->client.stream.ready();
  while (turn()) {
  }
  stuck_reads = false;
  REQUIRE(stuck.agent.end.channel.send(std::string(1'000'000, 's')));
  stuck.agent.stream.ready();
  for (int i = 0; i < 50; ++i) {
    REQUIRE(lively.agent.end.channel.send(std::string(10'000, 'l')));
    lively.agent.stream.ready();
    while (turn()) {
    }
  }
  CHECK(lively.client.end.messages.size() == 50);
  CHECK(stuck.client.end.messages.empty());
  CHECK(stuck.downwards.waiting() <= kMaxCredit);
  CHECK(stuck.downwards.waiting() > kMaxCredit - kMaxPacket);
  CHECK(stuck.agent.end.channel.queued_bytes() > 900'000);
  stuck_reads = true;
  while (turn()) {
  }
  CHECK(stuck.client.end.messages == std::vector<std::string>{std::string(1'000'000, 's')});
}

TEST_CASE("random bytes in place of a packet never do more than end the session") {
  Random random(99);
  for (int round = 0; round < 500; ++round) {
    TestPair pair;
    if (round % 2 == 0) pair.settle();
    Bytes packet(1 + random() % 200);
    for (auto& byte : packet)
      byte = static_cast<std::uint8_t>(random());
    pair.agent.take(packet);
    REQUIRE(pair.agent.failure);
    REQUIRE(pair.agent.channel.closed());
    REQUIRE(pair.agent.messages.empty());
  }
}

}  // namespace
}  // namespace sfteams::tunnel

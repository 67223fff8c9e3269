#include <algorithm>
#include <functional>

#include <catch2/catch.hpp>

#include "tests/connector/peers.h"
#include "tunnel/limits.h"

using namespace std::chrono_literals;

namespace sfteams::connector::test {
namespace {

constexpr std::size_t kPacket = tunnel::kMaxPacket;

/// All credit of a stream, in packets.
std::vector<Bytes> full_credit() {
  std::vector<Bytes> packets;
  for (std::size_t sent = 0; sent < tunnel::kMaxCredit; sent += packets.back().size())
    packets.emplace_back(std::min(kPacket, tunnel::kMaxCredit - sent), std::uint8_t{7});
  return packets;
}

std::size_t payload_bytes(const std::vector<Got>& frames, std::uint32_t stream) {
  std::size_t bytes = 0;
  for (const Got& got : frames) {
    if (got.type == FrameType::data && got.stream == stream) bytes += got.payload.size();
  }
  return bytes;
}

std::size_t house_streams(const House& house) {
  return house.exchange->counts().streams;
}

/// An agent with two clients, all of it open and quiet.
struct Joined {
  House house;
  Pbx pbx;
  std::unique_ptr<Peer> agent = house.agent(pbx);
  std::unique_ptr<Peer> one = house.client(pbx);
  std::unique_ptr<Peer> two = house.client(pbx);
  std::vector<Got> opens = agent->receive();

  void other_client_is_fine() {
    two->data(1, text("unharmed"));
    const Got there = agent->expect(FrameType::data);
    CHECK(there.stream == 2);
    CHECK(there.payload == text("unharmed"));
    agent->data(2, text("same here"));
    CHECK(two->expect(FrameType::data).payload == text("same here"));
    CHECK_FALSE(two->closed());
    CHECK_FALSE(agent->closed());
  }
};

TEST_CASE("packets pass both ways as they are, each to the right one") {
  Joined joined;
  joined.one->data(1, text("from one"));
  joined.two->data(1, text("from two"));
  const std::vector<Got> there = joined.agent->receive();
  REQUIRE(there.size() == 2);
  CHECK(there[0] == Got{FrameType::data, 1, text("from one")});
  CHECK(there[1] == Got{FrameType::data, 2, text("from two")});

  Bytes both = frame(FrameType::data, 2, text("to two"));
  const Bytes more = frame(FrameType::data, 1, text("to one"));
  both.insert(both.end(), more.begin(), more.end());
  joined.agent->send(both);
  CHECK(joined.one->receive() == std::vector<Got>{{FrameType::data, 1, text("to one")}});
  CHECK(joined.two->receive() == std::vector<Got>{{FrameType::data, 1, text("to two")}});
}

TEST_CASE("what is passed on is counted by who has sent it, what comes too late is not") {
  Joined joined;
  const Tallies& tallies = joined.house.exchange->tallies();
  CHECK(tallies.streams == 2);
  joined.one->data(1, text("four"));
  joined.two->data(1, text("four"));
  joined.agent->data(1, text("seven.."));
  CHECK(tallies.clients.relayed_bytes == 8);
  CHECK(tallies.agents.relayed_bytes == 7);
  joined.one->lose();
  joined.agent->data(1, text("in flight"));
  CHECK(tallies.agents.relayed_bytes == 7);
}

TEST_CASE("credit passes end to end, added up, to the right one") {
  Joined joined;
  joined.one->data(1, Bytes(1000));
  joined.two->data(1, Bytes(1000));
  static_cast<void>(joined.agent->receive());
  joined.agent->send(window(1, 300));
  joined.agent->send(window(1, 400));
  CHECK(joined.one->receive() == std::vector<Got>{{FrameType::window, 1, {0, 0, 2, 188}}});
  CHECK(joined.two->receive().empty());

  joined.agent->data(2, Bytes(500));
  static_cast<void>(joined.two->receive());
  joined.two->send(window(1, 500));
  CHECK(joined.agent->receive() == std::vector<Got>{{FrameType::window, 2, {0, 0, 1, 244}}});
}

TEST_CASE("a client that sends more than its credit loses its stream, and only that") {
  Joined joined;
  for (const Bytes& packet : full_credit())
    joined.one->data(1, packet);
  CHECK_FALSE(joined.one->closed());
  joined.one->data(1, Bytes(1));
  CHECK(joined.one->stream_close().code == WireCode::flow_control);
  CHECK(joined.one->gone());

  const std::vector<Got> there = joined.agent->receive();
  CHECK(payload_bytes(there, 1) == tunnel::kMaxCredit);
  REQUIRE(there.back().type == FrameType::close);
  CHECK(tunnel::decode_close(there.back().payload).value().code == WireCode::flow_control);
  joined.other_client_is_fine();
}

TEST_CASE("an agent that sends more than a stream's credit loses that stream, and only that") {
  Joined joined;
  for (const Bytes& packet : full_credit())
    joined.agent->data(1, packet);
  CHECK_FALSE(joined.one->closed());
  joined.agent->data(1, Bytes(1));
  const Got reset = joined.agent->expect(FrameType::close);
  CHECK(reset.stream == 1);
  CHECK(tunnel::decode_close(reset.payload).value().code == WireCode::flow_control);

  const std::vector<Got> there = joined.one->receive();
  CHECK(payload_bytes(there, 1) == tunnel::kMaxCredit);
  CHECK(tunnel::decode_close(there.back().payload).value().code == WireCode::flow_control);
  joined.agent->data(1, text("still in flight"));
  joined.other_client_is_fine();
}

TEST_CASE("credit that the other side cannot have used up ends the stream") {
  Joined joined;
  SECTION("too much, from the client") {
    joined.one->send(window(1, 1));
  }
  SECTION("nothing, from the client") {
    joined.one->send(window(1, 0));
  }
  SECTION("all there is, from the client") {
    joined.one->send(window(1, 0xffff'ffff));
  }
  SECTION("too much, from the agent") {
    joined.agent->send(window(1, 1));
  }
  SECTION("nothing, from the agent") {
    joined.agent->send(window(1, 0));
  }
  SECTION("more than was sent, from the agent") {
    joined.one->data(1, Bytes(10));
    static_cast<void>(joined.agent->receive());
    joined.agent->send(window(1, 11));
  }
  SECTION("for what has not been delivered yet, from the agent") {
    joined.one->data(1, Bytes(10));
    joined.agent->send(window(1, 10));
  }
  CHECK(joined.one->stream_close().code == WireCode::flow_control);
  const Got reset = joined.agent->expect(FrameType::close);
  CHECK(reset.stream == 1);
  CHECK(tunnel::decode_close(reset.payload).value().code == WireCode::flow_control);
  joined.other_client_is_fine();
}

TEST_CASE("returned credit can be used again, without an end") {
  Joined joined;
  for (int round = 0; round < 40; ++round) {
    for (const Bytes& packet : full_credit())
      joined.one->data(1, packet);
    CHECK(payload_bytes(joined.agent->receive(), 1) == tunnel::kMaxCredit);
    joined.agent->send(window(1, tunnel::kMaxCredit));
    CHECK(joined.one->receive().size() == 1);
  }
}

TEST_CASE("a frame for a stream that was never opened ends the agent's link") {
  Joined joined;
  SECTION("DATA") {
    joined.agent->data(3, text("x"));
  }
  SECTION("WINDOW") {
    joined.agent->send(window(3, 1));
  }
  SECTION("CLOSE") {
    joined.agent->send(frame(FrameType::close, 3, tunnel::encode_close(WireCode::normal, "")));
  }
  CHECK(joined.agent->refusal().code == WireCode::protocol_error);
  CHECK(joined.one->stream_close().code == WireCode::pbx_offline);
  CHECK(joined.two->stream_close().code == WireCode::pbx_offline);
}

TEST_CASE("frames for a stream that has ended were in flight, and are dropped") {
  Joined joined;
  joined.one->lose();
  CHECK(joined.agent->expect(FrameType::close).stream == 1);
  joined.agent->data(1, text("late"));
  joined.agent->send(window(1, 10));
  joined.agent->send(frame(FrameType::close, 1, tunnel::encode_close(WireCode::normal, "")));
  CHECK(joined.agent->receive().empty());
  joined.other_client_is_fine();
}

TEST_CASE("a client that uses another stream than its own is closed") {
  Joined joined;
  joined.one->data(2, text("for the other one"));
  CHECK(joined.one->refusal().code == WireCode::protocol_error);
  CHECK(joined.agent->expect(FrameType::close).stream == 1);
  joined.other_client_is_fine();
}

TEST_CASE("control frames of an admitted client are a breach of the protocol") {
  Joined joined;
  SECTION("ADMIT again") {
    joined.one->send(frame(FrameType::admit, 0,
                           tunnel::make_admit(joined.pbx.admission, joined.one->nonce(),
                                              joined.pbx.name, joined.pbx.key_id)));
  }
  SECTION("OPEN") {
    joined.one->send(frame(FrameType::open, 1, Bytes(8)));
  }
  SECTION("KEYS") {
    joined.one->send(frame(FrameType::keys, 0, tunnel::encode_keys({})));
  }
  CHECK(joined.one->refusal().code == WireCode::protocol_error);
  joined.other_client_is_fine();
}

TEST_CASE("a client's CLOSE reaches the agent behind its last packet") {
  Joined joined;
  joined.one->data(1, text("goodbye"));
  joined.one->send(
      frame(FrameType::close, 1, tunnel::encode_close(WireCode::session_ended, "done")));
  const std::vector<Got> there = joined.agent->receive();
  REQUIRE(there.size() == 2);
  CHECK(there[0] == Got{FrameType::data, 1, text("goodbye")});
  const tunnel::StreamClose close = tunnel::decode_close(there[1].payload).value();
  CHECK(close.code == WireCode::session_ended);
  CHECK(close.reason == "done");
  CHECK(joined.one->receive().empty());
  CHECK(joined.one->closed() == transport::CloseStatus::normal);
  CHECK(house_streams(joined.house) == 1);
}

TEST_CASE("an agent's CLOSE reaches the client behind its last packet, then the link ends") {
  Joined joined;
  joined.agent->data(1, text("last words"));
  joined.agent->send(
      frame(FrameType::close, 1, tunnel::encode_close(WireCode::key_revoked, "new key")));
  joined.agent->data(1, text("one too many"));
  const std::vector<Got> there = joined.one->receive();
  REQUIRE(there.size() == 2);
  CHECK(there[0] == Got{FrameType::data, 1, text("last words")});
  const tunnel::StreamClose close = tunnel::decode_close(there[1].payload).value();
  CHECK(close.code == WireCode::key_revoked);
  CHECK(close.reason == "new key");
  CHECK(joined.one->gone());
  CHECK(joined.agent->receive().empty());
  joined.other_client_is_fine();
}

TEST_CASE("when the agent is lost every client hears it at once, behind what had come") {
  Joined joined;
  joined.agent->data(1, text("before the end"));
  joined.agent->lose();
  const std::vector<Got> there = joined.one->receive();
  REQUIRE(there.size() == 2);
  CHECK(there[0].payload == text("before the end"));
  CHECK(tunnel::decode_close(there[1].payload).value().code == WireCode::pbx_offline);
  CHECK(joined.two->stream_close().code == WireCode::pbx_offline);
  CHECK(joined.house.exchange->counts().agents == 0);
  CHECK(joined.house.exchange->counts().clients == 0);
  CHECK(joined.house.exchange->counts().buffered == 0);
}

TEST_CASE("when a client is lost the agent hears it behind the client's last packet") {
  Joined joined;
  joined.one->data(1, text("half a call"));
  joined.one->lose();
  const std::vector<Got> there = joined.agent->receive();
  REQUIRE(there.size() == 2);
  CHECK(there[0].payload == text("half a call"));
  CHECK(there[1].type == FrameType::close);
  CHECK(house_streams(joined.house) == 1);
  joined.other_client_is_fine();
}

TEST_CASE("a client that does not read holds up nobody, and costs no more than its credit") {
  Joined joined;
  for (const Bytes& packet : full_credit())
    joined.agent->data(1, packet);
  CHECK(joined.house.exchange->counts().buffered == tunnel::kMaxCredit);
  joined.other_client_is_fine();
  CHECK(payload_bytes(joined.one->receive(), 1) == tunnel::kMaxCredit);
  CHECK(joined.house.exchange->counts().buffered == 0);
}

TEST_CASE("when an agent's share of the buffers is used up the stream that needs more is closed") {
  Joined joined;
  joined.house.configuration.limits.agent_buffer = tunnel::kMaxCredit + 100;
  joined.agent = joined.house.agent(joined.pbx);
  joined.one = joined.house.client(joined.pbx);
  joined.two = joined.house.client(joined.pbx);
  static_cast<void>(joined.agent->receive());
  for (const Bytes& packet : full_credit())
    joined.agent->data(1, packet);
  joined.agent->data(2, Bytes(100));
  joined.agent->data(2, Bytes(1));
  const Got reset = joined.agent->expect(FrameType::close);
  CHECK(reset.stream == 2);
  CHECK(tunnel::decode_close(reset.payload).value().code == WireCode::too_slow);
  CHECK(payload_bytes(joined.one->receive(), 1) == tunnel::kMaxCredit);
  CHECK(payload_bytes(joined.two->receive(), 1) == 100);
  const Tallies& tallies = joined.house.exchange->tallies();
  CHECK(tallies.limits.of("buffer") == 1);
  CHECK(tallies.agents.relayed_bytes == tunnel::kMaxCredit + 100);
  CHECK(joined.house.exchange->counts().buffered == 0);
}

TEST_CASE("streams of one agent take turns, whatever one of them has queued") {
  Joined joined;
  for (const Bytes& packet : full_credit())
    joined.one->data(1, packet);
  joined.two->data(1, text("small"));
  const std::vector<Got> there = joined.agent->receive();
  const auto small = std::find(there.begin(), there.end(), Got{FrameType::data, 2, text("small")});
  CHECK(small - there.begin() == 1);
}

/// Clients come, one after the other, and `each` is done with them, until one is refused.
tunnel::Refusal first_refusal(House& house, const Pbx& pbx,
                              const std::function<void(Peer&, std::uint32_t)>& each) {
  for (std::uint32_t number = 1; number < 5'000; ++number) {
    auto client = house.admitting(pbx);
    const std::vector<Got> got = client->receive();
    if (got.at(0).type == FrameType::refused) return tunnel::decode_refused(got[0].payload).value();
    each(*client, number);
  }
  return {};
}

TEST_CASE("clients that come and go cannot fill the memory for an agent that reads nothing") {
  House house;
  house.configuration.limits.streams_per_agent = 50;
  const Pbx pbx;
  auto agent = house.agent(pbx);
  const auto refusal =
      first_refusal(house, pbx, [](Peer& client, std::uint32_t) { client.lose(); });
  CHECK(refusal.code == WireCode::too_many_streams);
  CHECK(house_streams(house) == 50);
}

TEST_CASE("an agent that breaks streams and reads nothing gets no more of them") {
  House house;
  const Pbx pbx;
  auto agent = house.agent(pbx);
  const auto refusal = first_refusal(house, pbx, [&](Peer& client, std::uint32_t number) {
    agent->send(window(number, 1));
    CHECK(client.stream_close().code == WireCode::flow_control);
  });
  CHECK(refusal.code == WireCode::try_again_later);
}

TEST_CASE("stopping tells clients and agents to come back, each at a time of its own") {
  Joined joined;
  bool done = false;
  joined.house.exchange->drain(3s, [&done] { done = true; });
  for (Peer* peer : {joined.one.get(), joined.two.get(), joined.agent.get()}) {
    CHECK_FALSE(done);
    const tunnel::Refusal refusal = peer->refusal();
    CHECK(refusal.code == WireCode::shutting_down);
    CHECK(refusal.retry_after >= 1);
    CHECK(refusal.retry_after <= 10);
    CHECK(peer->closed() == transport::CloseStatus::going_away);
  }
  CHECK(done);
}

TEST_CASE("a node that leaves is announced first, and then moves clients before their agent") {
  Joined joined;
  bool done = false;
  joined.house.exchange->move_away({5s, 1s}, [&done] { done = true; });
  CHECK(joined.house.exchange->leaving());
  joined.house.pass(4'900ms);
  CHECK(joined.one->receive().empty());
  CHECK(joined.agent->receive().empty());
  // Who comes while it is only announced is let in.
  auto late = joined.house.client(joined.pbx);
  joined.house.pass(1'200ms);
  CHECK(done);
  CHECK(joined.one->stream_close().code == WireCode::shutting_down);
  CHECK(joined.two->stream_close().code == WireCode::shutting_down);
  CHECK(late->stream_close().code == WireCode::shutting_down);
  const tunnel::Refusal refusal = joined.agent->refusal();
  CHECK(refusal.code == WireCode::shutting_down);
  CHECK(refusal.retry_after == 0);
  Peer new_one(*joined.house.exchange, Peer::Path::client);
  new_one.connect();
  CHECK(new_one.refusal().code == WireCode::shutting_down);
}

TEST_CASE("a node that leaves moves a share of its agents at a time") {
  House house;
  std::vector<std::unique_ptr<Peer>> agents;
  for (int number = 0; number < 40; ++number) {
    Pbx pbx;
    pbx.name = "pbx" + std::to_string(number) + ".example.com";
    agents.push_back(house.agent(pbx));
  }
  bool done = false;
  house.exchange->move_away({0s, 1s}, [&done] { done = true; });
  std::vector<std::size_t> left;
  for (int step = 0; step < 10 && !done; ++step) {
    house.pass(step == 0 ? 0ms : 100ms);
    left.push_back(house.exchange->counts().agents);
  }
  CHECK(left == std::vector<std::size_t>{36, 32, 28, 24, 20, 16, 12, 8, 4, 0});
  CHECK(done);
}

TEST_CASE("stopping does not wait for those who do not go") {
  Joined joined;
  int done = 0;
  joined.house.exchange->drain(3s, [&done] { ++done; });
  joined.house.pass(3s);
  CHECK(done == 1);
  static_cast<void>(joined.one->receive());
  static_cast<void>(joined.two->receive());
  static_cast<void>(joined.agent->receive());
  CHECK(done == 1);
}

TEST_CASE("stopping with nobody connected is done in the next turn") {
  House house;
  bool done = false;
  house.exchange->drain(3s, [&done] { done = true; });
  house.pass(0ms);
  CHECK(done);
}

TEST_CASE("an exchange that is thrown away lets go of every wire") {
  Joined joined;
  joined.one->data(1, text("on its way"));
  joined.house.exchange.reset();
  CHECK(joined.one->gone());
  CHECK(joined.two->gone());
  CHECK(joined.agent->gone());
}

}  // namespace
}  // namespace sfteams::connector::test

#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/connector/node_peers.h"
#include "tunnel/limits.h"

namespace sfteams::connector::test {
namespace {

using Outcome = RemoteClient::Outcome;

TEST_CASE("nodes in the middle of a rotation of keys reach each other") {
  const auto [mine, also_mine, theirs, also_theirs] = GENERATE(table<char, char, char, char>(
      {{'1', '2', '1', '\0'}, {'1', '2', '2', '1'}, {'2', '1', '1', '2'}, {'2', '\0', '2', '1'}}));
  NodeHouse here("here", cluster_keys(mine, also_mine));
  NodeHouse owner("owner", cluster_keys(theirs, also_theirs));
  const Pbx pbx;
  const auto agent = owner.house.agent(pbx);
  const RemoteClient client(here, owner.place(), pbx);
  Bridge bridge(here, owner);
  bridge.pump();
  CHECK(client.outcome() == Outcome::entered);
}

TEST_CASE("nodes with different keys do not reach each other") {
  NodeHouse here("here", cluster_keys('1'));
  NodeHouse owner("owner", cluster_keys('2'));
  const Pbx pbx;
  const RemoteClient client(here, owner.place(), pbx);
  Bridge bridge(here, owner);
  bridge.pump();
  CHECK(client.outcome() == Outcome::unreachable);
  CHECK(owner.tallies().nodes.proofs.of("tunnel.admission-refused") == 1);
}

TEST_CASE(
    "megabytes come through two nodes whole and in order, and only as fast as they are read") {
  constexpr std::size_t kTotal = 3'000'000;
  constexpr std::size_t kPacket = 4'000;
  NodeHouse here("here");
  NodeHouse owner("owner");
  const Pbx pbx;
  const auto agent = owner.house.agent(pbx);
  RemoteClient client(here, owner.place(), pbx);
  Bridge bridge(here, owner);
  bridge.pump();
  REQUIRE(client.outcome() == Outcome::entered);
  static_cast<void>(agent->expect(FrameType::open));

  std::size_t sent = 0;
  std::size_t got = 0;
  std::size_t credit = tunnel::kMaxCredit;
  bool right = true;
  std::size_t most = 0;
  for (int rounds = 0; got < kTotal && rounds < 10'000; ++rounds) {
    while (sent < kTotal && credit >= kPacket) {
      Bytes packet(kPacket);
      for (std::size_t i = 0; i < kPacket; ++i)
        packet[i] = static_cast<std::uint8_t>((sent + i) * 31 >> 3U);
      agent->data(1, packet);
      sent += kPacket;
      credit -= kPacket;
    }
    bridge.pump();
    most = std::max(
        most, here.house.exchange->counts().buffered + owner.house.exchange->counts().buffered);
    // The client reads one message, and says so.
    std::size_t read = 0;
    for (const Got& frame : client.receive()) {
      for (const std::uint8_t byte : frame.payload)
        right = right && byte == static_cast<std::uint8_t>((got + read++) * 31 >> 3U);
    }
    got += read;
    if (read > 0) REQUIRE(client.window(static_cast<std::uint32_t>(read)));
    bridge.pump();
    for (const Got& frame : agent->receive()) {
      REQUIRE(frame.type == FrameType::window);
      credit += tunnel::decode_window(frame.payload).value();
    }
  }
  CHECK(got == kTotal);
  CHECK(right);
  CHECK(most <= 2 * tunnel::kMaxCredit);
  CHECK(most >= kPacket);
  bridge.lose();
  CHECK(client.close_code() == WireCode::shutting_down);
}

}  // namespace
}  // namespace sfteams::connector::test

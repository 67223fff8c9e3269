#include "connector/node_lines.h"

#include <catch2/catch.hpp>

#include "tests/connector/node_peers.h"

namespace sfteams::connector::test {
namespace {

using Outcome = RemoteClient::Outcome;
using std::chrono::milliseconds;

/// A node with clients; the one that has the agent is played by the test.
struct LinesFixture {
  NodeHouse here{"here"};
  ClusterKeys keys = cluster_keys();
  NodeIdentity owner = node_called("owner");
  Place place{owner.id, owner.boot, owner.url, 1};
  Pbx pbx;

  Peer& far() { return *here.dialled.back(); }
  /// The line is proven, and this client is in on stream `number`.
  std::unique_ptr<RemoteClient> entered(std::uint32_t number) {
    auto client = std::make_unique<RemoteClient>(here, place, pbx);
    if (here.lines().proven() == 0) greet(far(), keys, owner);
    CHECK(far().expect(FrameType::enter).stream == number);
    far().send(frame(FrameType::entered, number, {}));
    REQUIRE(client->outcome() == Outcome::entered);
    return client;
  }
};

}  // namespace

TEST_CASE("the first client has its node dialled, the next ones share the line") {
  LinesFixture it;
  const auto one = it.entered(1);
  const auto two = it.entered(2);
  CHECK(it.here.dialled.size() == 1);
  CHECK(it.far().keepalive()->interval == milliseconds(2'000));
  REQUIRE(two->data(text("there")));
  CHECK(it.far().receive() == std::vector<Got>{{FrameType::data, 2, text("there")}});
  it.far().data(1, text("back"));
  CHECK(one->receive() == std::vector<Got>{{FrameType::data, 1, text("back")}});
  CHECK(it.here.tallies().lines.relayed_bytes == 4);
  one->leave();
  CHECK(it.far().receive().size() == 1);
  CHECK(it.here.lines().streams() == 1);
}

TEST_CASE("a client is told what the other node answers") {
  LinesFixture it;
  RemoteClient client(it.here, it.place, it.pbx);
  CHECK(client.outcome() == Outcome::none);
  greet(it.far(), it.keys, it.owner);
  static_cast<void>(it.far().expect(FrameType::enter));
  SECTION("turned away") {
    it.far().send(frame(FrameType::turned_away, 1,
                        encode_turned_away({WireCode::try_again_later, 7, "later"})));
    REQUIRE(client.outcome() == Outcome::turned_away);
    CHECK(client.refusal().retry_after == 7);
  }
  SECTION("not here") {
    it.far().send(frame(FrameType::not_here, 1, {}));
    CHECK(client.outcome() == Outcome::not_here);
  }
  SECTION("nothing") {
    it.here.house.pass(NodeLines::kEnterDeadline);
    CHECK(client.outcome() == Outcome::unreachable);
    it.far().send(frame(FrameType::entered, 1, {}));
    CHECK(it.far().stream_close().code == WireCode::normal);
  }
  CHECK(it.here.lines().streams() == 0);
  CHECK(it.here.lines().proven() == 1);
}

TEST_CASE("a client that does not wait any more is not asked for, or its late answer is closed") {
  LinesFixture it;
  const auto kept = it.entered(1);
  RemoteClient client(it.here, it.place, it.pbx);
  CHECK(it.far().expect(FrameType::enter).stream == 2);
  client.give_up();
  it.far().send(frame(FrameType::entered, 2, {}));
  const Got close = it.far().expect(FrameType::close);
  CHECK(close.stream == 2);
  CHECK(client.outcome() == Outcome::none);
  CHECK(it.here.lines().streams() == 1);

  LinesFixture other;
  RemoteClient gone(other.here, other.place, other.pbx);
  gone.give_up();
  greet(other.far(), other.keys, other.owner);
  CHECK(other.far().receive().empty());
}

TEST_CASE("a node that is not reached in time is left alone for a moment") {
  LinesFixture it;
  const RemoteClient one(it.here, it.place, it.pbx);
  const RemoteClient two(it.here, it.place, it.pbx);
  SECTION("it does not answer") {
    it.here.house.pass(NodeLines::kDialDeadline);
  }
  SECTION("the dial is refused") {
    it.far().lose();
  }
  SECTION("it has another key") {
    greet(it.far(), cluster_keys('2'), it.owner);
  }
  SECTION("it is another node") {
    greet(it.far(), it.keys, node_called("elsewhere"));
  }
  SECTION("it was started again") {
    greet(it.far(), it.keys, node_called("owner", 2));
  }
  SECTION("it says something else first") {
    it.far().connect();
    it.far().send(frame(FrameType::entered, 1, {}));
  }
  CHECK(one.outcome() == Outcome::unreachable);
  CHECK(two.outcome() == Outcome::unreachable);
  const RemoteClient soon(it.here, it.place, it.pbx);
  it.here.house.pass(milliseconds(0));
  CHECK(soon.outcome() == Outcome::unreachable);
  CHECK(it.here.dialled.size() == 1);
  it.here.house.pass(NodeLines::kFirstRest);
  const RemoteClient later(it.here, it.place, it.pbx);
  CHECK(it.here.dialled.size() == 2);
  greet(it.far(), it.keys, it.owner);
  CHECK(it.here.lines().proven() == 1);
}

TEST_CASE("when a line is lost its clients are told to come again, and it is dialled again") {
  LinesFixture it;
  const auto one = it.entered(1);
  const RemoteClient waits(it.here, it.place, it.pbx);
  SECTION("it breaks") {
    it.far().lose();
  }
  SECTION("the other node stops") {
    it.far().send(frame(FrameType::refused, 0,
                        tunnel::encode_refused({WireCode::shutting_down, 1, "restart"})));
    CHECK(it.here.tallies().lines.ended.of("tunnel.shutting-down") == 1);
  }
  CHECK(one->close_code() == WireCode::shutting_down);
  CHECK(waits.outcome() == Outcome::unreachable);
  const auto again = it.entered(1);
  CHECK(it.here.dialled.size() == 2);
}

TEST_CASE("a frame out of its turn ends the line, and is counted") {
  LinesFixture it;
  const auto one = it.entered(1);
  const RemoteClient waits(it.here, it.place, it.pbx);
  static_cast<void>(it.far().expect(FrameType::enter));
  const std::vector<Bytes> wrong{frame(FrameType::entered, 1, {}),
                                 frame(FrameType::entered, 3, {}),
                                 frame(FrameType::not_here, 1, {}),
                                 frame(FrameType::turned_away, 7, Bytes(4)),
                                 frame(FrameType::data, 2, Bytes(1)),
                                 window(2, 1),
                                 frame(FrameType::close, 2, Bytes(2)),
                                 frame(FrameType::data, 3, Bytes(1)),
                                 frame(FrameType::enter, 4, Bytes(200)),
                                 frame(FrameType::node_welcome, 0, Bytes(42)),
                                 frame(FrameType::challenge, 0, Bytes(33)),
                                 frame(FrameType::data, 1, Bytes(4081)),
                                 Bytes(2)};
  it.far().send(GENERATE_COPY(from_range(wrong)));
  CHECK(one->close_code() == WireCode::shutting_down);
  CHECK(waits.outcome() == Outcome::unreachable);
  CHECK(it.far().closed() == transport::CloseStatus::protocol_error);
  CHECK(it.here.tallies().lines.ended.counts().size() == 1);
}

TEST_CASE("a node that lies about credit to a client loses that stream, and only that") {
  LinesFixture it;
  const auto one = it.entered(1);
  const auto two = it.entered(2);
  SECTION("more than it had") {
    for (int sent = 0; sent < 17; ++sent)
      it.far().data(1, Bytes(4'080));
  }
  SECTION("for what has not come") {
    it.far().send(window(1, 1));
  }
  CHECK(it.far().stream_close().code == WireCode::flow_control);
  CHECK(one->close_code() == WireCode::flow_control);
  it.far().data(2, text("unharmed"));
  CHECK(two->receive().size() == 1);
}

TEST_CASE("what one node sends to clients that read nothing is bounded for all of them together") {
  LinesFixture it;
  it.here.house.configuration.limits.agent_buffer = 100'000;
  const auto one = it.entered(1);
  const auto two = it.entered(2);
  for (int sent = 0; sent < 16; ++sent)
    it.far().data(1, Bytes(4'080));
  for (int sent = 0; sent < 16; ++sent)
    it.far().data(2, Bytes(4'080));
  CHECK(it.far().stream_close().code == WireCode::too_slow);
  CHECK(two->close_code() == WireCode::too_slow);
  CHECK(one->receive().size() == 4);
  CHECK(it.here.tallies().node_resets.of("tunnel.too-slow") == 1);
}

TEST_CASE("a line without streams is closed after a minute") {
  LinesFixture it;
  const auto one = it.entered(1);
  it.here.house.pass(2 * NodeLines::kIdle);
  CHECK_FALSE(it.far().closed());
  one->leave();
  static_cast<void>(it.far().receive());
  it.here.house.pass(NodeLines::kIdle - milliseconds(1'000));
  CHECK_FALSE(it.far().closed());
  it.here.house.pass(milliseconds(1'000));
  CHECK(it.far().closed() == transport::CloseStatus::normal);
}

TEST_CASE("a node that answers pings and no client is left, and dialled again") {
  LinesFixture it;
  const auto in = it.entered(1);
  const RemoteClient first(it.here, it.place, it.pbx);
  static_cast<void>(it.far().expect(FrameType::enter));
  it.here.house.pass(NodeLines::kEnterDeadline);
  CHECK(first.outcome() == Outcome::unreachable);
  const RemoteClient second(it.here, it.place, it.pbx);
  CHECK_FALSE(it.far().closed());
  it.here.house.pass(NodeLines::kEnterDeadline);
  const RemoteClient third(it.here, it.place, it.pbx);
  it.here.house.pass(milliseconds(0));
  CHECK(third.outcome() == Outcome::unreachable);
  CHECK(it.far().closed());
  const RemoteClient fourth(it.here, it.place, it.pbx);
  CHECK(it.here.dialled.size() == 2);
}

TEST_CASE("a line is closed, too, when all who waited for its answers have gone") {
  LinesFixture it;
  {
    std::vector<std::unique_ptr<RemoteClient>> clients;
    for (std::size_t count = 0; count <= NodeLines::kMaxInFlight; ++count)
      clients.push_back(std::make_unique<RemoteClient>(it.here, it.place, it.pbx));
    greet(it.far(), it.keys, it.owner);
  }
  CHECK(it.far().receive().size() == NodeLines::kMaxInFlight);
  for (std::uint32_t number = 1; number <= NodeLines::kMaxInFlight; ++number)
    it.far().send(frame(FrameType::not_here, number, {}));
  static_cast<void>(it.far().receive());
  it.here.house.pass(NodeLines::kIdle);
  CHECK(it.far().closed() == transport::CloseStatus::normal);
}

TEST_CASE("who waits for a node is bounded, and who has gone gives the place back") {
  LinesFixture it;
  std::vector<std::unique_ptr<RemoteClient>> clients;
  for (std::size_t count = 0; count < NodeLines::kMaxWaiting; ++count)
    clients.push_back(std::make_unique<RemoteClient>(it.here, it.place, it.pbx));
  const RemoteClient over(it.here, it.place, it.pbx);
  it.here.house.pass(milliseconds(0));
  CHECK(over.outcome() == Outcome::crowded);
  clients.pop_back();
  const RemoteClient instead(it.here, it.place, it.pbx);
  greet(it.far(), it.keys, it.owner);
  CHECK(it.far().receive().size() == NodeLines::kMaxInFlight);
  it.far().send(frame(FrameType::not_here, 1, {}));
  CHECK(it.far().receive().size() == 1);
}

}  // namespace sfteams::connector::test

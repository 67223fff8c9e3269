#include "connector/node_link.h"

#include <catch2/catch.hpp>

#include "connector/cluster/node_proof.h"
#include "tests/connector/node_peers.h"
#include "tunnel/limits.h"

namespace sfteams::connector::test {
namespace {

/// The owner of an agent, and a node that wants to reach it.
struct OwnerFixture {
  NodeHouse owner{"owner"};
  Pbx pbx;
  std::unique_ptr<Peer> agent = owner.house.agent(pbx);
  std::unique_ptr<Peer> node = owner.node();

  /// What ENTER on this stream is answered with.
  Got enter(std::uint32_t stream, const Bytes& payload) {
    node->send(frame(FrameType::enter, stream, payload));
    const std::vector<Got> answers = node->receive();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].stream == stream);
    return answers[0];
  }
  void entered(std::uint32_t stream) {
    REQUIRE(enter(stream, entering(pbx)).type == FrameType::entered);
    CHECK(agent->expect(FrameType::open).stream == stream);
  }
  tunnel::Refusal turned_away(std::uint32_t stream, const Bytes& payload) {
    const Got answer = enter(stream, payload);
    REQUIRE(answer.type == FrameType::turned_away);
    return decode_turned_away(answer.payload).value();
  }
  void stream_is_fine(std::uint32_t stream) {
    node->data(stream, text("unharmed"));
    CHECK(agent->receive() == std::vector<Got>{{FrameType::data, stream, text("unharmed")}});
    agent->data(stream, text("same here"));
    CHECK(node->receive() == std::vector<Got>{{FrameType::data, stream, text("same here")}});
  }
};

WireCode closed_with(const Got& got) {
  REQUIRE(got.type == FrameType::close);
  return tunnel::decode_close(got.payload).value().code;
}

}  // namespace

TEST_CASE("a node's client is let in to an agent here, and all passes as it is") {
  OwnerFixture it;
  it.entered(1);
  it.entered(2);
  it.stream_is_fine(1);
  it.stream_is_fine(2);
  it.agent->send(window(2, 8));
  CHECK(it.node->receive() == std::vector<Got>{{FrameType::window, 2, {0, 0, 0, 8}}});
  CHECK(it.owner.tallies().entries.of("entered") == 2);
  CHECK(it.owner.house.exchange->counts().streams == 2);

  it.node->send(frame(FrameType::close, 1, tunnel::encode_close(WireCode::normal, "done")));
  CHECK(closed_with(it.agent->expect(FrameType::close)) == WireCode::normal);
  it.agent->send(frame(FrameType::close, 2, tunnel::encode_close(WireCode::key_revoked, "")));
  CHECK(closed_with(it.node->expect(FrameType::close)) == WireCode::key_revoked);
  CHECK(it.owner.house.exchange->counts().streams == 0);
  // They were in flight.
  it.node->data(2, text("late"));
  it.node->send(window(1, 1));
  CHECK_FALSE(it.node->closed());
}

TEST_CASE("a link between nodes is pinged every 2 s and found dead after 3 s more") {
  OwnerFixture it;
  REQUIRE(it.node->keepalive());
  CHECK(it.node->keepalive()->interval == transport::Duration(2'000));
  CHECK(it.node->keepalive()->deadline == transport::Duration(3'000));
}

TEST_CASE("the owner of an agent judges the clients of other nodes") {
  OwnerFixture it;
  SECTION("by the key") {
    Pbx wrong;
    CHECK(it.turned_away(1, entering(wrong)).code == WireCode::admission_refused);
  }
  SECTION("by the nonce") {
    Bytes payload = entering(it.pbx);
    payload[0] ^= 1U;
    CHECK(it.turned_away(1, payload).code == WireCode::admission_refused);
  }
  SECTION("by the keys of now, not those of before") {
    it.entered(1);
    Pbx renewed;
    const std::array keys{renewed.key()};
    it.agent->send(frame(FrameType::keys, 0, tunnel::encode_keys(keys)));
    CHECK(it.turned_away(2, entering(it.pbx)).code == WireCode::admission_refused);
    CHECK(it.enter(3, entering(renewed)).type == FrameType::entered);
    CHECK(it.agent->expect(FrameType::open).stream == 2);
    it.stream_is_fine(1);
    return;
  }
  SECTION("and says so when the agent is not here") {
    it.agent->lose();
    CHECK(it.enter(1, entering(it.pbx)).type == FrameType::not_here);
    CHECK(it.owner.tallies().entries.of("not-here") == 1);
    return;
  }
  CHECK(it.owner.tallies().entries.of("turned-away") == 1);
  CHECK(it.agent->receive().empty());
  // Its number is another one there and here.
  REQUIRE(it.enter(2, entering(it.pbx)).type == FrameType::entered);
  CHECK(it.agent->expect(FrameType::open).stream == 1);
  it.node->data(2, text("unharmed"));
  CHECK(it.agent->receive() == std::vector<Got>{{FrameType::data, 1, text("unharmed")}});
}

TEST_CASE("the pace of a name counts local and remote clients together") {
  NodeHouse owner("owner");
  owner.house.configuration.limits.admissions_per_name = 2;
  owner.house.restart();
  owner.house.exchange->join_cluster(owner.keys, owner.self, {});
  const Pbx pbx;
  const auto agent = owner.house.agent(pbx);
  const auto local = owner.house.client(pbx);
  const auto node = owner.node();
  // A wrong key takes nothing of it.
  Pbx wrong;
  node->send(frame(FrameType::enter, 1, entering(wrong)));
  node->send(frame(FrameType::enter, 2, entering(pbx)));
  node->send(frame(FrameType::enter, 3, entering(pbx)));
  const std::vector<Got> answers = node->receive();
  REQUIRE(answers.size() == 3);
  CHECK(answers[1].type == FrameType::entered);
  REQUIRE(answers[2].type == FrameType::turned_away);
  const tunnel::Refusal refusal = decode_turned_away(answers[2].payload).value();
  CHECK(refusal.code == WireCode::try_again_later);
  CHECK(refusal.retry_after >= 2);
  CHECK(owner.tallies().limits.of("admissions-per-name") == 1);
}

TEST_CASE("an agent that has all its streams takes no client of another node") {
  NodeHouse owner("owner");
  owner.house.configuration.limits.streams_per_agent = 1;
  const Pbx pbx;
  const auto agent = owner.house.agent(pbx);
  const auto node = owner.node();
  node->send(frame(FrameType::enter, 1, entering(pbx)));
  node->send(frame(FrameType::enter, 2, entering(pbx)));
  const std::vector<Got> answers = node->receive();
  REQUIRE(answers.size() == 2);
  CHECK(decode_turned_away(answers[1].payload).value().code == WireCode::too_many_streams);
}

TEST_CASE("without the cluster's key nobody is a node, and nothing is told why") {
  NodeHouse owner("owner");
  Peer stranger(*owner.house.exchange, Peer::Path::node);
  stranger.open();
  const ClusterKeys wrong = cluster_keys('2');
  stranger.send(frame(FrameType::node_hello, 0,
                      make_node_hello(wrong, node_called("far"), "owner", stranger.nonce(), {})));
  const tunnel::Refusal refusal = stranger.refusal();
  CHECK(refusal.code == WireCode::admission_refused);
  CHECK(refusal.reason.empty());
  CHECK(stranger.gone());
  CHECK(owner.tallies().nodes.proofs.of("tunnel.admission-refused") == 1);
}

TEST_CASE("a connector that is in no cluster takes no node") {
  House house;
  Peer node(*house.exchange, Peer::Path::node);
  node.connect();
  CHECK(node.refusal().code == WireCode::try_again_later);
  CHECK(node.gone());
}

TEST_CASE("a node that proves nothing in time is sent away") {
  NodeHouse owner("owner");
  Peer stranger(*owner.house.exchange, Peer::Path::node);
  stranger.open();
  owner.house.pass(owner.house.configuration.limits.handshake);
  CHECK(stranger.refusal().code == WireCode::timeout);
}

TEST_CASE("before its proof a node may send nothing else") {
  NodeHouse owner("owner");
  Peer stranger(*owner.house.exchange, Peer::Path::node);
  stranger.open();
  const Pbx pbx;
  const std::vector<Bytes> wrong{frame(FrameType::enter, 1, entering(pbx)),
                                 frame(FrameType::data, 1, Bytes(1)),
                                 window(1, 1),
                                 frame(FrameType::close, 1, Bytes(2)),
                                 frame(FrameType::admit, 0, Bytes(75)),
                                 frame(FrameType::node_welcome, 0, Bytes(42)),
                                 frame(FrameType::node_hello, 0, Bytes(76)),
                                 frame(FrameType::entered, 1, {}),
                                 frame(FrameType::not_here, 1, {})};
  stranger.send(GENERATE_COPY(from_range(wrong)));
  CHECK(stranger.refusal().code == WireCode::protocol_error);
  CHECK(stranger.closed() == transport::CloseStatus::protocol_error);
}

TEST_CASE("a frame of a node out of its turn ends its link, and nothing else") {
  OwnerFixture it;
  const auto local = it.owner.house.client(it.pbx);
  static_cast<void>(it.agent->receive());
  REQUIRE(it.enter(1, entering(it.pbx)).type == FrameType::entered);
  static_cast<void>(it.agent->receive());
  const std::vector<Bytes> wrong{frame(FrameType::enter, 1, entering(it.pbx)),
                                 frame(FrameType::enter, 3, entering(it.pbx)),
                                 frame(FrameType::enter, 2, Bytes(200)),
                                 frame(FrameType::data, 2, Bytes(1)),
                                 window(2, 1),
                                 frame(FrameType::close, 2, Bytes(2)),
                                 frame(FrameType::node_hello, 0, Bytes(76)),
                                 frame(FrameType::entered, 1, {}),
                                 frame(FrameType::not_here, 2, {}),
                                 frame(FrameType::open, 2, Bytes(8)),
                                 frame(FrameType::data, 1, Bytes(4081)),
                                 Bytes(3)};
  it.node->send(GENERATE_COPY(from_range(wrong)));
  CHECK(it.node->refusal().code == WireCode::protocol_error);
  CHECK(it.owner.tallies().nodes.sent_away.of("tunnel.protocol-error") == 1);
  CHECK(closed_with(it.agent->expect(FrameType::close)) == WireCode::normal);
  local->data(1, text("unharmed"));
  CHECK(it.agent->receive() == std::vector<Got>{{FrameType::data, 1, text("unharmed")}});
}

TEST_CASE("a node that lies about credit loses that stream, and only that") {
  OwnerFixture it;
  it.entered(1);
  it.entered(2);
  SECTION("more than it had") {
    for (int sent = 0; sent < 17; ++sent)
      it.node->data(1, Bytes(4'080));
  }
  SECTION("nothing") {
    it.node->send(window(1, 0));
  }
  SECTION("for what has not come") {
    it.node->send(window(1, 1));
  }
  CHECK(closed_with(it.node->expect(FrameType::close)) == WireCode::flow_control);
  CHECK(closed_with(it.agent->expect(FrameType::close)) == WireCode::flow_control);
  it.stream_is_fine(2);
}

TEST_CASE("a node that reads nothing uses up its own budget, not those of the agents") {
  NodeHouse owner("owner");
  owner.house.configuration.limits.agent_buffer = 100'000;
  const Pbx one;
  Pbx two;
  two.name = "two.example.com";
  const auto agent_one = owner.house.agent(one);
  const auto agent_two = owner.house.agent(two);
  const auto local = owner.house.client(two);
  const auto node = owner.node();
  node->send(frame(FrameType::enter, 1, entering(one)));
  node->send(frame(FrameType::enter, 2, entering(two)));
  for (int sent = 0; sent < 16; ++sent)
    agent_one->data(1, Bytes(4'080));
  static_cast<void>(agent_two->receive());
  for (int sent = 0; sent < 16; ++sent)
    agent_two->data(2, Bytes(4'080));
  CHECK(closed_with(agent_two->expect(FrameType::close)) == WireCode::too_slow);
  CHECK(owner.tallies().node_resets.counts().empty());
  CHECK(owner.house.exchange->counts().buffered <= 100'000);
  agent_two->data(1, text("to the client here"));
  CHECK(local->receive().size() == 1);
}

TEST_CASE("when a node's link is lost, its clients have gone for the agents") {
  OwnerFixture it;
  it.entered(1);
  it.entered(2);
  it.node->lose();
  const std::vector<Got> closes = it.agent->receive();
  REQUIRE(closes.size() == 2);
  CHECK(closed_with(closes[0]) == WireCode::normal);
  CHECK(it.owner.house.exchange->counts().streams == 0);
}

TEST_CASE("when an agent is replaced, the streams of a node end and new ones go to the new link") {
  OwnerFixture it;
  it.entered(1);
  const auto newer = it.owner.house.agent(it.pbx);
  CHECK(closed_with(it.node->expect(FrameType::close)) == WireCode::pbx_offline);
  REQUIRE(it.enter(2, entering(it.pbx)).type == FrameType::entered);
  CHECK(newer->expect(FrameType::open).stream == 1);
}

}  // namespace sfteams::connector::test

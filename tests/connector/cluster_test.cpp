#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "connector/codes.h"
#include "tests/connector/cluster_stage.h"

// Several connectors as one, as agents and clients see them.

namespace sfteams::connector::test {
namespace {

/// A client at one node whose agent is at another one, admitted.
struct Apart {
  explicit Apart(std::size_t nodes = 2) : stage(nodes) {}

  ClusterStage stage;
  Pbx pbx;
  std::unique_ptr<Peer> agent = registered(0);
  std::unique_ptr<Peer> client = admitted(1);
  std::uint32_t stream = agent->expect(FrameType::open).stream;

  std::unique_ptr<Peer> registered(std::size_t node) {
    auto peer = stage.node(node).house.registering(pbx);
    stage.pass(100);
    static_cast<void>(peer->expect(FrameType::registered));
    return peer;
  }
  std::unique_ptr<Peer> admitted(std::size_t node) {
    auto peer = stage.node(node).house.admitting(pbx);
    stage.pass(100);
    static_cast<void>(peer->expect(FrameType::admitted));
    return peer;
  }
};

TEST_CASE("a client of one node reaches the agent of another, both ways") {
  Apart apart;
  apart.client->data(1, text("there"));
  apart.stage.pass(20);
  const Got there = apart.agent->expect(FrameType::data);
  CHECK(there.stream == apart.stream);
  CHECK(there.payload == text("there"));
  apart.agent->data(apart.stream, text("and back"));
  apart.stage.pass(20);
  CHECK(apart.client->expect(FrameType::data).payload == text("and back"));
}

TEST_CASE("a client that leaves ends its stream at the other node, and so does its agent") {
  Apart apart;
  apart.client->lose();
  apart.stage.pass(20);
  const Got closed = apart.agent->expect(FrameType::close);
  CHECK(closed.stream == apart.stream);
  auto second = apart.admitted(1);
  const std::uint32_t stream = apart.agent->expect(FrameType::open).stream;
  apart.agent->send(frame(FrameType::close, stream, tunnel::encode_close(WireCode::normal, "")));
  apart.stage.pass(20);
  CHECK(second->stream_close().code == WireCode::normal);
}

TEST_CASE("the node of a client dies: the agent is left, and the client comes by another node") {
  Apart apart(3);
  apart.stage.kill(1);
  apart.stage.pass(50);
  CHECK(apart.agent->expect(FrameType::close).stream == apart.stream);
  auto again = apart.admitted(2);
  again->data(1, text("again"));
  apart.stage.pass(20);
  CHECK(apart.agent->expect(FrameType::data).payload == text("again"));
}

TEST_CASE("the node of an agent dies: its clients are told to come again, and find it elsewhere") {
  Apart apart(3);
  apart.stage.kill(0);
  apart.stage.pass(50);
  CHECK(apart.client->stream_close().code == WireCode::shutting_down);
  // It comes back before its agent does, and waits for it.
  auto client = apart.stage.node(1).house.admitting(apart.pbx);
  apart.stage.pass(300);
  CHECK(client->receive().empty());
  auto agent = apart.registered(2);
  apart.stage.pass(300);
  static_cast<void>(client->expect(FrameType::admitted));
  client->data(1, text("hello"));
  apart.stage.pass(20);
  CHECK(agent->expect(FrameType::data).payload == text("hello"));
}

TEST_CASE("a client with the right key whose agent is nowhere is told so, after a moment") {
  Apart apart;
  apart.agent->lose();
  apart.stage.pass(500);
  auto client = apart.stage.node(1).house.admitting(apart.pbx);
  apart.stage.pass(1'000);
  CHECK(client->receive().empty());
  apart.stage.pass(1'500);
  const tunnel::Refusal refusal = client->refusal();
  CHECK(refusal.code == WireCode::pbx_offline);
  CHECK(refusal.retry_after <= 3);
}

/// When the answer to a client came, in ms, and what it was.
std::pair<int, tunnel::Refusal> answer_to(ClusterStage& stage, const Pbx& pbx,
                                          const std::string& from) {
  auto peer = stage.node(1).house.admitting(pbx, from);
  for (int passed = 0; passed <= 2'000; passed += 10) {
    if (peer->closed()) return {passed, peer->refusal()};
    stage.pass(10);
  }
  FAIL("no answer");
  return {};
}

TEST_CASE(
    "an unknown name, a wrong key here and a wrong key at another node are told apart by nothing") {
  Apart apart;
  Pbx here;
  here.name = "here.example.com";
  auto agent_here = apart.stage.node(1).house.registering(here);
  apart.stage.pass(100);
  Pbx away;
  away.name = "away.example.com";
  auto agent_away = apart.stage.node(0).house.registering(away);
  apart.stage.pass(100);
  agent_away->lose();
  apart.stage.pass(1'000);
  std::vector<std::pair<int, tunnel::Refusal>> answers;
  for (const char* name :
       {"unknown.example.org", "here.example.com", "pbx.example.com", "away.example.com"}) {
    Pbx stranger;
    stranger.name = name;
    answers.push_back(
        answer_to(apart.stage, stranger, "203.0.113." + std::to_string(answers.size())));
  }
  for (const auto& [after, refusal] : answers) {
    CHECK(after == answers.front().first);
    CHECK(refusal.code == WireCode::admission_refused);
    CHECK(refusal.reason == answers.front().second.reason);
    CHECK(refusal.retry_after == 0);
  }
}

TEST_CASE("who comes while too many do learns only with the right key that there is such a name") {
  Apart apart;
  apart.agent->lose();
  apart.client->lose();
  apart.stage.pass(70'000);  // until there is no line between the nodes any more
  auto back = apart.registered(0);
  House& house = apart.stage.node(1).house;
  auto from = [count = 0]() mutable {
    ++count;
    return "203.0." + std::to_string(count / 200) + "." + std::to_string(count % 200);
  };
  std::vector<std::unique_ptr<Peer>> crowd;
  for (std::size_t count = 0; count < NodeLines::kMaxWaiting; ++count)
    crowd.push_back(house.admitting(apart.pbx, from()));
  Pbx wrong_key;
  Pbx unknown;
  unknown.name = "unknown.example.com";
  auto right = house.admitting(apart.pbx, from());
  auto wrong = house.admitting(wrong_key, from());
  auto nobody = house.admitting(unknown, from());
  apart.stage.pass(2'000);
  CHECK(right->refusal().code == WireCode::try_again_later);
  const tunnel::Refusal told = wrong->refusal();
  CHECK(told.code == WireCode::admission_refused);
  CHECK(told.reason == nobody->refusal().reason);
  static_cast<void>(crowd.front()->expect(FrameType::admitted));
}

TEST_CASE("who fails too often at one node is slowed down at the others, and nobody else is") {
  ClusterStage stage;
  Pbx stranger;
  stranger.name = "unknown.example.org";
  const auto first_answer_at = [&](std::size_t node, const char* from) {
    auto peer = stage.node(node).house.admitting(stranger, from);
    int passed = 0;
    for (; !peer->closed() && passed < 20'000; passed += 10)
      stage.pass(10);
    CHECK(peer->refusal().code == WireCode::admission_refused);
    return passed;
  };
  const int longest = static_cast<int>(stage.node(0).house.configuration.throttle.longest.count());
  for (int time = 0; time < 12; ++time)
    static_cast<void>(first_answer_at(0, "203.0.113.5"));
  CHECK(first_answer_at(1, "203.0.113.5") >= longest);
  CHECK(first_answer_at(1, "203.0.113.6") < 1'000);
}

TEST_CASE("a key that the agent has revoked opens nothing at any node, from that moment on") {
  Apart apart;
  apart.agent->send(frame(FrameType::keys, 0, tunnel::encode_keys({})));
  auto client = apart.stage.node(1).house.admitting(apart.pbx);
  apart.stage.pass(400);
  CHECK(client->refusal().code == WireCode::admission_refused);
  apart.agent->lose();
  apart.stage.pass(1'000);
  auto later = apart.stage.node(1).house.admitting(apart.pbx);
  apart.stage.pass(2'000);
  CHECK(later->refusal().code == WireCode::admission_refused);
}

TEST_CASE("an agent that comes to another node is replaced at the one where it was") {
  Apart apart;
  apart.stage.pass(6'000);
  auto newer = apart.registered(1);
  apart.stage.pass(1'000);
  CHECK(apart.agent->refusal().code == WireCode::replaced);
  CHECK_FALSE(newer->closed());
  CHECK(apart.stage.node(0).exchange().counts().agents == 0);
  CHECK(apart.stage.node(1).exchange().counts().agents == 1);
}

TEST_CASE("one of two installations has a name that both ask for at two nodes at once") {
  ClusterStage stage;
  int firsts = 0;
  for (int round = 0; round < 30; ++round) {
    Pbx one;
    one.name = "race" + std::to_string(round) + ".example.com";
    Pbx other;
    other.name = one.name;
    // Failures of an address slow it down.
    const std::string from = "192.0.2." + std::to_string(round);
    auto first = stage.node(0).house.registering(one, from);
    auto second = stage.node(1).house.registering(other, from);
    stage.pass(500);
    const auto won = [](Peer& peer) {
      const std::vector<Got> got = peer.receive();
      REQUIRE_FALSE(got.empty());
      return got.front().type == FrameType::registered;
    };
    const bool first_won = won(*first);
    CHECK(won(*second) == !first_won);
    CHECK((first_won ? second : first)->ended());
    (first_won ? first : second)->lose();
    firsts += first_won ? 1 : 0;
  }
  CHECK(firsts > 0);
}

TEST_CASE("without NATS names that are known register and meet, and new ones are told to wait") {
  Apart apart;
  for (std::size_t node : {0U, 1U})
    apart.stage.node(node).bus.set_up(false);
  apart.stage.pass(500);
  // What runs goes on, and so do clients whose node remembers the place.
  apart.client->data(1, text("still"));
  apart.stage.pass(20);
  CHECK(apart.agent->expect(FrameType::data).payload == text("still"));
  auto more = apart.admitted(1);
  CHECK(apart.agent->expect(FrameType::open).stream != apart.stream);
  // A known name comes back to the other node.
  apart.agent->lose();
  auto back = apart.registered(1);
  auto beside = apart.admitted(1);
  CHECK(back->expect(FrameType::open).stream == 1);
  Pbx stranger;
  stranger.name = "new.example.com";
  auto waits = apart.stage.node(0).house.registering(stranger);
  apart.stage.pass(1'000);
  const tunnel::Refusal refusal = waits->refusal();
  CHECK(refusal.code == WireCode::try_again_later);
  CHECK(refusal.retry_after >= 2);
  CHECK(refusal.retry_after <= 6);
}

TEST_CASE("without NATS an agent that comes back to its node is found there again") {
  Apart apart;
  for (const std::size_t node : {0U, 1U})
    apart.stage.node(node).bus.set_up(false);
  apart.stage.pass(500);
  apart.agent->lose();
  apart.stage.pass(100);
  // It is asked for while it is away.
  auto early = apart.stage.node(1).house.admitting(apart.pbx);
  apart.stage.pass(2'500);
  CHECK(early->refusal().code == WireCode::pbx_offline);
  auto back = apart.registered(0);
  auto client = apart.admitted(1);
  client->data(1, text("hello"));
  apart.stage.pass(20);
  CHECK(back->expect(FrameType::data).payload == text("hello"));
}

TEST_CASE("a node that alone has lost NATS is found by clients with the right key at any node") {
  // Which never looked for it; and the same when it is the client's node that has lost NATS.
  const std::size_t lost = GENERATE(as<std::size_t>{}, 0, 2);
  Apart apart(3);
  apart.stage.node(lost).bus.set_up(false);
  apart.stage.pass(3'500);
  auto client = apart.stage.node(2).house.admitting(apart.pbx);
  apart.stage.pass(1'000);
  static_cast<void>(client->expect(FrameType::admitted));
  static_cast<void>(apart.agent->expect(FrameType::open));
}

TEST_CASE("how long a refusal takes does not tell of a node that has lost NATS") {
  Apart apart;
  apart.stage.node(0).bus.set_up(false);
  apart.stage.pass(3'500);
  Pbx wrong_key;
  Pbx unknown;
  unknown.name = "unknown.example.com";
  const auto [wrong_after, wrong] = answer_to(apart.stage, wrong_key, "192.0.2.1");
  const auto [unknown_after, nobody] = answer_to(apart.stage, unknown, "192.0.2.2");
  CHECK(wrong_after == unknown_after);
  CHECK(wrong.code == WireCode::admission_refused);
  CHECK(nobody.code == WireCode::admission_refused);
}

TEST_CASE(
    "without NATS no client is told that its key is wrong because its node knows too little") {
  Apart apart;
  apart.stage.node(1).bus.set_up(false);
  Pbx stranger;
  stranger.name = "elsewhere.example.com";
  apart.stage.pass(500);
  auto client = apart.stage.node(1).house.admitting(stranger);
  apart.stage.pass(1'000);
  CHECK(client->refusal().code == WireCode::try_again_later);
}

TEST_CASE("a name that is forgotten at one node is cut off at the other") {
  Apart apart;
  bool done = false;
  apart.stage.node(1).exchange().cluster()->log().forget(
      apart.pbx.name, {"anna", 1},
      [&done](const Result<bool>& changed) { done = changed && *changed; });
  apart.stage.pass(3'000);
  CHECK(done);
  CHECK(apart.agent->refusal().code == WireCode::try_again_later);
  CHECK_FALSE(apart.stage.node(0).knows(apart.pbx.name));
}

}  // namespace
}  // namespace sfteams::connector::test

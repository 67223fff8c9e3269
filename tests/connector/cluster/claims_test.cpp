#include <map>

#include <catch2/catch.hpp>

#include "connector/cluster/messages.h"
#include "tests/connector/cluster/cluster_stage.h"
#include "tests/seed.h"

namespace sfteams::connector {
namespace {

using test::ClusterStage;
using test::DirectoryNode;
using test::kName;
using test::kSecond;
using test::kSoon;
using Lost = std::vector<std::pair<std::string, Why>>;

constexpr std::int64_t kHours = 3 * 3'600'000;

struct ClaimsFixture {
  ClusterStage stage;
  DirectoryNode alice{stage, "alice"};
  DirectoryNode bob{stage, "bob"};

  [[nodiscard]] std::string subject() const {
    return alice.context.subjects.name(stage.keys.hash_of(kName));
  }
  void wait(transport::Duration time) { stage.scheduler.advance(time); }
  /// Loses what goes to `node` and meets the condition.
  void lose(const DirectoryNode& node, std::function<bool(const bus::Message&)> which) {
    stage.broker.fate = [&node, which = std::move(which)](const auto&, const auto& to,
                                                          const bus::Message& message) {
      return &to == &node.bus && which(message) ? 0 : 1;
    };
  }
  void lose_nothing() { stage.broker.fate = nullptr; }
  /// How many words of this kind were said, and kept as seeds.
  [[nodiscard]] std::size_t said(WordKind kind) const {
    std::size_t number = 0;
    for (const bus::Message& message : stage.broker.log) {
      sfteams::test::keep_seed("bus", message.body);
      const auto word = parse_word(message.body);
      if (word && word->kind == kind) ++number;
    }
    return number;
  }
  [[nodiscard]] bool only_bob() const {
    return bob.directory.holds(kName) && !alice.directory.holds(kName) && bob.lost.empty();
  }
};

bool any(const bus::Message&) {
  return true;
}

bool to_node(const bus::Message& message) {
  return message.subject.find(".n.") != std::string::npos;
}

TEST_CASE("an agent that registers at another node is the newer one there") {
  ClaimsFixture fixture;
  CHECK(fixture.alice.directory.hold(kName) == test::kStart);
  fixture.wait(kSecond);
  fixture.bob.directory.hold(kName);
  fixture.wait(kSoon);
  CHECK(fixture.only_bob());
  CHECK(fixture.alice.lost == Lost{{kName, Why::overtaken}});
  fixture.wait(kSecond * 20);
  CHECK(fixture.only_bob());
  CHECK(fixture.alice.lost.size() == 1);
}

TEST_CASE("an agent that comes back to a node has a higher epoch than all before") {
  ClaimsFixture fixture;
  const Epoch first = fixture.alice.directory.hold(kName);
  CHECK(fixture.alice.directory.hold(kName) == first + 1);
  fixture.alice.directory.let_go(kName);
  fixture.alice.ahead_ms = -kHours;
  CHECK(fixture.alice.directory.hold(kName) == first + 2);
  fixture.alice.directory.let_go(kName);
  fixture.alice.directory.let_go(kName);
  CHECK(fixture.alice.directory.held() == 0);
  CHECK(fixture.alice.lost.empty());
}

TEST_CASE("the newer link wins over one from a clock that was hours ahead") {
  ClaimsFixture fixture;
  fixture.alice.ahead_ms = kHours;
  const Epoch wrong = fixture.alice.directory.hold(kName);
  fixture.alice.ahead_ms = 0;
  fixture.wait(kSecond * GENERATE(1, 60));
  fixture.bob.directory.hold(kName);
  fixture.wait(kSoon);
  CHECK(fixture.only_bob());
  CHECK(fixture.alice.lost == Lost{{kName, Why::overtaken}});
  CHECK(fixture.bob.directory.epoch_of(kName) == wrong + 1);
  CHECK(fixture.said(WordKind::held) == 1);
}

TEST_CASE("the newer link wins from a node whose clock is hours behind, though HELD is lost") {
  ClaimsFixture fixture;
  fixture.alice.ahead_ms = kHours;
  fixture.alice.directory.hold(kName);
  fixture.alice.ahead_ms = 0;
  fixture.wait(kSecond * 10);
  fixture.lose(fixture.bob, to_node);
  fixture.bob.directory.hold(kName);
  fixture.wait(kSoon);
  CHECK(fixture.alice.directory.holds(kName));
  CHECK(fixture.bob.directory.holds(kName));
  fixture.lose_nothing();
  fixture.wait(kSecond * 4);
  CHECK(fixture.only_bob());
}

TEST_CASE("a claim of an older link with a higher epoch does not end one that was just proved") {
  ClaimsFixture fixture;
  fixture.alice.ahead_ms = kHours;
  fixture.alice.directory.hold(kName);
  fixture.alice.ahead_ms = 0;
  fixture.wait(kSecond * 10);
  // Nothing of bob's reaches alice, and nothing is answered: bob only hears her claims.
  fixture.lose(fixture.alice, any);
  fixture.bob.directory.hold(kName);
  fixture.alice.directory.claim_again();
  fixture.wait(kSecond);
  CHECK(fixture.bob.directory.holds(kName));
  fixture.lose_nothing();
  fixture.wait(kSecond * 5);
  CHECK(fixture.only_bob());
}

TEST_CASE("HELD that comes late, twice, or to nobody changes nothing") {
  ClaimsFixture fixture;
  fixture.alice.ahead_ms = kHours;
  fixture.alice.directory.hold(kName);
  fixture.alice.ahead_ms = 0;
  fixture.wait(kSecond);
  fixture.stage.broker.fate = [](const auto&, const auto&, const bus::Message&) { return 2; };
  fixture.bob.directory.hold(kName);
  fixture.wait(kSoon);
  CHECK(fixture.only_bob());
  const Epoch epoch = fixture.bob.directory.epoch_of(kName);
  // One that alice said before she lost, and that took its time; then one for a name that bob lacks.
  const auto hash = hash_bytes(fixture.stage.keys.hash_of(kName)).value();
  const std::string to_bob = fixture.bob.context.subjects.node("bob");
  for (const HeldWord& held : {HeldWord{hash, epoch - 1}, HeldWord{{}, epoch + 5}}) {
    auto& alice = fixture.alice.context;
    alice.bus.publish(to_bob, alice.maker.make(to_bob, WordKind::held, pack(held)));
  }
  fixture.wait(kSoon);
  CHECK(fixture.only_bob());
  CHECK(fixture.bob.directory.epoch_of(kName) == epoch);
}

TEST_CASE("a claimer rises twice above a higher epoch, then it has lost") {
  ClaimsFixture fixture;
  const Epoch first = fixture.bob.directory.hold(kName);
  const auto hash = hash_bytes(fixture.stage.keys.hash_of(kName)).value();
  const std::string to_bob = fixture.bob.context.subjects.node("bob");
  const auto held = [&](Epoch epoch) {
    auto& alice = fixture.alice.context;
    const auto payload = pack(HeldWord{hash, epoch});
    alice.bus.publish(to_bob, alice.maker.make(to_bob, WordKind::held, payload));
    fixture.wait(kSoon);
  };
  held(first + 10'000);
  CHECK(fixture.bob.directory.epoch_of(kName) == first + 10'001);
  held(first + 20'000);
  CHECK(fixture.bob.directory.epoch_of(kName) == first + 20'001);
  held(first + 30'000);
  CHECK(fixture.bob.lost == Lost{{kName, Why::overtaken}});
  CHECK(fixture.bob.directory.hold(kName) == first + 30'001);
}

TEST_CASE("a link that was proved a while ago does not rise above a higher epoch") {
  ClaimsFixture fixture;
  fixture.alice.directory.hold(kName);
  fixture.wait(HeldNames::kFresh);
  fixture.stage.broker.part(fixture.alice.bus, fixture.bob.bus);
  fixture.bob.directory.hold(kName);
  const Epoch newer = fixture.bob.directory.epoch_of(kName);
  fixture.wait(kSecond * 60);
  CHECK(fixture.alice.directory.holds(kName));
  fixture.stage.broker.join(fixture.alice.bus, fixture.bob.bus);
  // Whoever of the two claims first.
  (GENERATE(true, false) ? fixture.alice : fixture.bob).directory.claim_again();
  fixture.wait(kSecond);
  CHECK(fixture.only_bob());
  CHECK(fixture.alice.lost == Lost{{kName, Why::overtaken}});
  CHECK(fixture.bob.directory.epoch_of(kName) == newer);
}

TEST_CASE("of two links with one epoch the one at the node with the higher id stays") {
  ClaimsFixture fixture;
  SECTION("both hear each other's claim") {}
  SECTION("only the claim of bob is heard") {
    fixture.lose(fixture.bob, [](const auto& message) { return !to_node(message); });
  }
  SECTION("only the claim of alice is heard, and answered") {
    fixture.lose(fixture.alice, [](const auto& message) { return !to_node(message); });
  }
  CHECK(fixture.alice.directory.hold(kName) == fixture.bob.directory.hold(kName));
  fixture.wait(kSecond * 2);  // alice's first claim came before bob had subscribed
  CHECK(fixture.only_bob());
  CHECK(fixture.alice.lost == Lost{{kName, Why::tie}});
}

TEST_CASE("of two claims that cross each other one stays, whatever comes first") {
  ClaimsFixture fixture;
  fixture.alice.ahead_ms = GENERATE(0, 1'000, -1'000, kHours, -kHours);
  const bool alice_first = GENERATE(true, false);
  auto& first = alice_first ? fixture.alice : fixture.bob;
  auto& second = alice_first ? fixture.bob : fixture.alice;
  // The clock of the words is right again when they are read: hours away nobody would be heard.
  fixture.stage.broker.delay = transport::Duration(GENERATE(1, 30));
  first.directory.hold(kName);
  second.directory.hold(kName);
  fixture.alice.ahead_ms = 0;
  fixture.wait(kSecond * 5);
  CHECK(fixture.alice.directory.holds(kName) != fixture.bob.directory.holds(kName));
  CHECK(fixture.alice.lost.size() + fixture.bob.lost.size() == 1);
}

TEST_CASE("a claim that was lost is made again after one and three seconds") {
  ClaimsFixture fixture;
  fixture.alice.directory.hold(kName);
  fixture.wait(kSecond * 10);
  fixture.lose(fixture.alice, any);
  fixture.bob.directory.hold(kName);
  fixture.wait(kSecond / 2);
  CHECK(fixture.alice.directory.holds(kName));
  fixture.lose_nothing();
  fixture.stage.broker.part(fixture.alice.bus, fixture.bob.bus);
  fixture.wait(kSecond);
  fixture.stage.broker.join(fixture.alice.bus, fixture.bob.bus);
  fixture.bob.directory.let_go("nobody");
  fixture.wait(kSecond * 2);
  CHECK(fixture.only_bob());
}

/// Takes everything and gives nothing back: the stand-in is slow with thousands of subscriptions.
class CountingBus final : public bus::Bus {
 public:
  bool is_up = true;
  std::function<void(bool)> changed;
  std::map<std::string, int> published;

  [[nodiscard]] bool up() const override { return is_up; }
  [[nodiscard]] std::unique_ptr<bus::Handle> watch(std::function<void(bool)> watcher) override {
    changed = std::move(watcher);
    return std::make_unique<bus::Handle>();
  }
  bool publish(const std::string& subject, bus::Bytes) override {
    if (is_up) ++published[subject];
    return is_up;
  }
  [[nodiscard]] std::unique_ptr<bus::Handle> request(const std::string&, bus::Bytes,
                                                     transport::Duration,
                                                     std::function<void(bus::Reply)>) override {
    return nullptr;
  }
  [[nodiscard]] std::unique_ptr<bus::Handle> subscribe(
      const std::string&, std::function<void(const bus::Message&)>) override {
    return std::make_unique<bus::Handle>();
  }
  [[nodiscard]] const bus::Counts& counts() const override { return counts_; }

  void set_up(bool up) {
    is_up = up;
    published.clear();
    changed(up);
  }
  [[nodiscard]] int claims() const {
    int number = 0;
    for (const auto& [subject, times] : published)
      number += times;
    return number;
  }

 private:
  bus::Counts counts_;
};

TEST_CASE("all names are claimed again when the bus comes up, 2,000 a second") {
  ClusterStage stage;
  CountingBus bus;
  ClusterContext context(stage.scheduler, bus, stage.keys, "test", {"alice", {1}, "wss://a"},
                         [&] { return stage.now(); });
  Directory directory(context, {});
  constexpr int kNames = 5'000;
  for (int number = 0; number < kNames; ++number)
    directory.hold("pbx-" + std::to_string(number));
  CHECK(bus.claims() == kNames);
  stage.scheduler.advance(kSecond * 10);
  bus.set_up(false);
  stage.scheduler.advance(kSecond);
  CHECK(bus.claims() == 0);
  bus.set_up(true);
  stage.scheduler.advance(kSecond);
  CHECK(bus.claims() == 2'000);
  stage.scheduler.advance(kSecond * 3 / 2);
  CHECK(bus.claims() == kNames);
  CHECK(bus.published.size() == kNames);
  // And in calm, 200 a second.
  stage.scheduler.advance(kSecond * 10);
  CHECK(bus.claims() == kNames + 2'000);
}

TEST_CASE("a name that was registered while the bus was down is claimed when it comes up") {
  ClaimsFixture fixture;
  fixture.alice.directory.hold(kName);
  fixture.wait(kSecond * 10);
  fixture.bob.bus.set_up(false);
  const Epoch epoch = fixture.bob.directory.hold(kName);
  fixture.wait(kSecond * 60);
  CHECK(fixture.alice.directory.holds(kName));
  fixture.bob.bus.set_up(true);
  fixture.wait(kSoon * 3);
  CHECK(fixture.only_bob());
  CHECK(fixture.bob.directory.epoch_of(kName) == epoch);
}

TEST_CASE("the process that a node ran before is another claimer") {
  ClaimsFixture fixture;
  fixture.alice.directory.hold(kName);
  fixture.wait(kSecond);
  DirectoryNode again(fixture.stage, "alice", 2);
  again.directory.hold(kName);
  fixture.wait(kSoon);
  CHECK(again.directory.holds(kName));
  CHECK(fixture.alice.lost == Lost{{kName, Why::overtaken}});
}

TEST_CASE("a stranger on the bus cannot claim, nor play an old claim again") {
  ClaimsFixture fixture;
  fixture.bob.directory.hold(kName);
  fixture.wait(kSecond);
  fixture.alice.directory.hold(kName);
  fixture.wait(kSecond);
  REQUIRE(fixture.alice.directory.holds(kName));
  // Bob's claim from then, his claim on a subject that it was not for, one with an own key.
  const auto log = fixture.stage.broker.log;
  fixture.bob.directory.hold("other.example.com");
  const bus::Message elsewhere = fixture.stage.broker.log.back();
  fixture.stage.broker.log.clear();
  for (int time = 0; time < 2; ++time) {
    for (const bus::Message& message : log)
      fixture.stage.broker.publish_as_stranger(message);
  }
  fixture.stage.broker.publish_as_stranger({fixture.subject(), "", elsewhere.body});
  const ClusterKeys foreign = test::keys_of('9');
  WordMaker stranger(foreign, fixture.bob.context.identity, fixture.bob.context.unix_ms);
  fixture.stage.broker.publish_as_stranger(
      {fixture.subject(), "",
       stranger.make(fixture.subject(), WordKind::claim, pack(ClaimWord{kEpochEnd - 1}))});
  fixture.stage.broker.publish_as_stranger({fixture.subject(), "", {1, 2, 3}});
  fixture.wait(kSoon);
  CHECK(fixture.alice.directory.holds(kName));
  CHECK(fixture.alice.lost.empty());
  const DroppedWords& dropped = fixture.alice.context.reader.dropped();
  CHECK(dropped.replayed > 0);
  CHECK(dropped.wrong_mac == 2);
  CHECK(dropped.malformed == 1);
}

TEST_CASE("a node whose clock is hours off is not heard, and nothing else notices") {
  ClaimsFixture fixture;
  fixture.alice.directory.hold(kName);
  fixture.wait(kSecond);
  fixture.bob.ahead_ms = kHours;
  fixture.bob.directory.hold(kName);
  fixture.wait(kSecond * 10);
  CHECK(fixture.alice.directory.holds(kName));
  CHECK(fixture.alice.context.reader.dropped().stale > 0);
  fixture.bob.ahead_ms = 0;
  fixture.wait(kSecond * 5);
  CHECK(fixture.only_bob());
}

TEST_CASE("a name that an operator forgets is told to the node that holds it") {
  ClaimsFixture fixture;
  fixture.alice.lets_go = GENERATE(true, false);
  fixture.alice.directory.hold(kName);
  fixture.alice.directory.hold("other.example.com");
  CHECK(fixture.bob.directory.forget_everywhere(kName));
  fixture.wait(kSoon);
  CHECK(fixture.alice.forgotten == std::vector{kName});
  CHECK(fixture.alice.directory.holds(kName) != fixture.alice.lets_go);
  CHECK(fixture.bob.forgotten.empty());
  fixture.bob.bus.set_up(false);
  CHECK_FALSE(fixture.bob.directory.forget_everywhere(kName));
}

TEST_CASE("a directory that holds nothing does nothing") {
  ClaimsFixture fixture;
  fixture.alice.directory.hold(kName);
  fixture.wait(kSecond);
  fixture.alice.directory.let_go(kName);
  fixture.wait(kSecond * 5);
  CHECK(fixture.stage.scheduler.idle());
}

}  // namespace
}  // namespace sfteams::connector

// Admission keys on their way through the log.

#include <catch2/catch.hpp>

#include "connector/cluster/keys_publisher.h"
#include "connector/cluster/registry_log.h"
#include "tests/connector/cluster/log_nodes.h"

namespace sfteams::connector {
namespace {

using test::LogNode;
using test::TwoNodes;

const crypto::Ed25519PublicKey kAnna{1};
const crypto::Ed25519PublicKey kBen{2};
const tunnel::AdmissionKey kOld{{1}, {1}, 0};
const tunnel::AdmissionKey kNew{{2}, {2}, 77};
const std::string kName = "pbx.example.com";

struct KeysStage : TwoNodes {
  KeysStage() {
    const auto pinned = one.pin(kName, kAnna);
    pass(100);
    REQUIRE(pinned->result);
    REQUIRE(*pinned->result);
  }
  void bring(LogNode& node, std::vector<tunnel::AdmissionKey> brought, std::uint64_t epoch,
             const crypto::Ed25519PublicKey& identity = kAnna) {
    node.log->keys_changed(kName, identity, std::move(brought), now, epoch);
  }
  [[nodiscard]] static std::vector<tunnel::AdmissionKey> at(const LogNode& node) {
    return node.registry->keys(kName).value();
  }
};

TEST_CASE("new keys are at all nodes within moments, with when their owner was seen") {
  KeysStage stage;
  stage.now += 50;
  stage.bring(stage.one, {kOld, kNew}, 10);
  stage.pass(200);
  CHECK(stage.at(stage.other) == std::vector{kOld, kNew});
  CHECK(stage.other.registry->list().value().at(0).last_seen == stage.now);
  stage.bring(stage.one, {}, 11);
  stage.pass(200);
  CHECK(stage.at(stage.other).empty());
}

TEST_CASE("keys of an older link or of somebody else are ignored") {
  KeysStage stage;
  stage.bring(stage.one, {kNew}, 10);
  stage.pass(200);
  stage.bring(stage.other, {kOld}, 9);
  stage.pass(200);
  CHECK(stage.at(stage.one) == std::vector{kNew});
  stage.bring(stage.other, {kOld}, 20, kBen);
  stage.pass(200);
  CHECK(stage.at(stage.one) == std::vector{kNew});
}

TEST_CASE("the stream is left with the newest keys, also after older ones came late") {
  KeysStage stage;
  stage.bring(stage.one, {kNew}, 10);
  stage.pass(200);
  const std::string subject = "sft1.t.keys." + test::log_keys().hash_of(kName);
  const auto newest = stage.keys.at(subject);
  const LogSeal seal(test::log_keys(), "t");
  stage.keys.put(subject, seal.seal_keys({kName, 1, 9, kAnna, {kOld}, stage.now}).value());
  stage.pass(10'000);
  CHECK(seal.open_keys(subject, *stage.keys.at(subject))->epoch == 10);
  CHECK(stage.at(stage.one) == std::vector{kNew});
  LogNode third(stage);
  third.start();
  stage.pass(100);
  CHECK(stage.at(third) == std::vector{kNew});
  third.stop();
}

TEST_CASE("mere sightings are published once an hour at most, and not at once") {
  KeysStage stage;
  stage.bring(stage.one, {kNew}, 10);
  stage.pass(200);
  const auto published = stage.keys.last();
  for (int minute = 1; minute < 60; ++minute) {
    stage.now += 60;
    stage.bring(stage.one, {kNew}, 10U + static_cast<unsigned>(minute));
    stage.pass(60'000);
  }
  CHECK(stage.keys.last() == published);
  stage.now += 60;
  stage.bring(stage.one, {kNew}, 100);
  stage.pass(600'100);
  CHECK(stage.keys.last() == published + 1);
  CHECK(stage.other.registry->list().value().at(0).last_seen == stage.now);
}

TEST_CASE("keys that could not be published are published when the bus is back, the last of them") {
  KeysStage stage;
  stage.one.bus.set_up(false);
  stage.pass(10);
  stage.bring(stage.one, {kOld}, 10);
  stage.bring(stage.one, {kNew}, 11);
  stage.pass(10'000);
  CHECK(stage.at(stage.other).empty());
  stage.one.bus.set_up(true);
  stage.pass(5'000);
  CHECK(stage.at(stage.other) == std::vector{kNew});
}

TEST_CASE("keys of a forgotten name do not come back with its next owner") {
  KeysStage stage;
  stage.bring(stage.one, {kOld}, 10);
  stage.pass(200);
  const auto forgotten = stage.one.forget(kName);
  stage.pass(100);
  const auto again = stage.one.pin(kName, kAnna);
  stage.pass(100);
  REQUIRE(again->result);
  CHECK(stage.at(stage.one).empty());
  LogNode third(stage);
  third.start();
  stage.pass(1'000);
  CHECK(third.owner(kName) == kAnna);
  CHECK(stage.at(third).empty());
  third.stop();
}

TEST_CASE("a stream of keys that was wiped gets them back, mostly once") {
  KeysStage stage;
  stage.bring(stage.one, {kNew}, 10);
  stage.pass(200);
  stage.keys.wipe();
  stage.pass(16'000);
  const std::string subject = "sft1.t.keys." + test::log_keys().hash_of(kName);
  REQUIRE(stage.keys.at(subject));
  CHECK(stage.keys.last() <= 2);
  CHECK(stage.one.log->in_step());
}

}  // namespace
}  // namespace sfteams::connector

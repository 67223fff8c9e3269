#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connector/cluster/log_streams.h"
#include "connector/cluster/registry_log.h"
#include "tests/connector/cluster/fake_stream.h"
#include "tests/fake_scheduler.h"
#include "tests/integration/child_process.h"
#include "tests/transport/bus/fake_bus.h"

namespace sfteams::connector::test {

inline const ClusterKeys& log_keys() {
  static const ClusterKeys keys =
      ClusterKeys::parse("log-secret = " + std::string(64, '1') + "\nkey = " + std::string(64, '2'),
                         "test")
          .value();
  return keys;
}

/// The NATS servers of a cluster, without nodes.
struct LogStage {
  sfteams::test::FakeScheduler scheduler;
  bus::test::FakeBroker broker{scheduler};
  FakeStream names{broker, names_stream("t"), "sft1.t.reg.>", FakeStream::OnSecond::refuse};
  FakeStream keys{broker, keys_stream("t"), "sft1.t.keys.*", FakeStream::OnSecond::replace};
  clock::UnixSeconds now = 1'800'000'000;

  void pass(int milliseconds) { scheduler.advance(transport::Duration(milliseconds)); }
};

/// One node's part of the registry.
struct LogNode {
  explicit LogNode(LogStage& the_stage) : stage(the_stage), bus(the_stage.broker) { open(); }

  /// Until close(): the registry as a connector without a cluster has it.
  void open() { registry = std::move(Registry::open(file, transport::Duration(50)).value()); }
  /// The node runs.
  void start(const ClusterKeys& keys = log_keys()) {
    if (!registry) open();
    replica = std::move(LogReplica::open(*registry).value());
    log = std::make_unique<RegistryLog>(
        stage.scheduler, bus, *registry, *replica, keys, "t",
        RegistryLog::Hooks{[this](const std::string& name) { changed.push_back(name); },
                           [this] { ++noted; }},
        [this] { return stage.now; });
  }
  void stop() {
    log.reset();
    replica.reset();
    registry.reset();
  }
  /// The answer as far as it came.
  template <typename T>
  struct Answer {
    std::optional<Result<T>> result;
    int times = 0;
  };
  template <typename T>
  static RegistryLog::Done<T> into(const std::shared_ptr<Answer<T>>& answer) {
    return [answer](Result<T> result) {
      answer->result = std::move(result);
      ++answer->times;
    };
  }
  std::shared_ptr<Answer<RegistryLog::Pin>> pin(const std::string& name,
                                                const crypto::Ed25519PublicKey& identity) {
    auto answer = std::make_shared<Answer<RegistryLog::Pin>>();
    log->pin(name, identity, stage.now, into(answer));
    return answer;
  }
  std::shared_ptr<Answer<bool>> enroll(const std::string& name, const std::string& who = "anna") {
    auto answer = std::make_shared<Answer<bool>>();
    log->enroll(name, {who, stage.now}, into(answer));
    return answer;
  }
  std::shared_ptr<Answer<bool>> forget(const std::string& name) {
    auto answer = std::make_shared<Answer<bool>>();
    log->forget(name, {"anna", stage.now}, into(answer));
    return answer;
  }
  std::shared_ptr<Answer<bool>> disable(const std::string& name, const std::string& reason) {
    auto answer = std::make_shared<Answer<bool>>();
    log->disable(name, reason, {"anna", stage.now}, into(answer));
    return answer;
  }
  std::shared_ptr<Answer<bool>> enable(const std::string& name) {
    auto answer = std::make_shared<Answer<bool>>();
    log->enable(name, {"anna", stage.now}, into(answer));
    return answer;
  }
  [[nodiscard]] std::optional<crypto::Ed25519PublicKey> owner(const std::string& name) const {
    const auto known = registry->ownership(name).value();
    return known ? known->identity : std::nullopt;
  }
  [[nodiscard]] RegistryLogState::Phase phase() const { return log->state().phase; }

  LogStage& stage;
  bus::test::FakeBus bus;
  integration::ScratchDirectory scratch;
  std::filesystem::path file = scratch.path() / "registry.sqlite3";
  std::unique_ptr<Registry> registry;
  std::unique_ptr<LogReplica> replica;
  std::unique_ptr<RegistryLog> log;
  std::vector<std::string> changed;
  int noted = 0;
};

/// A stage with two nodes in step.
struct TwoNodes : LogStage {
  TwoNodes() {
    one.start();
    other.start();
    pass(15'000);
  }
  LogNode one{*this};
  LogNode other{*this};
};

}  // namespace sfteams::connector::test

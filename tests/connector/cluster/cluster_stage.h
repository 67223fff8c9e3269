#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connector/cluster/cluster_context.h"
#include "connector/cluster/directory.h"
#include "tests/fake_scheduler.h"
#include "tests/transport/bus/fake_bus.h"

namespace sfteams::connector::test {

inline constexpr UnixMs kStart = 1'780'000'000'000;
inline const std::string kName = "pbx.example.com";
inline constexpr transport::Duration kSoon{50};
inline constexpr transport::Duration kSecond{1'000};

[[nodiscard]] inline ClusterKeys keys_of(char key, char also = '0') {
  return ClusterKeys::parse("log-secret = " + std::string(64, '1') +
                                "\nkey = " + std::string(64, key) +
                                "\nalso-key = " + std::string(64, also) + "\n",
                            "test")
      .value();
}

/// What several nodes of one cluster stand on.
struct ClusterStage {
  sfteams::test::FakeScheduler scheduler;
  bus::test::FakeBroker broker{scheduler};
  ClusterKeys keys = keys_of('2');
  const transport::TimePoint started = scheduler.now();

  /// The true time.
  [[nodiscard]] UnixMs now() const {
    return kStart +
           static_cast<UnixMs>(
               std::chrono::duration_cast<transport::Duration>(scheduler.now() - started).count());
  }
};

/// A node without its parts. Its clock may be wrong.
struct ClusterNode {
  ClusterNode(ClusterStage& the_stage, const std::string& id, std::uint8_t boot = 1)
      : stage(the_stage),
        context(the_stage.scheduler, bus, the_stage.keys, "test",
                {id, {boot}, "wss://" + id + ":8444"},
                [this] { return stage.now() + static_cast<UnixMs>(ahead_ms); }) {}

  ClusterStage& stage;
  bus::test::FakeBus bus{stage.broker};
  std::int64_t ahead_ms = 0;
  ClusterContext context;
};

/// A node with a directory, and what became of its names.
struct DirectoryNode : ClusterNode {
  DirectoryNode(ClusterStage& the_stage, const std::string& id, std::uint8_t boot = 1)
      : ClusterNode(the_stage, id, boot),
        directory(context, {.lost = [this](const std::string& name,
                                           Why why) { lost.emplace_back(name, why); },
                            .forgotten =
                                [this](const std::string& name) {
                                  forgotten.push_back(name);
                                  if (lets_go) directory.let_go(name);
                                }}) {}

  /// Asks and waits.
  std::optional<Finding> find(const std::string& name, transport::Duration wait = kLong) {
    std::optional<Finding> found;
    const auto lookup = directory.find(name, [&](const Finding& finding) { found = finding; });
    stage.scheduler.advance(wait);
    return found;
  }

  static constexpr transport::Duration kLong{400};
  bool lets_go = false;
  std::vector<std::pair<std::string, Why>> lost;
  std::vector<std::string> forgotten;
  Directory directory;
};

}  // namespace sfteams::connector::test

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock/unix_time.h"
#include "base/error/error.h"
#include "connector/cluster/cluster_keys.h"
#include "connector/registry/log_replica.h"
#include "connector/registry/registry.h"
#include "transport/bus/bus.h"
#include "transport/scheduler.h"

namespace sfteams::connector {

/// How the log of names stands at this node, for status and metrics.
struct RegistryLogState {
  enum class Phase {
    bus_down,     ///< the bus is not there, or no leader answers
    no_stream,    ///< the streams are missing: `cluster create-log` has to be run
    catching_up,  ///< reads what it has missed: `behind` entries
    restoring,    ///< the log was lost or is younger than this node's memory: writes it again
    settling,     ///< gives the other nodes the time to do the same
    disk,         ///< the registry's file cannot be written: `problem`
    in_step,
  };
  Phase phase = Phase::bus_down;
  std::uint64_t behind = 0;         ///< messages that are still to be read
  std::uint64_t last_sequence = 0;  ///< up to which the log of names was read
  std::int64_t entries = 0;         ///< that this node has
  std::uint64_t foreign = 0;        ///< messages since the start that do not open
  std::uint64_t restored = 0;       ///< entries since the start that were written again
  std::vector<LogReplica::Contradiction> contradictions{};  ///< at most 100
  std::optional<Error> problem{};
};
[[nodiscard]] const char* to_string(RegistryLogState::Phase phase);

/// The registry of a cluster: a write-once stream at the NATS servers decides who owns a name, and
/// the registry in each node is the memory that is read. This follows the stream into the registry,
/// and writes to the stream what happens at this node.
///
/// It takes no new name while it is not in step with the stream, so that two nodes cannot give one
/// name to two identities. Names that are known go on without it.
///
/// Memory: 32 requests with their answers, one entry for each pin and change that waits, and one for
/// each name whose keys wait to be published.
class RegistryLog {
 public:
  struct Hooks {
    /// A name's ownership has changed, by this or another node.
    std::function<void(const std::string& name)> changed;
    /// Registry::notes() has something new.
    std::function<void()> noted;
  };
  enum class Pin { pinned, taken };
  template <typename T>
  using Done = std::function<void(Result<T>)>;
  using By = Registry::By;

  /// All of them outlive it. `now` is the wall clock, in seconds.
  RegistryLog(transport::Scheduler& scheduler, bus::Bus& bus, Registry& registry,
              LogReplica& replica, const ClusterKeys& keys, const std::string& cluster, Hooks hooks,
              std::function<clock::UnixSeconds()> now);
  ~RegistryLog();
  RegistryLog(const RegistryLog&) = delete;
  RegistryLog& operator=(const RegistryLog&) = delete;

  // `done` is called once, in a later turn, unless this is destroyed before. All of them fail with
  // connector.registry-log-away while the node is not in step or the stream does not answer: the
  // same again a few seconds later is safe, and finds what it wrote itself. They fail with
  // connector.registry-… when it is in the log and could not be written here.

  /// Gives the name to this identity if nobody has it. When it is `pinned`, it is in the log and in
  /// the registry.
  void pin(const std::string& name, const crypto::Ed25519PublicKey& identity,
           clock::UnixSeconds now, Done<Pin> done);
  // As Registry's functions of these names: false when there is nothing to change.
  void enroll(const std::string& name, const By& by, Done<bool> done);
  void forget(const std::string& name, const By& by, Done<bool> done);
  void disable(const std::string& name, const std::string& reason, const By& by, Done<bool> done);
  void enable(const std::string& name, const By& by, Done<bool> done);

  /// The owner is here with these keys, by a link of this epoch. Other keys than those that the
  /// cluster knows are published at once, and again until it worked; a mere sighting at most once
  /// an hour a name, at a random time of the next ten minutes. Registry::seen() is the caller's.
  void keys_changed(const std::string& name, const crypto::Ed25519PublicKey& identity,
                    std::vector<tunnel::AdmissionKey> keys, clock::UnixSeconds now,
                    std::uint64_t epoch);

  [[nodiscard]] bool in_step() const;
  [[nodiscard]] RegistryLogState state() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfteams::connector

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "connector/cluster/jet_stream.h"
#include "connector/cluster/log_entry.h"
#include "connector/registry/log_replica.h"
#include "transport/scheduler.h"

namespace sfteams::connector {

/// Publishes the admission keys of names for the other nodes: the last of each name, until the
/// stream has them. At most 640 a second.
class KeysPublisher {
 public:
  KeysPublisher(transport::Scheduler& scheduler, bus::Bus& bus, LogReplica& replica,
                const LogSeal& seal)
      : scheduler_(scheduler), streams_(bus), bus_(bus), replica_(replica), seal_(seal) {}

  /// The owner is here with these keys; see RegistryLog::keys_changed(). The generation is filled in.
  void sighted(LogKeys keys);
  /// Within the next five seconds, unless the stream has newer ones by then.
  void outdated(LogKeys known);
  /// The stream was lost: publishes what this node knows, unless another node did.
  void restore();

  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

  static constexpr std::size_t kAtOnce = 32;
  static constexpr transport::Duration kPause{50};
  static constexpr transport::Duration kRetry{3'000};
  static constexpr clock::UnixSeconds kSightingEvery = 3'600;
  static constexpr transport::Duration kSpread{600'000};
  static constexpr transport::Duration kRestoreSpread{10'000};

 private:
  struct Waiting {
    LogKeys keys;
    transport::TimePoint due;
    bool restoring = false;  ///< only if the stream does not have them by then
    std::uint64_t number = 0;
    JetStream::Handle request{};
  };
  void wait(LogKeys keys, transport::Duration delay, bool restoring);
  void pump_soon();
  void pump();
  void restore_more();
  [[nodiscard]] bool superfluous(const Waiting& waiting);
  void send(const std::string& name, Waiting& waiting);
  void sent(const std::string& name, std::uint64_t number, StreamOutcome outcome);

  transport::Scheduler& scheduler_;
  JetStream streams_;
  bus::Bus& bus_;
  LogReplica& replica_;
  const LogSeal& seal_;
  std::map<std::string, Waiting> waiting_;
  std::uint64_t next_number_ = 0;
  std::optional<std::string> restore_after_;
  std::unique_ptr<transport::Timer> timer_;
};

}  // namespace sfteams::connector

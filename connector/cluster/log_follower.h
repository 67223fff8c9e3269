#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connector/cluster/jet_stream.h"
#include "connector/cluster/log_memory.h"
#include "connector/cluster/registry_log.h"
#include "connector/cluster/stream_reader.h"
#include "connector/registry/log_replica.h"
#include "transport/bus/bus.h"
#include "transport/scheduler.h"

namespace sfteams::connector {

/// Keeps a node's memory and the streams of the log the same: reads what the streams have more, and
/// after a loss writes again what they have less.
///
/// It looks at both streams every few seconds, and soon after something was published there. Each
/// look reads the keys only as far as they were before the names were read, so that a name's pin is known before
/// its keys.
class LogFollower {
 public:
  using Phase = RegistryLogState::Phase;

  /// `keys_lost`: the stream of keys was lost and what it still has was read.
  LogFollower(transport::Scheduler& scheduler, bus::Bus& bus, LogReplica& replica,
              const LogSeal& seal, LogMemory& memory, std::function<void()> keys_lost);

  [[nodiscard]] bool in_step() const { return phase() == Phase::in_step; }
  [[nodiscard]] Phase phase() const;
  [[nodiscard]] std::uint64_t behind() const;
  [[nodiscard]] std::uint64_t restored() const { return restored_; }
  /// Soon, because something was written.
  void look_soon();

  static constexpr transport::Duration kLookEvery{3'000};
  static constexpr transport::Duration kAfterHint{20};
  /// After a loss, from the moment that this node has written what it knows. Longer than another
  /// node needs to find the loss.
  static constexpr transport::Duration kSettling{10'000};
  /// What is written again: so many at once, with this pause.
  static constexpr std::size_t kRestoredAtOnce = 16;
  static constexpr transport::Duration kRestorePause{20};
  /// Rows of the registry that are looked through in one turn.
  static constexpr std::size_t kRows = 128;

 private:
  using Stream = LogReplica::Stream;

  void bus_changed(bool up);
  void start_again();
  void look();
  void prepare();
  void ask_keys();
  void ask_names();
  void judge_names(const StreamInfo& info);
  void check_last(LogReplica::Message last);
  void lost(const char* how, bool first = false);
  void read_names();
  void judge_keys();
  void looked();
  void restore_page();
  void restore_next();
  void restore_some();
  void restored_one(const StreamReply<std::uint64_t>& reply);
  void give_up(StreamOutcome outcome);
  void give_up_for_disk();
  void later(transport::Duration delay);

  transport::Scheduler& scheduler_;
  LogReplica& replica_;
  const LogSeal& seal_;
  LogMemory& memory_;
  std::function<void()> keys_lost_;
  JetStream streams_;
  bus::Bus& bus_;

  enum class Trouble { none, away, missing, wrong };
  Trouble trouble_ = Trouble::none;
  bool looking_ = false;
  bool again_ = false;      ///< something was published while it looked
  bool complete_ = false;   ///< the last look read everything
  bool prepared_ = false;   ///< names from outside the log are entries
  bool told_disk_ = false;  ///< that the registry cannot be written
  bool restoring_ = true;   ///< this node may have entries that the stream lacks
  bool restore_found_ = false;
  bool keys_lost_now_ = false;
  std::string restore_after_;
  std::vector<LogReplica::Stored> to_restore_;
  std::vector<JetStream::Handle> restore_requests_;
  std::size_t restore_waits_ = 0;
  std::uint64_t restored_ = 0;
  std::optional<transport::TimePoint> settled_at_;

  StreamInfo names_info_;
  StreamInfo keys_info_;
  JetStream::Handle request_;
  std::unique_ptr<StreamReader> reader_;
  std::unique_ptr<transport::Timer> timer_;
  std::unique_ptr<transport::Timer> look_;
  std::unique_ptr<bus::Handle> watch_;
  std::unique_ptr<bus::Handle> names_hint_;
  std::unique_ptr<bus::Handle> keys_hint_;
};

}  // namespace sfteams::connector

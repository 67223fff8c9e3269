#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock/unix_time.h"
#include "base/error/error.h"
#include "connector/cluster/jet_stream.h"
#include "connector/cluster/log_entry.h"
#include "connector/cluster/recently_used.h"
#include "connector/registry/log_replica.h"

namespace sfteams::connector {

/// Takes messages of the log into this node's registry, and says what came of it: in the log, by
/// hooks, and in numbers. What does not open is counted and skipped.
class LogMemory {
 public:
  struct Hooks {
    std::function<void(const std::string& name)> changed;
    std::function<void()> noted;
    /// The log has keys of an older link than this node knows of: these are to be published again.
    std::function<void(LogKeys known)> outdated;
  };

  LogMemory(LogReplica& replica, const LogSeal& seal, Hooks hooks,
            std::function<clock::UnixSeconds()> now)
      : replica_(replica), seal_(seal), hooks_(std::move(hooks)), now_(std::move(now)) {}

  /// False: the registry cannot be written, see problem(). `read_up_to` as LogReplica::apply().
  [[nodiscard]] bool take_names(std::span<const StreamMessage> messages, std::uint64_t read_up_to);
  [[nodiscard]] bool take_keys(std::span<const StreamMessage> messages, std::uint64_t read_up_to);
  /// Names that came into the registry without a cluster become entries that the log lacks. Some at
  /// a time; false when there are no more, or the registry cannot be written.
  [[nodiscard]] bool adopt_some();

  /// The last use of the registry failed.
  [[nodiscard]] const std::optional<Error>& problem() const { return problem_; }
  [[nodiscard]] std::uint64_t foreign() const { return foreign_; }
  /// Whether something that does not open was met on this subject: of the last 1,000 since the
  /// start.
  [[nodiscard]] bool is_foreign(const std::string& subject) const {
    return foreign_subjects_.look(subject) != nullptr;
  }
  /// Keeps the failure for problem(), and nothing on success.
  template <typename T>
  const Result<T>& checked(const Result<T>& result) {
    problem_ = result ? std::nullopt : std::optional<Error>(result.error());
    return result;
  }
  [[nodiscard]] clock::UnixSeconds now() const { return now_(); }

 private:
  static constexpr std::size_t kMostForeign = 1'000;

  [[nodiscard]] bool skip_foreign(const StreamMessage& message, bool names);
  void tell(std::span<const LogReplica::Stored> entries,
            std::span<const LogReplica::Outcome> outcomes);

  LogReplica& replica_;
  const LogSeal& seal_;
  Hooks hooks_;
  std::function<clock::UnixSeconds()> now_;
  std::optional<Error> problem_;
  std::uint64_t foreign_ = 0;
  RecentlyUsed<std::string, bool> foreign_subjects_{kMostForeign};
};

}  // namespace sfteams::connector

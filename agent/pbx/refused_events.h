#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/error/error.h"
#include "base/metrics/tally.h"
#include "transport/scheduler.h"

namespace sfteams::agent {

/// What the callback for the PBX's events has refused: counted, and logged with its code. A PBX
/// that goes on sending the same may not fill the log, so each code is logged once in kBetween,
/// with how many there were since.
class RefusedEvents {
 public:
  static constexpr transport::Duration kBetween{60'000};

  /// `scheduler` outlives it.
  RefusedEvents(const transport::Scheduler& scheduler, std::shared_ptr<metrics::Tally> counts);

  void add(const Error& error);
  /// How many there were, and the last one.
  [[nodiscard]] std::uint64_t total() const { return total_; }
  [[nodiscard]] const std::optional<Error>& last() const { return last_; }

 private:
  struct Kind {
    transport::TimePoint logged{};
    std::uint64_t since = 0;  ///< that were not logged
  };

  std::uint64_t total_ = 0;
  std::optional<Error> last_;
  const transport::Scheduler& scheduler_;
  std::shared_ptr<metrics::Tally> counts_;
  std::map<std::string, Kind, std::less<>> kinds_;  ///< by code, of which there are a dozen
};

}  // namespace sfteams::agent

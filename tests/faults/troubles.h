#pragma once

#include <optional>
#include <string>
#include <vector>

#include "transport/scheduler.h"

namespace sfteams::faults {

/// What can be wrong, and so excuse a failure.
enum class Trouble : unsigned {
  pbx_unwell = 1,        ///< it starts, or closes every connection
  pbx_slow = 2,          ///< its answers take up to a second
  logins_forgotten = 4,  ///< the PBX has ended all logins
  password_changed = 8,  ///< of the user in question, since the password was used
  agent_away = 16,       ///< killed or frozen
  connector_away = 32,   ///< one is killed, frozen, restarted, or out of reach of the others
  line_bad = 64,         ///< between agent and connector
  answer_spoilt = 128,   ///< the PBX carried the request out and broke its answer off
};

/// A set of them.
class Troubles {
 public:
  constexpr Troubles() = default;
  constexpr Troubles(Trouble one) : bits_(static_cast<unsigned>(one)) {}  // NOLINT: a set of one
  [[nodiscard]] constexpr bool any() const { return bits_ != 0; }
  [[nodiscard]] constexpr bool meets(Troubles other) const { return (bits_ & other.bits_) != 0; }
  constexpr Troubles operator|(Troubles other) const {
    Troubles both;
    both.bits_ = bits_ | other.bits_;
    return both;
  }
  constexpr bool operator==(const Troubles&) const = default;

 private:
  unsigned bits_ = 0;
};

constexpr Troubles operator|(Trouble one, Trouble other) {
  return Troubles(one) | Troubles(other);
}

/// For people: "pbx-unwell, line-bad"; "nothing".
[[nodiscard]] std::string to_string(Troubles troubles);

/// When what was wrong.
class TroubleLog {
 public:
  using TimePoint = transport::TimePoint;
  using Duration = transport::Duration;

  /// How long after a trouble its consequences are still excused.
  struct Recovery {
    /// That it has forgotten a login shows with the next keepAlive, which the soak sends every 5 s.
    Duration of_pbx{6'000};
    Duration of_path{5'000};  ///< dead peers are found after four
  };
  TroubleLog() : TroubleLog(Recovery()) {}
  explicit TroubleLog(Recovery recovery) : recovery_(recovery) {}

  /// Lasts until end() with the same troubles.
  void begin(Troubles what, TimePoint now);
  /// `lingers`: it is over only so much later.
  void end(Troubles what, TimePoint now, Duration lingers = Duration(0));

  /// What was wrong at any moment between them, or so shortly before that it is still felt.
  [[nodiscard]] Troubles between(TimePoint from, TimePoint to) const;
  /// How much of the time between them nothing was wrong, and nothing was felt any more.
  [[nodiscard]] Duration calm_time(TimePoint from, TimePoint to) const;

 private:
  struct Span {
    Troubles what;
    TimePoint from;
    std::optional<TimePoint> to;  ///< with the recovery
  };
  Recovery recovery_;
  std::vector<Span> spans_;  ///< by their beginning
};

}  // namespace sfteams::faults

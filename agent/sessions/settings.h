#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "transport/scheduler.h"

namespace sfteams::agent {

/// [limits] of the configuration, with its defaults: what sessions may cost.
struct SessionSettings {
  using Duration = transport::Duration;

  std::size_t sessions = 2'000;  ///< at once, those that wait for their clients included
  /// How long a session waits for its client to come back; zero: not at all.
  Duration resume_window{60'000};
  /// Bytes that a session holds for a client that is away.
  std::size_t resume_kept = 4U << 20U;
  /// Bytes that all sessions hold together for clients that are away.
  std::size_t resume_kept_in_all = 64U << 20U;
  /// Bytes that the sessions of one user hold, their clients here or away. Those in which nobody
  /// is signed in count as those of one user.
  std::size_t held_per_user = 16U << 20U;
  /// Bytes that all sessions hold together.
  std::size_t held_in_all = 256U << 20U;
  /// How long a client may take nothing while something waits for it. A dead line looks like that
  /// until the connector notices it, by default 30 s later ([keepalive] client-interval and
  /// client-deadline); only then does `resume_window` begin. So this has to be longer, or the
  /// session of a client that is about to come back ends.
  Duration read_timeout{60'000};
  std::size_t calls_per_session = 64;  ///< under way at once
  /// How long a device may stay signed in by a ticket (agent/tickets/tickets.h); 0: not at all.
  std::chrono::days ticket_lifetime{30};
  /// From the opened session, or a sign-out, to the sign-in.
  Duration login_timeout{60'000};

  /// Sessions in which nobody has signed in or is about to. With one more, those end that have
  /// had kStrangersTime, the oldest first.
  [[nodiscard]] std::size_t strangers() const {
    return std::min(sessions, std::max(kLeastStrangers, sessions / 10));
  }
  static constexpr std::size_t kLeastStrangers = 16;
  /// After an outage all clients come at once, and each needs a moment for its sign-in.
  static constexpr Duration kStrangersTime{5'000};

  friend bool operator==(const SessionSettings&, const SessionSettings&) = default;
};

}  // namespace sfteams::agent

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "transport/scheduler.h"

namespace sfteams::transport {

/// The service manager that started this process, when there is one ($NOTIFY_SOCKET, sd_notify(3)):
/// it is told when the process is ready, what it is doing, and by the watchdog's pings that its
/// loop still turns. Without one, nobody is told anything.
class Supervisor {
 public:
  /// How long a status may be out of date that nobody has called changed() for.
  static constexpr Duration kStatusInterval{5'000};

  /// `describe` says in a few words what the process is doing; it is asked from ready() on, and no
  /// more after stopping(). `scheduler` outlives this.
  Supervisor(Scheduler& scheduler, std::function<std::string()> describe);
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  /// After the start, and at the end of what reloading() has begun. From now on the status is kept
  /// true, and pings go out twice in every $WATCHDOG_USEC (sd_watchdog_enabled(3)).
  void ready();
  /// What `describe` says may be something else now.
  void changed();
  /// Before the handling of SIGHUP; ready() ends it.
  void reloading();
  /// Pings go on: a process that hangs while it stops is to be ended, too.
  void stopping();

 private:
  void tell(const std::string& state);
  void ping();
  void look_again();

  Scheduler& scheduler_;
  std::function<std::string()> describe_;
  std::string told_;  ///< the last status
  bool serving_ = false;
  Duration ping_interval_{0};  ///< 0: nobody waits for pings
  std::unique_ptr<Timer> ping_timer_;
  std::unique_ptr<Timer> status_timer_;
};

}  // namespace sfteams::transport

#include "transport/supervisor.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <utility>

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include "base/error/system_error.h"
#include "base/log/log.h"
#include "base/text/line.h"

namespace sfteams::transport {
namespace {

bool supervised() {
  const char* const socket = std::getenv("NOTIFY_SOCKET");
  return socket != nullptr && *socket != '\0';
}

/// Half of what the service manager waits for, as sd_watchdog_enabled(3) recommends.
Duration ping_interval() {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(0, &microseconds) <= 0) return Duration(0);
  const auto half = std::chrono::microseconds(microseconds / 2);
  return std::max(std::chrono::duration_cast<Duration>(half), Duration(1));
}

/// What systemd compares with the moment at which it asked for the reload (sd_notify(3)).
std::string monotonic_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::to_string(static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000);
}

}  // namespace

Supervisor::Supervisor(Scheduler& scheduler, std::function<std::string()> describe)
    : scheduler_(scheduler), describe_(std::move(describe)), ping_interval_(ping_interval()) {}

void Supervisor::ready() {
  if (!supervised()) return;
  serving_ = true;
  told_ = text::one_line(describe_());
  tell("READY=1\nSTATUS=" + told_);
  if (!status_timer_) look_again();
  if (!ping_timer_ && ping_interval_ > Duration(0)) ping();
}

void Supervisor::changed() {
  if (!serving_) return;
  std::string status = text::one_line(describe_());
  if (status == told_) return;
  told_ = std::move(status);
  tell("STATUS=" + told_);
}

void Supervisor::reloading() {
  if (serving_) tell("RELOADING=1\nMONOTONIC_USEC=" + monotonic_microseconds());
}

void Supervisor::stopping() {
  serving_ = false;
  status_timer_.reset();
  tell("STOPPING=1\nSTATUS=stopping");
}

void Supervisor::tell(const std::string& state) {
  const int sent = sd_notify(0, state.c_str());
  if (sent >= 0) return;
  log::warn("service", "the service manager at $NOTIFY_SOCKET cannot be told {}: {}",
            text::one_line(state), system_message(-sent));
}

void Supervisor::ping() {
  tell("WATCHDOG=1");
  ping_timer_ = scheduler_.after(ping_interval_, [this] { ping(); });
}

void Supervisor::look_again() {
  status_timer_ = scheduler_.after(kStatusInterval, [this] {
    changed();
    look_again();
  });
}

}  // namespace sfteams::transport

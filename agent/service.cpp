#include "agent/service.h"

#include <cerrno>
#include <ctime>
#include <system_error>

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include "agent/codes.h"
#include "crypto/core_dumps.h"
#include "log/line.h"

namespace sfteams::agent {

void notify_ready(const std::string& status) {
  sd_notifyf(0, "READY=1\nSTATUS=%s", log::one_line(status).c_str());
}

void notify_status(const std::string& status) {
  sd_notifyf(0, "STATUS=%s", log::one_line(status).c_str());
}

void notify_stopping() {
  sd_notify(0, "STOPPING=1\nSTATUS=stopping");
}

void notify_reloading() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
             static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000);
}

Result<void> forbid_memory_dumps() {
  if (!crypto::forbid_core_dumps()) {
    return fail(codes::kNotHardened,
                "core files could not be switched off: " + std::generic_category().message(errno),
                "this is needed because keys and passwords are in memory");
  }
  return {};
}

}  // namespace sfteams::agent

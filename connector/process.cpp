#include "connector/process.h"

#include <algorithm>
#include <csignal>
#include <ctime>

#include <sys/resource.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>

#include "crypto/core_dumps.h"

namespace sfteams::connector {

void harden_process() {
  static_cast<void>(crypto::forbid_core_dumps());
  umask(077);
  std::signal(SIGPIPE, SIG_IGN);
}

std::size_t allow_descriptors(std::size_t descriptors) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur < descriptors) {
    limit.rlim_cur = std::min<rlim_t>(descriptors, limit.rlim_max);
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
  }
  return limit.rlim_cur;
}

void notify_ready(const std::string& status) {
  sd_notifyf(0, "READY=1\nSTATUS=%s", status.c_str());
}

void notify_reloading() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
             static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000);
}

void notify_stopping() {
  sd_notify(0, "STOPPING=1");
}

}  // namespace sfteams::connector

#include "connector/process.h"

#include <algorithm>
#include <csignal>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>

namespace sfteams::connector {

void harden_process() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__
  // A limit of 0 does not stop a core pattern that pipes (core(5)). The leak checker needs ptrace.
  prctl(PR_SET_DUMPABLE, 0);
#endif
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

void notify_stopping() {
  sd_notify(0, "STOPPING=1");
}

}  // namespace sfteams::connector

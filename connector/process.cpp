#include "connector/process.h"

#include <algorithm>

#include <sys/resource.h>
#include <sys/stat.h>

#include "base/crypto/core_dumps.h"

namespace sfteams::connector {

Result<void> harden_process() {
  umask(077);
  return crypto::forbid_core_dumps();
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

}  // namespace sfteams::connector

#include "watch/process.h"

#include <cstddef>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

#include "metrics/exposition.h"

namespace sfteams::watch {
namespace {

namespace fs = std::filesystem;

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// The one that reads the directory is among them, and taken off again.
std::optional<std::size_t> open_descriptors(const fs::path& proc) {
  std::error_code error;
  std::size_t count = 0;
  fs::directory_iterator entries(proc / "fd", error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error))
    ++count;
  if (error) return std::nullopt;
  return count > 0 ? count - 1 : 0;
}

/// proc(5), statm: in pages.
struct Memory {
  std::size_t all = 0;
  std::size_t resident = 0;
};
std::optional<Memory> memory(const fs::path& proc) {
  std::ifstream file(proc / "statm");
  Memory memory;
  if (!(file >> memory.all >> memory.resident)) return std::nullopt;
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return Memory{memory.all * page, memory.resident * page};
}

}  // namespace

Process::Process(fs::path proc) : proc_(std::move(proc)) {}

std::string Process::metrics() const {
  metrics::Exposition out("process_");
  out.gauge("start_time_seconds", "Start of the process, as seconds since 1970")
      .is(std::chrono::duration<double>(started_.time_since_epoch()).count());
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    out.counter("cpu_seconds_total", "Processor time used, in user and system mode")
        .is(seconds(usage.ru_utime) + seconds(usage.ru_stime));
  }
  if (const auto used = memory(proc_)) {
    out.gauge("resident_memory_bytes", "Memory of the process that is in RAM").is(used->resident);
    out.gauge("virtual_memory_bytes", "Address space of the process").is(used->all);
  }
  if (const auto descriptors = open_descriptors(proc_))
    out.gauge("open_fds", "File descriptors that are open").is(*descriptors);
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
    out.gauge("max_fds", "File descriptors that may be open").is(limit.rlim_cur);
  return out.text();
}

}  // namespace sfteams::watch

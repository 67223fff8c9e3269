#include "monitoring/process.h"

#include <cstddef>
#include <ctime>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

#include "base/metrics/exposition.h"

namespace sfteams::monitoring {
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

double seconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// proc(5), stat: the 22nd field is the start, in clock ticks since the boot. When that was is not
/// read from /proc/stat, which the services' units hide.
std::optional<std::chrono::duration<double>> start_of(const fs::path& proc) {
  std::ifstream file(proc / "stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  // The program's name, the second field, may hold anything.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  constexpr int kBetween = 19;
  std::string skipped;
  for (int field = 0; field < kBetween; ++field)
    fields >> skipped;
  double ticks = 0;
  if (!(fields >> ticks)) return std::nullopt;
  const double boot = seconds(CLOCK_REALTIME) - seconds(CLOCK_BOOTTIME);
  return std::chrono::duration<double>(boot + ticks / static_cast<double>(sysconf(_SC_CLK_TCK)));
}

}  // namespace

Process::Process(fs::path proc) : proc_(std::move(proc)), started_(start_of(proc_)) {}

std::string Process::metrics() const {
  metrics::Exposition out("process_");
  if (started_) {
    out.gauge("start_time_seconds", "Start of the process, as seconds since 1970")
        .is(started_->count());
  }
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

}  // namespace sfteams::monitoring

#include "monitoring/process.h"

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "tests/integration/child_process.h"

namespace sfteams::monitoring {
namespace {

using Seconds = std::chrono::duration<double>;

double now() {
  return Seconds(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// Before any test.
const double kBegan = now();

/// The value of a metric in the text; -1: it is not there.
double value_of(const std::string& text, const std::string& name) {
  const std::size_t at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::strtod(text.c_str() + at + name.size() + 2, nullptr);
}

TEST_CASE("a process knows its memory, its time and its descriptors") {
  const Process process;
  const std::string text = process.metrics();
  CHECK(value_of(text, "process_resident_memory_bytes") > 100'000);
  CHECK(value_of(text, "process_virtual_memory_bytes") >
        value_of(text, "process_resident_memory_bytes"));
  CHECK(value_of(text, "process_cpu_seconds_total") >= 0);
  CHECK(value_of(text, "process_max_fds") > 0);
  const double started = value_of(text, "process_start_time_seconds");
  CHECK(started > 1.7e9);
  CHECK(value_of(process.metrics(), "process_start_time_seconds") == started);
}

TEST_CASE("the start of a process is its own, not that of who asks") {
  const double started = value_of(Process().metrics(), "process_start_time_seconds");
  // A tick of the kernel is a hundredth of a second.
  CHECK(started < kBegan + 0.02);
  CHECK(now() - started < 3'600);
}

TEST_CASE("the start is found behind whatever name a program has") {
  const integration::ScratchDirectory proc;
  const long ticks = 100 * sysconf(_SC_CLK_TCK);
  integration::write_file(proc.path() / "stat",
                          "1 (a) b) S 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 " +
                              std::to_string(ticks) + " 23 24\n");
  timespec up{};
  REQUIRE(clock_gettime(CLOCK_BOOTTIME, &up) == 0);
  const double boot = now() - static_cast<double>(up.tv_sec);
  const double started =
      value_of("\n" + Process(proc.path()).metrics(), "process_start_time_seconds");
  CHECK(started > boot + 98);
  CHECK(started < boot + 102);
}

TEST_CASE("each descriptor that is opened counts, also where memory may not be looked into") {
  const Process process;
  prctl(PR_SET_DUMPABLE, 0);  // as in the daemons
  const double before = value_of(process.metrics(), "process_open_fds");
  CHECK(before >= 3);
  const int descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
  CHECK(value_of(process.metrics(), "process_open_fds") == before + 1);
  close(descriptor);
  CHECK(value_of(process.metrics(), "process_open_fds") == before);
  prctl(PR_SET_DUMPABLE, 1);
}

TEST_CASE("what the system does not tell is left out") {
  const std::string text = Process("/nonexistent").metrics();
  CHECK(value_of(text, "process_open_fds") == -1);
  CHECK(value_of(text, "process_resident_memory_bytes") == -1);
  CHECK(value_of(text, "process_start_time_seconds") == -1);
  CHECK(value_of(text, "process_max_fds") > 0);
}

}  // namespace
}  // namespace sfteams::monitoring

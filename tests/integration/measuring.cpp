#include "tests/integration/measuring.h"

#include <algorithm>
#include <iostream>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/files/descriptor.h"
#include "tests/integration/child_process.h"

namespace sfteams::integration {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

void measured(const std::string& what, milliseconds time) {
  std::cout << fmt::format("{}: {} ms\n", what, time.count()) << std::flush;
}

milliseconds time_until(const std::function<bool()>& happened) {
  const auto begin = steady_clock::now();
  if (!eventually(happened)) throw std::runtime_error("it did not come in time");
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
}

MachineStalls::MachineStalls(const std::filesystem::path& directory)
    : thread_([this, file = directory / "stalls"] { look(file); }) {}

MachineStalls::~MachineStalls() {
  over_ = true;
  thread_.join();
}

void MachineStalls::look(const std::filesystem::path& file) {
  constexpr milliseconds kPause{20};
  const files::Descriptor written(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  while (!over_) {
    const auto begin = steady_clock::now();
    std::this_thread::sleep_for(kPause);
    const bool ok = ::pwrite(written.get(), "x", 1, 0) == 1 && ::fdatasync(written.get()) == 0;
    const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
    if (ok) longest_ = std::max(longest_.load(), (took - kPause).count());
  }
}

}  // namespace sfteams::integration

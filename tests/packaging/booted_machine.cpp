#include "tests/packaging/booted_machine.h"

#include <csignal>
#include <fstream>
#include <stdexcept>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/machine.h"

namespace sfteams::packaging {
namespace {

namespace fs = std::filesystem;
using integration::eventually;

void skipped(const std::string& why) {
  machine::skipped("no systemd can be booted here: " + why);
}

/// Where this machine's cgroup2 hierarchy is; empty when it has none.
fs::path cgroup2() {
  for (const char* place : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"})
    if (fs::exists(fs::path(place) / "cgroup.procs")) return place;
  return {};
}

/// The first child of a process; -1 when it has none.
pid_t child_of(pid_t parent) {
  const std::string process = std::to_string(parent);
  std::ifstream children("/proc/" + process + "/task/" + process + "/children");
  pid_t child = -1;
  children >> child;
  return child;
}

/// Goes upwards, because only empty ones can be removed, which rmdir does although there are files.
void remove_cgroup(const fs::path& cgroup) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(cgroup, error))
    if (entry.is_directory()) remove_cgroup(entry.path());
  rmdir(cgroup.c_str());
}

}  // namespace

std::unique_ptr<BootedMachine> BootedMachine::make() {
  std::unique_ptr<ScratchMachine> machine = ScratchMachine::make();
  if (!machine) return nullptr;
  if (!machine->has("/lib/systemd/systemd")) {
    skipped("systemd is not installed");
    return nullptr;
  }
  std::unique_ptr<BootedMachine> booted(new BootedMachine(std::move(machine)));
  if (!booted->boot()) return nullptr;
  return booted;
}

bool BootedMachine::boot() {
  const fs::path hierarchy = cgroup2();
  if (hierarchy.empty()) {
    skipped("there is no cgroup2");
    return false;
  }
  cgroup_ = hierarchy / ("sfteams-" + std::to_string(getpid()));
  const fs::path output = scratch_.path() / "boot";
  unshare_ = std::make_unique<integration::ChildProcess>(
      SFTEAMS_SOURCE_DIR "/tests/packaging/boot",
      integration::ChildProcess::Options{{machine_->root(), cgroup_}, output, "", {}});
  const bool up = eventually([&] {
    if (!unshare_->running()) return true;
    init_ = child_of(unshare_->pid());
    return init_ > 0 && run("systemctl is-active idle.service").status == 0;
  });
  if (up && unshare_->running()) return true;
  skipped(unshare_->err() + unshare_->out());
  return false;
}

BootedMachine::~BootedMachine() {
  if (init_ > 0) kill(init_, SIGKILL);
  if (unshare_) static_cast<void>(unshare_->wait());
  if (!cgroup_.empty()) {
    static_cast<void>(eventually([&] {
      remove_cgroup(cgroup_);
      return !fs::exists(cgroup_);
    }));
  }
}

integration::Finished BootedMachine::run(const std::string& command) {
  return integration::run(
      "/usr/bin/nsenter",
      {{"--target=" + std::to_string(init_), "--mount", "--pid", "--net", "--ipc", "--uts",
        "--cgroup", "--root", "--wd", "/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
        "LC_ALL=C", "SYSTEMD_PAGER=cat", "/bin/sh", "-c", command},
       scratch_.path() / ("run" + std::to_string(++runs_)),
       "",
       {}});
}

std::string BootedMachine::must(const std::string& command) {
  const integration::Finished finished = run(command);
  if (finished.status != 0) {
    const std::string journal =
        run("systemctl status --no-pager 'starface-teams-*'; journalctl --no-pager -n 30").out;
    throw std::runtime_error(command + " ended with " + std::to_string(finished.status) + ": " +
                             finished.out + finished.err + "\n" + journal);
  }
  return finished.out;
}

std::string BootedMachine::show(const std::string& unit, const std::string& property) {
  std::string value = must("systemctl show --value --property=" + property + " " + unit);
  if (value.ends_with('\n')) value.pop_back();
  return value;
}

}  // namespace sfteams::packaging

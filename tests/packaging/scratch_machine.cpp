#include "tests/packaging/scratch_machine.h"

#include <cerrno>
#include <cstdlib>
#include <regex>
#include <stdexcept>
#include <system_error>

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/machine.h"

namespace sfteams::packaging {
namespace {

namespace fs = std::filesystem;

std::string reason() {
  return std::generic_category().message(errno);
}

bool attach(const char* source, const fs::path& target, const char* type, unsigned long flags,
            const std::string& options) {
  return mount(source, target.c_str(), type, flags, options.c_str()) == 0;
}

}  // namespace

std::unique_ptr<ScratchMachine> ScratchMachine::make() {
  if (!machine::has_root("installs packages")) return nullptr;
  std::unique_ptr<ScratchMachine> machine(new ScratchMachine);
  if (const std::optional<std::string> problem = machine->mount_all()) {
    machine::skipped("no scratch copy of this machine can be made: " + *problem);
    return nullptr;
  }
  return machine;
}

std::optional<std::string> ScratchMachine::mount_all() {
  if (unshare(CLONE_NEWNS) != 0) return "unshare: " + reason();
  if (!attach("none", "/", nullptr, MS_REC | MS_PRIVATE, ""))
    return "making / private: " + reason();
  fs::create_directory(mount_);
  if (!attach("tmpfs", mount_, "tmpfs", 0, "mode=0755")) return "tmpfs: " + reason();
  for (const char* part : {"upper", "work", "root"})
    fs::create_directory(mount_ / part);
  const std::string layers = "lowerdir=/,upperdir=" + (mount_ / "upper").string() +
                             ",workdir=" + (mount_ / "work").string();
  if (!attach("overlay", root(), "overlay", 0, layers)) return "overlay: " + reason();
  if (!attach("/proc", root() / "proc", nullptr, MS_BIND | MS_REC, "")) return "proc: " + reason();
  if (!attach("tmpfs", root() / "dev", "tmpfs", 0, "mode=0755")) return "dev: " + reason();
  for (const char* device : {"null", "zero", "full", "random", "urandom", "tty"}) {
    struct stat status {};
    const bool there = stat((std::string("/dev/") + device).c_str(), &status) == 0;
    const fs::path copy = root() / "dev" / device;
    if (!there || mknod(copy.c_str(), S_IFCHR, status.st_rdev) != 0 ||
        chmod(copy.c_str(), 0666) != 0)
      return std::string(device) + ": " + reason();
  }
  if (!attach("tmpfs", root() / "tmp", "tmpfs", 0, "mode=1777")) return "tmp: " + reason();
  // What is installed on this machine is not what is to be tested.
  static_cast<void>(run("dpkg --purge starface-teams-agent starface-teams-connector"));
  return std::nullopt;
}

ScratchMachine::~ScratchMachine() {
  umount2(mount_.c_str(), MNT_DETACH);
}

integration::Finished ScratchMachine::run(const std::string& command) {
  return integration::run("/usr/sbin/chroot",
                          {{root().string(), "/usr/bin/env", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                            "LC_ALL=C", "/bin/sh", "-c", command},
                           scratch_.path() / ("run" + std::to_string(++runs_)),
                           "",
                           {}});
}

std::string ScratchMachine::must(const std::string& command) {
  const integration::Finished finished = run(command);
  if (finished.status != 0) {
    throw std::runtime_error(command + " ended with " + std::to_string(finished.status) + ": " +
                             finished.out + finished.err);
  }
  return finished.out;
}

bool ScratchMachine::has(const std::string& file) const {
  return fs::exists(fs::symlink_status(root() / file.substr(1)));
}

std::string ScratchMachine::content(const std::string& file) const {
  return integration::read_file(root() / file.substr(1));
}

void ScratchMachine::write(const std::string& file, const std::string& content) const {
  integration::write_file(root() / file.substr(1), content);
}

std::string ScratchMachine::owner_and_mode(const std::string& file) {
  std::string told = run("stat -c '%04a %U %G' " + file).out;
  if (told.ends_with('\n')) told.pop_back();
  return told;
}

std::string ScratchMachine::bring(const fs::path& file, const std::string& directory) {
  const fs::path there = root() / directory.substr(1);
  fs::create_directories(there);
  fs::copy_file(file, there / file.filename(), fs::copy_options::overwrite_existing);
  return directory + "/" + file.filename().string();
}

fs::path built_package(const std::string& name, const std::string& ending) {
  const char* const directory = std::getenv("SFTEAMS_PACKAGES");
  if (directory == nullptr || *directory == '\0') {
    machine::skipped("no packages were built; make package-test does both");
    return {};
  }
  for (const auto& entry : fs::directory_iterator(directory)) {
    const std::string file = entry.path().filename().string();
    if (file.starts_with(name) && file.ends_with("." + ending)) return entry.path();
  }
  throw std::runtime_error(std::string(directory) + " holds no " + name + "*." + ending);
}

std::string configured(std::string shipped) {
  shipped = std::regex_replace(shipped, std::regex("\nname =\n"), "\nname = pbx.example.com\n");
  return std::regex_replace(shipped, std::regex("\nurl =\n"), "\nurl = ws://127.0.0.1:9\n");
}

}  // namespace sfteams::packaging

#include "tests/machine.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <netinet/in.h>
#include <pty.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sfteams::machine {
namespace {

std::vector<std::string>& reasons() {
  static std::vector<std::string> all;
  return all;
}

bool has(bool available, const std::string& why_not) {
  if (!available) skipped(why_not);
  return available;
}

std::string with_reason(const std::string& what, int error) {
  return what + ": " + std::strerror(error);
}

}  // namespace

void skipped(std::string_view why) {
  // A reason is a line; some are what a program printed.
  std::string line(why);
  std::replace(line.begin(), line.end(), '\n', ' ');
  if (std::find(reasons().begin(), reasons().end(), line) == reasons().end())
    reasons().push_back(std::move(line));
}

const std::vector<std::string>& skip_reasons() {
  return reasons();
}

bool has_terminal() {
  int master = -1;
  int slave = -1;
  const bool opened = ::openpty(&master, &slave, nullptr, nullptr, nullptr) == 0;
  const int error = errno;
  if (opened) {
    ::close(master);
    ::close(slave);
  }
  return has(opened, with_reason("no pseudo-terminal (/dev/ptmx, /dev/pts)", error));
}

bool has_ipv6() {
  const int probe = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  const bool bound =
      probe >= 0 && ::bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  const int error = errno;
  if (probe >= 0) ::close(probe);
  return has(bound, with_reason("no IPv6 loopback (::1)", error));
}

bool has_root(std::string_view what_for) {
  return has(::geteuid() == 0, "not root: only root " + std::string(what_for));
}

bool has_ordinary_user() {
  return has(::geteuid() != 0, "root: the modes of files do not apply to root");
}

bool has_installed(const std::string& path, std::string_view package) {
  std::error_code ignored;
  return has(std::filesystem::exists(path, ignored),
             "the package " + std::string(package) + " is not installed");
}

}  // namespace sfteams::machine

#include "transport/this_host.h"

#include <array>
#include <cerrno>
#include <cstddef>

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <ifaddrs.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sfteams::transport {
namespace {

/// As RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 of the packaged services does it.
bool restrict_address_families() {
  constexpr unsigned kRefuse = SECCOMP_RET_ERRNO | EAFNOSUPPORT;
  std::array<sock_filter, 6> filter{
      {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 2),
       BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])),
       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 1, 0),
       BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW), BPF_STMT(BPF_RET | BPF_K, kRefuse)}};
  const sock_fprog program{filter.size(), filter.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST_CASE("loopback is this host, in all its forms") {
  for (const char* address : {"127.0.0.1", "127.9.8.7", "::1", "::ffff:127.0.0.1"}) {
    CAPTURE(address);
    CHECK(is_own_address(address) == true);
  }
  for (const char* host : {"localhost", "127.0.0.1", "::1"}) {
    CAPTURE(host);
    CHECK(is_this_host(host) == true);
  }
}

TEST_CASE("the addresses of the interfaces are this host's") {
  ifaddrs* first = nullptr;
  REQUIRE(::getifaddrs(&first) == 0);
  int seen = 0;
  for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || entry->ifa_addr->sa_family != AF_INET) continue;
    std::array<char, INET_ADDRSTRLEN> text{};
    const auto* address = reinterpret_cast<const sockaddr_in*>(entry->ifa_addr);
    REQUIRE(::inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size()) != nullptr);
    CAPTURE(text.data());
    CHECK(is_own_address(text.data()) == true);
    CHECK(is_this_host(text.data()) == true);
    ++seen;
  }
  ::freeifaddrs(first);
  CHECK(seen > 0);
}

TEST_CASE("others are not: addresses that are set aside for documentation") {
  for (const char* address : {"192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7"}) {
    CAPTURE(address);
    CHECK(is_own_address(address) == false);
  }
  CHECK(is_this_host("192.0.2.7") == false);
}

TEST_CASE("the hardened service can tell as well, without netlink") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (!restrict_address_families()) ::_exit(2);
    if (::socket(AF_NETLINK, SOCK_RAW, 0) >= 0) ::_exit(3);
    const bool told =
        is_own_address("192.0.2.7") == false && is_own_address("2001:db8::7") == false;
    ::_exit(told ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a link-local address says nothing without its interface") {
  CHECK_FALSE(is_own_address("fe80::1234:5678"));
  CHECK_FALSE(is_own_address("fe80::1234:5678%eth9"));
}

TEST_CASE("of what is no address, and of a name without one, nothing is said") {
  for (const char* text : {"", "pbx", "127.0.0", "1.2.3.4.5", "[::1]"}) {
    CAPTURE(text);
    CHECK_FALSE(is_own_address(text));
  }
  CHECK_FALSE(is_this_host("no-such-host.invalid"));
}

}  // namespace
}  // namespace sfteams::transport

#include "transport/this_host.h"

#include <array>

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <ifaddrs.h>
#include <netinet/in.h>

namespace sfteams::transport {
namespace {

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
  for (const char* address : {"192.0.2.7", "2001:db8::7", "fe80::1234:5678%eth9"}) {
    CAPTURE(address);
    CHECK(is_own_address(address) == false);
  }
  CHECK(is_this_host("192.0.2.7") == false);
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

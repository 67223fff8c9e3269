#include "transport/this_host.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "transport/url.h"

namespace sfteams::transport {
namespace {

/// An address as IPv6 has it: of IPv4 ones the mapped form.
using Bytes = std::array<unsigned char, 16>;

Bytes v4_mapped(const in_addr& address) {
  Bytes bytes{};
  bytes[10] = bytes[11] = 0xff;
  std::memcpy(bytes.data() + 12, &address, sizeof address);
  return bytes;
}

std::optional<Bytes> socket_address_bytes(const sockaddr* address) {
  if (address == nullptr) return std::nullopt;
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    return v4_mapped(v4.sin_addr);
  }
  if (address->sa_family != AF_INET6) return std::nullopt;
  sockaddr_in6 v6{};
  std::memcpy(&v6, address, sizeof v6);
  Bytes bytes{};
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return bytes;
}

std::optional<Bytes> parse_address(std::string_view address) {
  // Behind it stands the interface of a link-local one.
  const std::string text(address.substr(0, address.find('%')));
  in_addr v4{};
  if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) return v4_mapped(v4);
  Bytes v6{};
  if (::inet_pton(AF_INET6, text.c_str(), v6.data()) == 1) return v6;
  return std::nullopt;
}

bool is_loopback_bytes(const Bytes& address) {
  constexpr std::size_t kV4 = 12;
  constexpr Bytes kV6Loopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  const in_addr any{};
  const Bytes prefix = v4_mapped(any);
  const bool v4 = std::equal(prefix.begin(), prefix.begin() + kV4, address.begin());
  return address == kV6Loopback || (v4 && address[kV4] == 127);
}

/// nullopt when the system does not tell.
std::optional<std::vector<Bytes>> interface_addresses() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return std::nullopt;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> list(first, &::freeifaddrs);
  std::vector<Bytes> addresses;
  for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
    if (const auto address = socket_address_bytes(entry->ifa_addr)) addresses.push_back(*address);
  }
  return addresses;
}

std::optional<bool> is_own(const Bytes& address) {
  if (is_loopback_bytes(address)) return true;
  const auto own = interface_addresses();
  if (!own) return std::nullopt;
  return std::find(own->begin(), own->end(), address) != own->end();
}

}  // namespace

std::optional<bool> is_own_address(std::string_view address) {
  const std::optional<Bytes> bytes = parse_address(address);
  return bytes ? is_own(*bytes) : std::nullopt;
}

std::optional<bool> is_this_host(const std::string& host) {
  if (is_loopback(host)) return true;
  if (const auto bytes = parse_address(host)) return is_own(*bytes);
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &first) != 0) return std::nullopt;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(first, &::freeaddrinfo);
  std::optional<bool> own;
  for (const addrinfo* entry = first; entry != nullptr; entry = entry->ai_next) {
    const std::optional<Bytes> address = socket_address_bytes(entry->ai_addr);
    const std::optional<bool> one = address ? is_own(*address) : std::nullopt;
    if (one) own = own.value_or(false) || *one;
  }
  return own;
}

}  // namespace sfteams::transport

#include "transport/this_host.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/files/descriptor.h"
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

constexpr std::size_t kV4 = 12;  // behind the prefix of a mapped address

bool is_v4(const Bytes& address) {
  const Bytes prefix = v4_mapped(in_addr{});
  return std::equal(prefix.begin(), prefix.begin() + kV4, address.begin());
}

bool is_loopback_bytes(const Bytes& address) {
  constexpr Bytes kV6Loopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return address == kV6Loopback || (is_v4(address) && address[kV4] == 127);
}

/// By the kernel, which lets a socket have no address but one of this host. Not by getifaddrs():
/// that needs a netlink socket, which systemd's RestrictAddressFamilies= keeps from the services.
std::optional<bool> is_own(const Bytes& address) {
  if (is_loopback_bytes(address)) return true;
  const bool v4 = is_v4(address);
  const files::Descriptor socket(
      ::socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP));
  if (!socket) return std::nullopt;
  sockaddr_in v4_name{};
  v4_name.sin_family = AF_INET;
  std::memcpy(&v4_name.sin_addr, address.data() + kV4, sizeof v4_name.sin_addr);
  sockaddr_in6 v6_name{};
  v6_name.sin6_family = AF_INET6;
  std::memcpy(&v6_name.sin6_addr, address.data(), address.size());
  const auto* const name = v4 ? reinterpret_cast<const sockaddr*>(&v4_name)
                              : reinterpret_cast<const sockaddr*>(&v6_name);
  if (::bind(socket.get(), name, v4 ? sizeof v4_name : sizeof v6_name) == 0) return true;
  return errno == EADDRNOTAVAIL ? std::optional(false) : std::nullopt;
}

}  // namespace

std::optional<bool> is_own_address(std::string_view address) {
  const std::optional<Bytes> bytes = parse_address(address);
  return bytes ? is_own(*bytes) : std::nullopt;
}

std::optional<std::string> canonical_address(std::string_view address) {
  const std::optional<Bytes> bytes = parse_address(address);
  if (!bytes) return std::nullopt;
  const bool v4 = is_v4(*bytes);
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* const from = v4 ? bytes->data() + kV4 : bytes->data();
  if (::inet_ntop(v4 ? AF_INET : AF_INET6, from, text.data(), text.size()) == nullptr)
    return std::nullopt;
  return std::string(text.data());
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

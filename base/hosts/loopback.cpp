#include "base/hosts/loopback.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace sfteams::hosts {
namespace {

constexpr std::string_view kLocalhost = "localhost";

bool is_localhost(std::string_view host) {
  return std::ranges::equal(host, kLocalhost, [](char written, char wanted) {
    return (written >= 'A' && written <= 'Z' ? static_cast<char>(written - 'A' + 'a') : written) ==
           wanted;
  });
}

}  // namespace

bool is_loopback(std::string_view host) {
  if (is_localhost(host)) return true;
  // inet_pton() would read only up to a zero byte; no address is as long as this.
  if (host.size() >= INET6_ADDRSTRLEN || host.find('\0') != std::string_view::npos) return false;
  const std::string text(host);
  in_addr v4{};
  if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127;
  in6_addr v6{};
  return ::inet_pton(AF_INET6, text.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace sfteams::hosts

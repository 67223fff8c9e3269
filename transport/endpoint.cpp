#include "transport/endpoint.h"

#include <array>
#include <charconv>
#include <system_error>

#include <arpa/inet.h>

namespace sfteams::transport {
namespace {

bool is_address_of(int family, const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return ::inet_pton(family, text.c_str(), address.data()) == 1;
}

}  // namespace

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  Endpoint endpoint;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + colon + 1, end, endpoint.port);
  if (error != std::errc() || rest != end) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  endpoint.address = host;
  // Not cut off by a zero byte, as inet_pton() would.
  if (host.find('\0') != std::string_view::npos) return std::nullopt;
  if (!is_address_of(bracketed ? AF_INET6 : AF_INET, endpoint.address)) return std::nullopt;
  return endpoint;
}

std::string Endpoint::to_string() const {
  return before_port(address) + ":" + std::to_string(port);
}

std::string before_port(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace sfteams::transport

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sfteams::transport {

/// Where to listen: an IP address and a port, as in "127.0.0.1:9781" and "[::1]:9781".
struct Endpoint {
  std::string address;     ///< IPv4, or IPv6 without brackets, as it was written
  std::uint16_t port = 0;  ///< 0: any free one

  /// nullopt for everything else: no port or one beyond 65535, the name of a host, an IPv6 address
  /// without its brackets (in which nobody can tell the port from the address), white space.
  [[nodiscard]] static std::optional<Endpoint> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// The host as it stands before a port: an IPv6 address in brackets, anything else as it is.
[[nodiscard]] std::string before_port(const std::string& host);

}  // namespace sfteams::transport

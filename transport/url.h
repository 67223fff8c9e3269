#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error/error.h"
#include "base/hosts/loopback.h"

namespace sfteams::transport {

/// scheme://host[:port][/path]. No user information, no fragment; a query only where it is wanted.
struct Url {
  std::string scheme;  ///< lower case: ws, wss, http, https
  std::string host;    ///< lower case LDH name, IPv4, or IPv6 without brackets; never empty
  std::uint16_t port = 0;
  std::string path;  ///< begins with '/'

  [[nodiscard]] bool secure() const { return scheme == "wss" || scheme == "https"; }
  /// host[:port] as it stands in a Host header; the port only when it is not the scheme's own.
  [[nodiscard]] std::string authority() const;
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const Url&, const Url&) = default;
};

/// Fails with transport.bad-url and what is wrong with it: another scheme than ws, wss, http or
/// https, an empty or over-long (> 127) host, a host that is no LDH name or address, user
/// information, a port out of range.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

/// The one rule of what may be reached without encryption; it also holds for key files.
using hosts::is_loopback;

/// Whether a Host header names this host by a loopback address or "localhost", with or without a
/// port. Any other name that leads here has been made to by somebody else (DNS rebinding).
[[nodiscard]] bool is_loopback_authority(std::string_view authority);

}  // namespace sfteams::transport

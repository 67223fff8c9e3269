#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sfteams::transport {

/// Whether a numeric address (IPv4, or IPv6 without brackets) is one of this host: a loopback
/// address, or one that an interface has. nullopt: it is no address, a link-local one of IPv6
/// (which means nothing without its interface), or the system does not tell.
[[nodiscard]] std::optional<bool> is_own_address(std::string_view address);

/// A numeric address as sockets name a peer: IPv4 ones of IPv6 as IPv4, IPv6 in the short spelling
/// and without its interface. nullopt: it is no address.
[[nodiscard]] std::optional<std::string> canonical_address(std::string_view address);

/// As is_own_address() for the host of a URL: "localhost", an address, or a name that has to have an address
/// of this host. Looks a name up, and so may block for seconds: not for a loop. nullopt: the name
/// has no address at present.
[[nodiscard]] std::optional<bool> is_this_host(const std::string& host);

}  // namespace sfteams::transport

#pragma once

#include <cstdint>

namespace sfteams::integration {

/// One that was free a moment ago on 127.0.0.1, for programs that cannot choose by themselves.
/// Throws when there is none.
[[nodiscard]] std::uint16_t free_loopback_port();

/// Whether the machine has an IPv6 loopback, ::1.
[[nodiscard]] bool has_ipv6_loopback();

}  // namespace sfteams::integration

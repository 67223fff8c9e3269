#pragma once

#include <string_view>

namespace sfteams::hosts {

/// Whether a host as it stands in a URL, an IPv6 address without its brackets, means this host by
/// its text alone: 127.0.0.0/8, ::1 in any spelling, and "localhost" in any case. Nothing is looked
/// up. It decides where passwords and keys may pass unencrypted, so what is only similar is false.
[[nodiscard]] bool is_loopback(std::string_view host);

}  // namespace sfteams::hosts

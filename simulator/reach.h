#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error/error.h"

namespace sfteams::simulator {

/// Where the simulator may listen, and deliver events: on loopback, and in one network of which
/// whoever starts it knows that nobody else is there.
class Reach {
 public:
  Reach() = default;
  /// "192.0.2.0/24", "2001:db8::7/128", or an address for itself; empty: loopback alone. Fails with
  /// simulator.bad-reach.
  [[nodiscard]] static Result<Reach> parse(std::string_view text);

  /// A loopback name or address, or a numeric address of the network, IPv6 without brackets.
  [[nodiscard]] bool contains(std::string_view host) const;

 private:
  /// IPv4 in the mapped form.
  using Bytes = std::array<std::uint8_t, 16>;
  [[nodiscard]] static std::optional<Bytes> bytes_of(std::string_view address);

  std::optional<Bytes> base_;
  unsigned prefix_ = 128;  ///< bits of the mapped form
};

}  // namespace sfteams::simulator

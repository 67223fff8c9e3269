#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

/// Big-endian integers (RFC 1700, "network byte order"), as all of the protocol's are.
namespace sfteams::tunnel {

/// Writes the low `kSize` bytes of `value`, the highest first.
template <std::size_t kSize>
constexpr void store(std::span<std::uint8_t, kSize> out, std::uint64_t value) {
  static_assert(kSize >= 1 && kSize <= 8);
  for (std::size_t i = 0; i < kSize; ++i) {
    out[i] = static_cast<std::uint8_t>(value >> (8 * (kSize - 1 - i)));
  }
}

template <std::size_t kSize>
[[nodiscard]] constexpr std::uint64_t load(std::span<const std::uint8_t, kSize> in) {
  static_assert(kSize >= 1 && kSize <= 8);
  std::uint64_t value = 0;
  for (const std::uint8_t byte : in)
    value = (value << 8) | byte;
  return value;
}

[[nodiscard]] inline std::uint16_t load_u16(std::span<const std::uint8_t, 2> in) {
  return static_cast<std::uint16_t>(load(in));
}
[[nodiscard]] inline std::uint32_t load_u32(std::span<const std::uint8_t, 4> in) {
  return static_cast<std::uint32_t>(load(in));
}

}  // namespace sfteams::tunnel

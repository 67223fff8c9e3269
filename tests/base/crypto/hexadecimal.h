#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "base/text/encoding.h"

namespace sfteams::crypto {

/// The bytes of a published vector.
inline std::vector<std::uint8_t> hex(std::string_view text) {
  auto bytes = text::from_hex(text);
  if (!bytes) throw std::invalid_argument("a test vector is no hexadecimal text");
  return *bytes;
}

template <std::size_t kSize>
std::array<std::uint8_t, kSize> hex_array(std::string_view text) {
  const auto bytes = hex(text);
  if (bytes.size() != kSize) throw std::invalid_argument("a test vector has another size");
  std::array<std::uint8_t, kSize> array{};
  std::copy(bytes.begin(), bytes.end(), array.begin());
  return array;
}

}  // namespace sfteams::crypto

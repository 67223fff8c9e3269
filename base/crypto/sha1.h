#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>

namespace sfteams::crypto {

using Sha1Digest = std::array<std::uint8_t, 20>;

/// FIPS 180-4; only because UUIDs of version 5 are made with it, which protect nothing.
[[nodiscard]] Sha1Digest sha1(std::initializer_list<std::span<const std::uint8_t>> parts);

}  // namespace sfteams::crypto

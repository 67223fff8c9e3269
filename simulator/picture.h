#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace sfteams::simulator {

/// Red, green and blue.
using Colour = std::array<std::uint8_t, 3>;

/// A square of that colour as a PNG; `pixels` wide and high: 1 to 64.
[[nodiscard]] std::string square_png(std::uint32_t pixels, Colour colour);
/// The head of a PNG of that size in both directions, with the lines of a smaller one: who makes room
/// for all of it before reading on needs gigabytes.
[[nodiscard]] std::string bomb_png(std::uint32_t pixels);

}  // namespace sfteams::simulator

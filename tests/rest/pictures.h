#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sfteams::rest::test {

// Pictures as far as their heads go: no browser would draw them.

/// With so many frames of an animation.
[[nodiscard]] std::string png(std::uint32_t width, std::uint32_t height, std::size_t frames = 0);
/// By the bytes at the fixed places of its head.
[[nodiscard]] bool png_is_small(const std::string& picture);

struct GifFrame {
  std::uint32_t left = 0;
  std::uint32_t top = 0;
  std::uint32_t width = 1;
  std::uint32_t height = 1;
};
[[nodiscard]] std::string gif(std::uint32_t width, std::uint32_t height,
                              const std::vector<GifFrame>& frames = {{}});

/// Baseline, with so many scans.
[[nodiscard]] std::string jpeg(std::uint32_t width, std::uint32_t height, std::size_t scans = 1);

}  // namespace sfteams::rest::test

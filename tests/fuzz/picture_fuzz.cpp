// Any bytes as a user's picture: what is passed on keeps to its bounds, as a reader that knows only the
// fixed places sees them.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "rest/picture.h"

namespace {

namespace rest = sfteams::rest;

void check(bool holds) {
  if (!holds) std::abort();
}

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  check(at < bytes.size());
  return static_cast<unsigned char>(bytes[at]);
}

void check_pixels(std::uint32_t pixels) {
  check(pixels > 0 && pixels <= rest::kMostPixels);
}

void check_png(std::string_view bytes) {
  for (const std::size_t at : {16U, 20U}) {
    std::uint32_t pixels = 0;
    for (std::size_t i = 0; i < 4; ++i)
      pixels = pixels << 8U | byte_at(bytes, at + i);
    check_pixels(pixels);
  }
}

void check_gif(std::string_view bytes) {
  for (const std::size_t at : {6U, 8U})
    check_pixels(byte_at(bytes, at) | byte_at(bytes, at + 1) << 8U);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A byte may be looked at as a char ([basic.lval]).
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const rest::PictureKind kind = rest::look_at_picture(bytes);
  check(kind.type.empty() != kind.refused.empty());
  if (kind.type.empty()) return 0;
  check(size <= rest::kMostPicture);
  if (kind.type == "image/png") {
    check_png(bytes);
  } else if (kind.type == "image/gif") {
    check_gif(bytes);
  } else {
    check(kind.type == "image/jpeg" && bytes.starts_with("\xff\xd8\xff"));
  }
  return 0;
}

#include "tests/rest/pictures.h"

#include "rest/picture.h"

namespace sfteams::rest::test {
namespace {

std::string big(std::uint32_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    text += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xffU);
  return text;
}

std::string little16(std::uint32_t value) {
  return {static_cast<char>(value & 0xffU), static_cast<char>(value >> 8U & 0xffU)};
}

/// The check sum is nobody's concern here.
std::string chunk(const std::string& name, const std::string& content) {
  return big(static_cast<std::uint32_t>(content.size()), 4) + name + content + big(0, 4);
}

}  // namespace

std::string png(std::uint32_t width, std::uint32_t height, std::size_t frames) {
  std::string picture = "\x89PNG\r\n\x1a\n";
  picture += chunk("IHDR", big(width, 4) + big(height, 4) + std::string("\x08\x02\x00\x00\x00", 5));
  for (std::size_t i = 0; i < frames; ++i)
    picture += chunk("fcTL", std::string(26, '\0'));
  return picture + chunk("IDAT", "x") + chunk("IEND", "");
}

bool png_is_small(const std::string& picture) {
  for (const std::size_t at : {16U, 20U}) {
    std::uint32_t pixels = 0;
    for (std::size_t i = 0; i < 4; ++i)
      pixels = pixels << 8U | static_cast<unsigned char>(picture[at + i]);
    if (pixels == 0 || pixels > kMostPixels) return false;
  }
  return true;
}

std::string gif(std::uint32_t width, std::uint32_t height, const std::vector<GifFrame>& frames) {
  // Two colours, a comment, then the frames, each behind a control block.
  std::string picture = "GIF89a" + little16(width) + little16(height);
  picture += std::string("\x80\x00\x00", 3) + std::string(6, '\x7f');
  picture += std::string("\x21\xfe\x02hi\x00", 6);
  for (const GifFrame& frame : frames) {
    picture += std::string("\x21\xf9\x04\x00\x00\x00\x00\x00", 8) + '\x2c';
    picture += little16(frame.left) + little16(frame.top);
    picture += little16(frame.width) + little16(frame.height);
    picture += std::string("\x00\x02\x02\x4c\x01\x00", 6);
  }
  return picture + '\x3b';
}

std::string jpeg(std::uint32_t width, std::uint32_t height, std::size_t scans) {
  std::string picture("\xff\xd8\xff\xe0\x00\x04JF", 8);
  picture += std::string("\xff\xc0\x00\x0b\x08", 5) + big(height, 2) + big(width, 2);
  picture += std::string("\x01\x01\x11\x00", 4);
  for (std::size_t i = 0; i < scans; ++i)
    picture += std::string("\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00scan", 14);
  return picture + "\xff\xd9";
}

}  // namespace sfteams::rest::test

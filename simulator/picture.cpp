#include "simulator/picture.h"

#include <cstddef>
#include <string_view>

namespace sfteams::simulator {
namespace {

constexpr Colour kGrey{0x80, 0x80, 0x80};

std::string big_endian(std::uint32_t value) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8)
    text += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xffU);
  return text;
}

/// CRC-32 as ISO/IEC 15948 wants it.
std::uint32_t crc(std::string_view bytes) {
  std::uint32_t sum = 0xffffffffU;
  for (const char c : bytes) {
    sum ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit)
      sum = sum >> 1U ^ ((sum & 1U) != 0 ? 0xedb88320U : 0U);
  }
  return ~sum;
}

std::uint32_t adler(std::string_view bytes) {
  constexpr std::uint32_t kPrime = 65'521;
  std::uint32_t low = 1;
  std::uint32_t high = 0;
  for (const char c : bytes) {
    low = (low + static_cast<unsigned char>(c)) % kPrime;
    high = (high + low) % kPrime;
  }
  return high << 16U | low;
}

/// The format of zlib (RFC 1950) without compressing anything: at most 65,535 bytes.
std::string stored(const std::string& bytes) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  const auto little16 = [](std::uint32_t value) {
    return std::string{static_cast<char>(value & 0xffU), static_cast<char>(value >> 8U & 0xffU)};
  };
  return std::string("\x78\x01\x01") + little16(size) + little16(~size) + bytes +
         big_endian(adler(bytes));
}

std::string chunk(std::string_view name, const std::string& content) {
  const std::string named = std::string(name) + content;
  return big_endian(static_cast<std::uint32_t>(content.size())) + named + big_endian(crc(named));
}

/// `claimed`: what the head says of width and height.
std::string png(std::uint32_t claimed, std::uint32_t pixels, Colour colour) {
  std::string line(1, '\0');
  for (std::uint32_t i = 0; i < pixels; ++i)
    line.append(colour.begin(), colour.end());
  std::string lines;
  for (std::uint32_t i = 0; i < pixels; ++i)
    lines += line;
  // Eight bits a channel, three channels.
  const std::string head =
      big_endian(claimed) + big_endian(claimed) + std::string("\x08\x02\x00\x00\x00", 5);
  return std::string("\x89PNG\r\n\x1a\n") + chunk("IHDR", head) + chunk("IDAT", stored(lines)) +
         chunk("IEND", "");
}

}  // namespace

std::string square_png(std::uint32_t pixels, Colour colour) {
  return png(pixels, pixels, colour);
}

std::string bomb_png(std::uint32_t pixels) {
  return png(pixels, 16, kGrey);
}

}  // namespace sfteams::simulator

#include "base/text/encoding.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace sfteams::text {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64UrlAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kForeign = 0xff;

constexpr std::array<std::uint8_t, 256> reverse_of(std::string_view alphabet) {
  std::array<std::uint8_t, 256> table{};
  table.fill(kForeign);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}

constexpr auto kBase64Values = reverse_of(kBase64Alphabet);

std::uint8_t hex_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return kForeign;
}

std::string encode_64(std::span<const std::uint8_t> bytes, std::string_view alphabet, bool pad) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? bytes[i + k] : std::uint8_t{0});
    }
    for (std::size_t k = 0; k < 4; ++k) {
      if (k <= count) {
        text += alphabet[group >> (18 - 6 * k) & 63];
      } else if (pad) {
        text += '=';
      }
    }
  }
  return text;
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_continuation(unsigned char c) {
  return (c & 0xc0) == 0x80;
}

// The length of the well-formed sequence that `text` begins with, 0 when there is none
// (table 3-7 of the Unicode standard, which RFC 3629 section 4 repeats).
std::size_t utf8_sequence(std::string_view text) {
  const auto at = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
  };
  const unsigned char lead = at(0);
  if (lead < 0x80) return 1;
  const unsigned char second = at(1);
  if (!is_continuation(second)) return 0;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (!is_continuation(at(2))) return 0;
  if (lead == 0xe0) return second >= 0xa0 ? 3 : 0;  // no overlong form
  if (lead == 0xed) return second <= 0x9f ? 3 : 0;  // no surrogate
  if (lead >= 0xe1 && lead <= 0xef) return 3;
  if (!is_continuation(at(3))) return 0;
  if (lead == 0xf0) return second >= 0x90 ? 4 : 0;
  if (lead == 0xf4) return second <= 0x8f ? 4 : 0;  // nothing above U+10FFFF
  return lead >= 0xf1 && lead <= 0xf3 ? 4 : 0;
}

}  // namespace

std::string to_hex(std::span<const std::uint8_t> bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += kHexDigits[byte >> 4];
    text += kHexDigits[byte & 15];
  }
  return text;
}

std::optional<std::vector<std::uint8_t>> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::vector<std::uint8_t> bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const std::uint8_t high = hex_value(text[i]);
    const std::uint8_t low = hex_value(text[i + 1]);
    if (high == kForeign || low == kForeign) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return bytes;
}

std::string to_base64(std::span<const std::uint8_t> bytes) {
  return encode_64(bytes, kBase64Alphabet, true);
}

std::string to_base64url(std::span<const std::uint8_t> bytes) {
  return encode_64(bytes, kBase64UrlAlphabet, false);
}

std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text, bool skip_space) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t group = 0;
  std::size_t digits = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (skip_space && is_space(c)) continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const std::uint8_t value = kBase64Values[static_cast<unsigned char>(c)];
    if (value == kForeign || padding != 0) return std::nullopt;
    group = group << 6 | value;
    if (++digits % 4 == 0) {
      bytes.push_back(static_cast<std::uint8_t>(group >> 16));
      bytes.push_back(static_cast<std::uint8_t>(group >> 8));
      bytes.push_back(static_cast<std::uint8_t>(group));
      group = 0;
    }
  }
  const std::size_t left = digits % 4;
  if (left == 0) return padding == 0 ? std::optional(std::move(bytes)) : std::nullopt;
  if (left == 1 || padding != 4 - left) return std::nullopt;
  // Two digits carry one byte and four spare bits, three carry two bytes and two spare bits.
  const unsigned spare_bits = left == 2 ? 4 : 2;
  if ((group & ((1U << spare_bits) - 1)) != 0) return std::nullopt;
  group >>= spare_bits;
  if (left == 3) bytes.push_back(static_cast<std::uint8_t>(group >> 8));
  bytes.push_back(static_cast<std::uint8_t>(group));
  return bytes;
}

std::optional<std::vector<std::uint8_t>> from_base64url(std::string_view text) {
  std::string standard(text);
  for (char& c : standard) {
    // What only the other alphabet has is foreign here.
    if (c == '+' || c == '/' || c == '=') return std::nullopt;
    if (c == '-') c = '+';
    if (c == '_') c = '/';
  }
  standard.append((4 - standard.size() % 4) % 4, '=');
  return from_base64(standard);
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace sfteams::text

#include "uci/xml_decode.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/text/encoding.h"
#include "uci/xml_screen.h"

namespace sfteams::uci {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// Tables, and not iconv(): glibc loads most of its encodings from files when they are first used,
// and not every system has these installed (RHEL keeps ISO-8859-15 in a package of its own).

/// windows-1252 from 0x80 to 0x9F; 0 where it has no character. The rest of it is ISO-8859-1.
constexpr std::array<std::uint16_t, 32> kWindows1252{
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

struct Difference {
  unsigned char byte;
  char32_t character;
};
/// Where ISO-8859-15 differs from ISO-8859-1.
constexpr std::array<Difference, 8> kLatin9{{{0xA4, 0x20AC},
                                             {0xA6, 0x0160},
                                             {0xA8, 0x0161},
                                             {0xB4, 0x017D},
                                             {0xB8, 0x017E},
                                             {0xBC, 0x0152},
                                             {0xBD, 0x0153},
                                             {0xBE, 0x0178}}};

enum class Encoding { utf8, windows_1252, latin_9, utf16_le, utf16_be, utf32_le, utf32_be };

char32_t from_windows_1252(unsigned char byte) {
  if (byte < 0x80 || byte > 0x9F) return byte;
  const char32_t c = kWindows1252.at(byte - 0x80);
  return c == 0 ? kReplacement : c;
}

char32_t from_latin_9(unsigned char byte) {
  for (const Difference& one : kLatin9) {
    if (one.byte == byte) return one.character;
  }
  return from_windows_1252(byte);
}

bool is_high(char32_t c) {
  return c >= 0xD800 && c <= 0xDBFF;
}
bool is_low(char32_t c) {
  return c >= 0xDC00 && c <= 0xDFFF;
}
char32_t joined(char32_t high, char32_t low) {
  return 0x10000 + ((high - 0xD800) << 10U) + (low - 0xDC00);
}

/// The character that a UTF-8 sequence at the front encodes, surrogates included, and its bytes; 0
/// bytes when there is none.
struct Sequence {
  char32_t character = 0;
  std::size_t bytes = 0;
};
Sequence sequence_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1};
  // Java's modified UTF-8 writes NUL so.
  if (text.starts_with("\xC0\x80")) return {0, 2};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {};
  char32_t c = lead & (0xFFU >> (bytes + 1));
  for (const char follower : text.substr(1, bytes - 1)) {
    const auto byte = static_cast<unsigned char>(follower);
    if ((byte & 0xC0U) != 0x80U) return {};
    c = (c << 6U) | (byte & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  if (c < kLeast.at(bytes) || c > 0x10FFFF) return {};
  return {c, bytes};
}

std::string from_utf8(std::string_view text) {
  // Some writers end a text with the NUL of their language.
  while (text.ends_with('\0'))
    text.remove_suffix(1);
  if (text_flaw(text) == TextFlaw::none) return std::string(text);
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    Sequence next = sequence_of(text);
    if (next.bytes == 0) next = {from_windows_1252(static_cast<unsigned char>(text.front())), 1};
    text.remove_prefix(next.bytes);
    if (is_high(next.character) && !text.empty()) {
      const Sequence second = sequence_of(text);
      if (is_low(second.character)) {
        next.character = joined(next.character, second.character);
        text.remove_prefix(second.bytes);
      }
    }
    append_character(out, next.character);
  }
  return out;
}

std::string from_single_bytes(std::string_view text, char32_t (*meaning)(unsigned char)) {
  // In a text of Latin letters two bytes hardly ever look like UTF-8, and all of them never do.
  if (text::is_utf8(text)) return from_utf8(text);
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text)
    append_character(out, meaning(static_cast<unsigned char>(c)));
  return out;
}

/// The unit of `width` bytes at the front.
char32_t unit_of(std::string_view text, std::size_t width, bool big_endian) {
  char32_t unit = 0;
  for (std::size_t i = 0; i < width; ++i) {
    const std::size_t at = big_endian ? i : width - 1 - i;
    unit = (unit << 8U) | static_cast<unsigned char>(text[at]);
  }
  return unit;
}

/// UTF-16 and UTF-32.
std::string from_units(std::string_view text, std::size_t width, bool big_endian) {
  std::string out;
  out.reserve(text.size());
  // Half a unit at the end says nothing. As a character it would stand behind the root.
  text.remove_suffix(text.size() % width);
  while (text.size() >= width && unit_of(text.substr(text.size() - width), width, true) == 0)
    text.remove_suffix(width);
  while (text.size() >= width) {
    char32_t c = unit_of(text, width, big_endian);
    text.remove_prefix(width);
    if (is_high(c) && text.size() >= width) {
      const char32_t second = unit_of(text, width, big_endian);
      if (is_low(second)) {
        c = joined(c, second);
        text.remove_prefix(width);
      }
    }
    append_character(out, c);
  }
  return out;
}

bool starts_as(std::string_view text, std::string_view word) {
  return text.size() >= word.size() &&
         std::equal(word.begin(), word.end(), text.begin(), [](char wanted, char c) {
           return wanted == (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
         });
}

/// What stands in encoding="…" of the XML declaration; empty when there is none.
std::string_view declared(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  if (!text.starts_with("<?xml")) return {};
  text = text.substr(0, text.find("?>"));
  const std::size_t at = text.find("encoding");
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at);
  const std::size_t open = text.find_first_of("\"'");
  if (open == std::string_view::npos) return {};
  const std::size_t close = text.find(text[open], open + 1);
  if (close == std::string_view::npos) return {};
  return text.substr(open + 1, close - open - 1);
}

Encoding named(std::string_view name) {
  const auto is = [name](std::string_view known) {
    return name.size() == known.size() && starts_as(name, known);
  };
  if (is("iso-8859-15") || is("iso8859-15") || is("iso8859_15") || is("latin9") || is("latin-9"))
    return Encoding::latin_9;
  // Where ISO-8859-1 has control characters, writers who name it mean windows-1252.
  if (is("iso-8859-1") || is("iso8859-1") || is("iso8859_1") || is("latin1") || is("latin-1") ||
      is("windows-1252") || is("cp1252") || is("us-ascii") || is("ascii"))
    return Encoding::windows_1252;
  return Encoding::utf8;
}

struct Shape {
  std::string_view start;
  std::size_t mark;  // how much of it is the byte order mark
  Encoding encoding;
};
using namespace std::string_view_literals;  // NOLINT: only for texts that hold a NUL
/// XML 1.0, appendix F; the longer one of two that begin alike comes first.
constexpr std::array<Shape, 9> kShapes{{{"\xFF\xFE\0\0"sv, 4, Encoding::utf32_le},
                                        {"\0\0\xFE\xFF"sv, 4, Encoding::utf32_be},
                                        {"<\0\0\0"sv, 0, Encoding::utf32_le},
                                        {"\0\0\0<"sv, 0, Encoding::utf32_be},
                                        {"\xFF\xFE"sv, 2, Encoding::utf16_le},
                                        {"\xFE\xFF"sv, 2, Encoding::utf16_be},
                                        {"<\0"sv, 0, Encoding::utf16_le},
                                        {"\0<"sv, 0, Encoding::utf16_be},
                                        {"\xEF\xBB\xBF"sv, 3, Encoding::utf8}}};

std::string decode_as(Encoding encoding, std::string_view text) {
  switch (encoding) {
    case Encoding::windows_1252:
      return from_single_bytes(text, from_windows_1252);
    case Encoding::latin_9:
      return from_single_bytes(text, from_latin_9);
    case Encoding::utf16_le:
    case Encoding::utf16_be:
      return from_units(text, 2, encoding == Encoding::utf16_be);
    case Encoding::utf32_le:
    case Encoding::utf32_be:
      return from_units(text, 4, encoding == Encoding::utf32_be);
    case Encoding::utf8:
      break;
  }
  return from_utf8(text);
}

}  // namespace

void append_character(std::string& out, char32_t c) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
  if (!is_xml_char(c)) c = kReplacement;
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0U | (c >> 6U));
  } else {
    if (c < 0x10000) {
      put(0xE0U | (c >> 12U));
    } else {
      put(0xF0U | (c >> 18U));
      put(0x80U | ((c >> 12U) & 0x3FU));
    }
    put(0x80U | ((c >> 6U) & 0x3FU));
  }
  put(0x80U | (c & 0x3FU));
}

std::string decode_document(std::string_view document) {
  for (const Shape& shape : kShapes) {
    if (!document.starts_with(shape.start)) continue;
    return decode_as(shape.encoding, document.substr(shape.mark));
  }
  return decode_as(named(declared(document)), document);
}

}  // namespace sfteams::uci

#include "base/text/invisible.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace sfteams::text {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

/// Unicode 15.1: general categories Cc, Cf, Zs, Zl and Zp but for U+0020, and what else has the
/// property Default_Ignorable_Code_Point or is drawn as nothing. Sorted.
constexpr std::array<Range, 33> kInvisible{{
    {0x0000, 0x001f},   {0x007f, 0x00a0},   {0x00ad, 0x00ad},   {0x034f, 0x034f},
    {0x0600, 0x0605},   {0x061c, 0x061c},   {0x06dd, 0x06dd},   {0x070f, 0x070f},
    {0x0890, 0x0891},   {0x08e2, 0x08e2},   {0x115f, 0x1160},   {0x1680, 0x1680},
    {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x2000, 0x200f},   {0x2028, 0x202f},
    {0x205f, 0x206f},   {0x2800, 0x2800},   {0x3000, 0x3000},   {0x3164, 0x3164},
    {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xfffb},
    {0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x13430, 0x1343f}, {0x1bca0, 0x1bca3},
    {0x1d159, 0x1d159}, {0x1d173, 0x1d17a}, {0xe0000, 0xe00ff}, {0xe0100, 0xe01ef},
    {0xe01f0, 0xe0fff},
}};

struct Name {
  char32_t code_point;
  std::string_view text;
};

/// Those that people meet.
constexpr std::array<Name, 18> kNames{{
    {0x0009, "tab"},
    {0x000a, "line feed"},
    {0x000d, "carriage return"},
    {0x00a0, "no-break space"},
    {0x00ad, "soft hyphen"},
    {0x2009, "thin space"},
    {0x200b, "zero-width space"},
    {0x200c, "zero-width non-joiner"},
    {0x200d, "zero-width joiner"},
    {0x200e, "left-to-right mark"},
    {0x200f, "right-to-left mark"},
    {0x2028, "line separator"},
    {0x202a, "left-to-right embedding"},
    {0x202b, "right-to-left embedding"},
    {0x202f, "narrow no-break space"},
    {0x2060, "word joiner"},
    {0x3000, "ideographic space"},
    {0xfeff, "byte order mark"},
}};

constexpr char32_t kJoiner = 0x200d;
constexpr char32_t kNotUtf8 = 0xffffffff;

bool is_invisible(char32_t c) {
  const auto* const range =
      std::ranges::lower_bound(kInvisible, c, {}, [](const Range& r) { return r.last; });
  return range != kInvisible.end() && c >= range->first;
}

/// What the joiners and variation selectors of an emoji follow: a pictograph (U+2190 on: arrows and
/// symbols; skin tones among them), or one of these selectors. A digit or a letter is none.
bool is_pictograph(char32_t c) {
  return (c >= 0x2190 && c <= 0x2bff && c != 0x2800) || (c >= 0x1f000 && c <= 0x1faff);
}

bool is_variation_selector(char32_t c) {
  return c == 0xfe0e || c == 0xfe0f;
}

/// Takes one character off the front; a byte that is none gives kNotUtf8.
char32_t take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  std::size_t length = 1;
  if (lead >= 0xc2 && lead <= 0xdf) length = 2;
  if (lead >= 0xe0 && lead <= 0xef) length = 3;
  if (lead >= 0xf0 && lead <= 0xf4) length = 4;
  char32_t value = length == 1 ? lead : lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    if ((next & 0xc0U) != 0x80U) {
      text.remove_prefix(i);
      return kNotUtf8;
    }
    value = value << 6 | (next & 0x3fU);
  }
  text.remove_prefix(length);
  return length == 1 && lead >= 0x80 ? kNotUtf8 : value;
}

}  // namespace

std::string Invisible::name() const {
  std::array<char, 16> number{};
  std::snprintf(number.data(), number.size(), "U+%04X", static_cast<unsigned>(code_point));
  const auto* const known = std::ranges::find(kNames, code_point, &Name::code_point);
  std::string text = std::string("an invisible character (") + number.data();
  if (known != kNames.end()) text.append(", ").append(known->text);
  return text + ")";
}

std::string Invisible::describe() const {
  return name() + " at position " + std::to_string(position);
}

std::optional<Invisible> find_invisible(std::string_view text) {
  char32_t before = 0;
  for (std::size_t position = 1; !text.empty(); ++position) {
    const char32_t c = take_character(text);
    const bool of_emoji =
        (c == kJoiner && (is_pictograph(before) || is_variation_selector(before))) ||
        (is_variation_selector(c) && is_pictograph(before));
    if (c != kNotUtf8 && is_invisible(c) && !of_emoji) return Invisible{c, position};
    before = c;
  }
  return std::nullopt;
}

std::string_view without_byte_order_mark(std::string_view file) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  if (file.starts_with(kMark)) file.remove_prefix(kMark.size());
  return file;
}

std::string_view wide_encoding(std::string_view file) {
  using namespace std::string_view_literals;
  if (file.starts_with("\xff\xfe\0\0"sv) || file.starts_with("\0\0\xfe\xff"sv)) return "UTF-32";
  if (file.starts_with("\xff\xfe"sv) || file.starts_with("\xfe\xff"sv)) return "UTF-16";
  if (file.size() < 4) return {};
  const auto zero = [&](std::size_t at) { return file[at] == '\0'; };
  if (zero(0) && zero(2) && !zero(1) && !zero(3)) return "UTF-16";
  if (zero(1) && zero(3) && !zero(0) && !zero(2)) return "UTF-16";
  return {};
}

}  // namespace sfteams::text

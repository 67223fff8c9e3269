#include "tunnel/wire_text.h"

#include <algorithm>

#include "base/text/encoding.h"
#include "tunnel/limits.h"

namespace sfteams::tunnel {
namespace {

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

}  // namespace

std::string_view cut_reason(std::string_view text) {
  if (!text::is_utf8(text)) return {};
  if (text.size() <= kMaxReason) return text;
  std::size_t size = kMaxReason;
  while (size > 0 && is_continuation(text[size]))
    --size;
  return text.substr(0, size);
}

bool is_reason(std::string_view text) {
  return text.size() <= kMaxReason && text::is_utf8(text);
}

std::string printable(std::string_view text) {
  std::string out(text);
  std::replace_if(out.begin(), out.end(), is_control, '?');
  return out;
}

bool is_software(std::string_view text) {
  return text.size() <= kMaxSoftware &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace sfteams::tunnel

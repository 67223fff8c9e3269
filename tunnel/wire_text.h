#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Texts of the protocol that people see: reasons and names of software.
namespace sfteams::tunnel {

/// A label with the zero byte that ends it: so no label is the beginning of another.
template <std::size_t kSize>
[[nodiscard]] consteval std::string_view label(const char (&text)[kSize]) {
  return {text, kSize};
}

/// At most 120 bytes of `text`, cut at a character's border; empty when it is not UTF-8, which is a
/// mistake of the sender that must not make another one.
[[nodiscard]] std::string_view cut_reason(std::string_view text);

/// UTF-8 of at most 120 bytes.
[[nodiscard]] bool is_reason(std::string_view text);

/// With '?' for ASCII control characters, so that it can stand in a log line.
[[nodiscard]] std::string printable(std::string_view text);

/// 0 … 64 printable ASCII characters: what may stand as "software".
[[nodiscard]] bool is_software(std::string_view text);

}  // namespace sfteams::tunnel

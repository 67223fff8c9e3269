#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sfteams::text {

/// Lower-case hexadecimal.
[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);
/// Both cases; nullopt on an odd length or another character.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> from_hex(std::string_view text);

/// RFC 4648 section 4, with padding, no line breaks.
[[nodiscard]] std::string to_base64(std::span<const std::uint8_t> bytes);
/// Strict: correct padding, no foreign characters, unused bits zero. White space (space, tab, CR,
/// LF) is skipped when `skip_space`, as XML-RPC's <base64> may be wrapped.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text,
                                                                   bool skip_space = false);

/// RFC 4648 section 5 without padding: for paths and identifiers.
[[nodiscard]] std::string to_base64url(std::span<const std::uint8_t> bytes);
/// Strict: no padding, no foreign characters, unused bits zero.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> from_base64url(std::string_view text);

/// True when the bytes are well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace sfteams::text

#pragma once

#include <string>
#include <string_view>

namespace sfteams::uci {

/// Appends the character as UTF-8; U+FFFD when XML excludes it (surrogates and what is beyond
/// Unicode, too). Never more than four bytes.
void append_character(std::string& out, char32_t c);

/// What the bytes of a document say in UTF-8, by the rules of mend_document() (uci/xml_mend.h):
/// encoding, bad bytes and excluded characters. At most three times as many bytes come out.
[[nodiscard]] std::string decode_document(std::string_view document);

}  // namespace sfteams::uci

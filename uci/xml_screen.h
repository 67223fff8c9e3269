#pragma once

#include <string_view>

#include "base/error/error.h"
#include "uci/xmlrpc.h"

namespace sfteams::uci {

/// Looks over a document before the parser sees it, for what the parser would take or pay for in
/// silence: its number of elements, attributes, comments and CDATA sections, its depth, any
/// DOCTYPE, text outside the root. `xml` has been through mend_document() (uci/xml_mend.h); an
/// entity that XML does not know is the text as which it stands there. Allocates nothing. Fails
/// with the uci.xml-... codes of xmlrpc.h.
[[nodiscard]] Result<void> screen_xml(std::string_view xml, const XmlLimits& limits);

/// True when the document, after white space, XML declaration and comments, begins as a web page
/// does.
[[nodiscard]] bool looks_like_html(std::string_view text);

/// True for a character that XML 1.0 section 2.2 allows.
[[nodiscard]] constexpr bool is_xml_char(char32_t c) {
  return c == 0x9 || c == 0xA || c == 0xD || (c >= 0x20 && c <= 0xD7FF) ||
         (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

/// What keeps a text out of a document.
enum class TextFlaw {
  none,           ///< it is UTF-8, and is_xml_char() holds for every character
  not_utf8,       ///< some bytes are not UTF-8
  bad_character,  ///< is_xml_char() does not hold for one
};
[[nodiscard]] TextFlaw text_flaw(std::string_view text);

}  // namespace sfteams::uci

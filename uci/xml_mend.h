#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error/error.h"

namespace sfteams::uci {

/// A document of the PBX as text that XML can carry: UTF-8, no character that XML 1.0 excludes, no
/// numeric reference to one. One odd character costs itself and nothing else:
///
///   encoding    a byte order mark, then NULs around the first '<' (UTF-16 and UTF-32 without a
///               mark), then the XML declaration. ISO-8859-1, ISO-8859-15, windows-1252 and
///               US-ASCII are decoded, unless the bytes are valid UTF-8: then the declaration is
///               wrong. Everything else is read as UTF-8.
///   bad bytes   of UTF-8: a surrogate pair in two sequences of three bytes (CESU-8, as Java's
///               modified UTF-8 has it) becomes the character, half a pair and an encoded NUL
///               become U+FFFD, and any other byte is read as windows-1252
///   characters  that XML excludes become U+FFFD
///   references  to these likewise; two that form a surrogate pair become the character
///
/// A byte order mark, NULs at the end, and bytes there that are no whole unit of UTF-16 or UTF-32
/// are dropped. Fails with uci.xml-too-large when the document has more than `limit` bytes, as it
/// came or as UTF-8.
[[nodiscard]] Result<std::string> mend_document(std::string_view document, std::size_t limit);

}  // namespace sfteams::uci

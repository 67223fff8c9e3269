#pragma once

#include <string_view>

#include "uci/value.h"

namespace sfteams::uci {

/// Whether a <value> may carry its text in an element of that name: the types of
/// xmlrpc.com/spec.md, those that Apache ws-xmlrpc adds in its namespace of extensions (nil, i1,
/// i2, i8, float, bigdecimal, biginteger, dateTime, serializable, dom), and the names byte, short,
/// long and date that other libraries have for them. Without a namespace prefix.
[[nodiscard]] bool is_scalar_type(std::string_view type);

/// The one place that decides whether a value of the PBX is understood. What does not fit its type,
/// or has a type that nobody knows, is the text as which it stands there, without white space
/// around it; nil when nothing stands there. Never fails.
///
///   int and its kin     up to 64 bits; a number with a point becomes a double
///   boolean             1, 0, true, false in any case
///   double, float       also with a comma; infinity and NaN have no JSON and stay texts
///   bigdecimal          a double when that keeps every digit (15 of them), else the text
///   biginteger          up to 64 bits, else the text
///   dateTime…           what parse_date_time() takes; a date that does not exist stays a text
///   base64,             the bytes; missing padding is forgiven
///   serializable
///   nil                 nil, whatever stands inside
///   string, dom         the text with its white space
[[nodiscard]] Value scalar_of(std::string_view type, std::string_view text);

/// A whole number without anything around it; false leaves `out` alone.
[[nodiscard]] bool read_integer(std::string_view text, std::int64_t& out);

}  // namespace sfteams::uci

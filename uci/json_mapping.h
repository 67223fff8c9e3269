#pragma once

#include <json/value.h>

#include "base/error/error.h"
#include "uci/value.h"

namespace sfteams::uci {

/// XML-RPC values as JSON and back, without loss either way:
///
///   nil                null
///   boolean, string    the same
///   int, i8            a whole number
///   double             a number with a point: 444.0
///   dateTime.iso8601   {"$date": "2026-11-23T10:00:00"}, with Z or +HH:MM when the PBX named a
///                      zone
///   base64             {"$base64": "…"} (RFC 4648 section 4, with padding)
///   array              an array
///   struct             an object; a member whose name begins with '$' gets one more '$' in front,
///                      so that no struct of the PBX can be taken for a tag
[[nodiscard]] Json::Value to_json(const Value& value);

/// Fails with uci.int-out-of-range (not within 32 bits: the PBX is not known to read more),
/// uci.bad-tag (a member that begins with one '$' and is no tag, or a tag with other members beside
/// it), uci.bad-date, uci.bad-base64 or uci.value-too-deep (more than 32).
[[nodiscard]] Result<Value> from_json(const Json::Value& json);

/// The positional parameters of a JSON-RPC call: an array, or null for none. Fails with
/// uci.bad-params for anything else (UCI has no named parameters), otherwise as from_json().
[[nodiscard]] Result<Array> params_from_json(const Json::Value& params);

/// The parameters of an event.
[[nodiscard]] Json::Value params_to_json(const Array& params);

}  // namespace sfteams::uci

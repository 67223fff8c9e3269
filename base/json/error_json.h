#pragma once

#include <optional>
#include <string>

#include <json/value.h>

#include "base/error/error.h"

namespace sfteams::json {

/// {"code": "uci.timeout", "message": …, "hint": …}: an error as the status, the licences, the
/// administration page and a client's notifications carry it. `hint` is "" where there is none.
[[nodiscard]] Json::Value error_json(const Error& error);
/// The same; null without an error.
[[nodiscard]] Json::Value error_json(const std::optional<Error>& error);

/// "[uci.timeout] message — hint", as describe() writes an error, from what error_json() gives. The
/// object may come from another process or version: texts are made printable (text::one_line()),
/// and what is missing is left out. Empty when `error` is not an object.
[[nodiscard]] std::string describe_error_json(const Json::Value& error);

}  // namespace sfteams::json

#pragma once

#include <string>

#include <json/value.h>

namespace sfteams::json {

// What somebody else has written, read without a word when it is not as it should be.

/// The member; null when `value` is no object or lacks it. It lives as long as `value`.
[[nodiscard]] const Json::Value& part(const Json::Value& value, const char* name);
/// Whether the member is there and true.
[[nodiscard]] bool is_true(const Json::Value& value, const char* name);
/// The member as JSON writes the number; "?" when it is none.
[[nodiscard]] std::string number_text(const Json::Value& value, const char* name);

}  // namespace sfteams::json

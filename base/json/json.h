#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <json/value.h>

#include "base/error/error.h"

namespace sfteams::json {

struct Limits {
  std::size_t bytes = 1'048'576;
  int depth = 32;  ///< nested arrays and objects
};

/// Strict RFC 8259: UTF-8 only, no comments, no trailing text, no repeated member, no NaN. Never
/// throws. Fails with json.too-large, json.too-deep, json.not-utf8, json.syntax or
/// json.number-too-large (a whole number beyond 64 bits), with line and column; the message never
/// quotes the content, which may hold a password.
[[nodiscard]] Result<Json::Value> parse(std::string_view text, const Limits& limits = {});
/// As parse(), but a whole number beyond 64 bits becomes the nearest double: only to find out what
/// stands beside it, because its digits are others.
[[nodiscard]] Result<Json::Value> parse_rounding(std::string_view text, const Limits& limits = {});

/// One line, no space, UTF-8 as it is.
[[nodiscard]] std::string write(const Json::Value& value);
/// Indented, for people.
[[nodiscard]] std::string write_pretty(const Json::Value& value);

/// The text of a string value; nullopt when it is another type. It lives as long as `value`.
[[nodiscard]] std::optional<std::string_view> text_of(const Json::Value& value);
/// The member as a string; nullopt when `value` is no object, lacks it, or it is another type.
/// It lives as long as `value`. (jsoncpp's own operator[] throws on the wrong type.)
[[nodiscard]] std::optional<std::string_view> string_member(const Json::Value& value,
                                                            const char* name);
/// The member, or nullptr when `value` is no object or lacks it.
[[nodiscard]] const Json::Value* member(const Json::Value& value, const char* name);

/// Overwrites the characters of a string value where they stand and makes it null: for passwords.
/// Another type is only made null.
void wipe(Json::Value& text) noexcept;

}  // namespace sfteams::json

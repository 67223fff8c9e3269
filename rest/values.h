#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <json/value.h>

#include "base/error/error.h"

namespace sfteams::rest {

// What a STARFACE's REST interface writes, read generously: its versions differ, and what comes from
// address books was typed by people.

/// Bytes of any answer that is read.
inline constexpr std::size_t kMostAnswer = 2'097'152;
/// Values in it.
inline constexpr std::size_t kMostValues = 100'000;
/// Bytes of one text.
inline constexpr std::size_t kMostText = 256;

/// The JSON of an answer. Fails with rest.too-large, and with rest.broken-reply when it is no JSON.
/// `what` the answer is: "the contacts".
[[nodiscard]] Result<Json::Value> read_document(std::string_view body, std::string_view what);

/// rest.broken-reply: the JSON is another one than was asked for.
[[nodiscard]] Error broken_reply(std::string_view what);

/// The text cut to at most `most` bytes, between two characters. The text is UTF-8.
[[nodiscard]] std::string_view cut(std::string_view text, std::size_t most);

/// A text for one line: control characters become spaces, blanks around it go, at most `most`
/// bytes. A number is a text, too; anything else is "".
[[nodiscard]] std::string text_in(const Json::Value& value, std::size_t most = kMostText);
/// The same of a member; "" when there is none.
[[nodiscard]] std::string member_text(const Json::Value& object, const char* name,
                                      std::size_t most = kMostText);
/// A text that means nothing once it is cut, such as an identifier: "" when it is longer than
/// `most` bytes.
[[nodiscard]] std::string member_whole(const Json::Value& object, const char* name,
                                       std::size_t most);
/// A whole number from 0 to 2^31 - 1, also one that is written as a text.
[[nodiscard]] std::optional<std::int64_t> member_count(const Json::Value& object, const char* name);

}  // namespace sfteams::rest

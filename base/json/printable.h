#pragma once

#include <string>
#include <string_view>

#include "base/json/json.h"
#include "base/text/line.h"

namespace sfteams::json {

/// A member's text as it may stand on a terminal, no matter who sent it: on one line, without
/// control characters. `otherwise` when there is no such text.
[[nodiscard]] inline std::string printable_member(const Json::Value& object, const char* name,
                                                  std::string_view otherwise = "") {
  return text::one_line(string_member(object, name).value_or(otherwise));
}

}  // namespace sfteams::json

#pragma once

#include <string>
#include <string_view>

#include "base/json/json.h"
#include "base/log/line.h"

namespace sfteams::agent {

/// A member's text as it may stand on a terminal, whoever it came from; `otherwise` when there is
/// no such text.
[[nodiscard]] inline std::string told(const Json::Value& object, const char* name,
                                      std::string_view otherwise = "") {
  return log::one_line(json::string_member(object, name).value_or(otherwise));
}

}  // namespace sfteams::agent

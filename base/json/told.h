#pragma once

#include <string>

#include <json/value.h>

#include "base/error/error.h"

namespace sfteams::json {

// How a daemon answers its own program's commands over its control socket: {"result": …} or
// {"error": {"exit": 73, "line": "[code] message — hint"}}.

/// An error as it came from another process: its code is not one of this process's constants.
struct Told {
  int exit = 1;      ///< the exit status of the process that asked
  std::string line;  ///< as describe() writes it, on one line
};

[[nodiscard]] std::string write_told(const Result<Json::Value>& result);
/// Fails with what was told, or with `broken` when the text is no such answer.
[[nodiscard]] tl::expected<Json::Value, Told> read_told(const std::string& text,
                                                        const Error& broken);
/// An error of this process in the same form.
[[nodiscard]] Told told_of(const Error& error);

}  // namespace sfteams::json

#pragma once

#include "base/error/error.h"

namespace sfteams::commands {

/// Writes the error to stderr as one line, in the log's form once that has been started, and gives
/// its exit status.
[[nodiscard]] Exit report(const Error& error);

}  // namespace sfteams::commands

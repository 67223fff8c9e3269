#pragma once

#include <string>

namespace sfteams {

/// What the system says about an error number: "Permission denied".
///
/// The number is taken from errno in a statement of its own, directly behind the call that failed
/// (`const int problem = errno;`). As an argument beside others errno is read after some of them
/// have been evaluated, in an order that nobody knows, and any of these may have changed it. A test
/// (tests/repository/errno_test.cpp) refuses sources that turn errno itself into a text.
[[nodiscard]] std::string system_message(int number);

}  // namespace sfteams

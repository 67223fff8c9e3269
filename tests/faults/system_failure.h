#pragma once

#include <cerrno>
#include <cstring>
#include <string>

#include <tl/expected.hpp>

namespace sfteams::faults {

/// Why the machine does not let a test do something: `what`, and what errno says.
inline tl::unexpected<std::string> system_failure(const char* what) {
  return tl::unexpected(std::string(what) + ": " + std::strerror(errno));
}

}  // namespace sfteams::faults

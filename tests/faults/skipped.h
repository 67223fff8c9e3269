#pragma once

#include <iostream>
#include <string_view>

namespace sfteams::faults {

/// What the machine does not allow is not tested, and says so; ctest counts it as skipped
/// (cmake/Room.cmake).
inline void skipped(std::string_view why) {
  std::cout << "SKIPPED: " << why << std::endl;
}

}  // namespace sfteams::faults

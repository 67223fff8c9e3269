#pragma once

#include <filesystem>

#include <catch2/catch.hpp>
#include <sys/stat.h>

namespace sfteams::test {

/// The rights on it: 0600, with the bits for set-user-id, set-group-id and sticky.
inline mode_t mode_of(const std::filesystem::path& file) {
  struct stat status {};
  REQUIRE(stat(file.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

}  // namespace sfteams::test

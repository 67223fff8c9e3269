#pragma once

#include <filesystem>
#include <set>
#include <string>

namespace sfteams::files {

/// The names in a directory, hidden ones included.
inline std::set<std::string> names_in(const std::filesystem::path& directory) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

inline std::filesystem::perms mode_of(const std::filesystem::path& file) {
  return std::filesystem::symlink_status(file).permissions();
}

}  // namespace sfteams::files

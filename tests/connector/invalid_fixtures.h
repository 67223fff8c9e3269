#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace sfteams::connector::test {

/// A wrong connector.ini. Its first line says what it has to be refused with: "# expect CODE:LINE".
struct InvalidFixture {
  std::filesystem::path file;
  std::string code;
  std::string place;  ///< "…/name.ini:3", or the file's name when no line is at fault
};

[[nodiscard]] inline std::vector<InvalidFixture> invalid_fixtures() {
  const std::filesystem::path directory =
      std::filesystem::path(SFTEAMS_SOURCE_DIR) / "tests/connector/fixtures/invalid";
  const std::string mark = "# expect ";
  std::vector<InvalidFixture> fixtures;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    std::ifstream stream(entry.path());
    std::string first;
    if (!std::getline(stream, first) || !first.starts_with(mark))
      throw std::runtime_error(entry.path().string() + " does not say what to expect");
    first.erase(0, mark.size());
    const std::size_t colon = first.find(':');
    const std::string line = colon == std::string::npos ? "" : first.substr(colon);
    fixtures.push_back({entry.path(), first.substr(0, colon), entry.path().string() + line});
  }
  std::ranges::sort(fixtures, {}, &InvalidFixture::file);
  return fixtures;
}

}  // namespace sfteams::connector::test

#pragma once

#include <regex>
#include <string>

#include <catch2/catch.hpp>

#include "base/settings/edit.h"
#include "base/settings/ini.h"

namespace sfteams::test {

/// The comment that stands above a key of a commented sample, perhaps for several keys.
inline std::string comment_above(const std::string& sample, const settings::Entry& entry) {
  std::string comment;
  std::size_t begin = 0;
  for (int line = 1; line < entry.line; ++line) {
    const std::size_t end = sample.find('\n', begin);
    const std::string here = sample.substr(begin, end - begin);
    begin = end + 1;
    if (here.empty() || here.starts_with('[')) comment.clear();
    if (here.starts_with("# ")) comment += here.substr(1);
  }
  return comment;
}

/// "5 to 3600", as the code refuses a number; empty for a key that takes none. `read` takes an Ini
/// and gives a Result<Configuration>.
template <typename Read>
std::string range_of(const std::string& sample, const settings::Entry& entry, Read read) {
  const Result<std::string> changed =
      settings::set_value(sample, entry.section, entry.key, "-1", "sample.ini");
  REQUIRE(changed);
  const Result<settings::Ini> ini = settings::Ini::parse(*changed, "sample.ini");
  REQUIRE(ini);
  const auto configuration = read(*ini);
  if (configuration) return {};
  static const std::regex kRange("whole number.* from (\\d+) to (\\d+)$");
  std::smatch match;
  const std::string message = configuration.error().message;
  if (!std::regex_search(message, match, kRange)) return {};
  return match[1].str() + " to " + match[2].str();
}

/// Checks that the comments of a sample, all of whose keys are in force, have the ranges of all
/// numbers. Gives how many there are.
template <typename Read>
std::size_t check_ranges(const std::string& sample, Read read) {
  const Result<settings::Ini> ini = settings::Ini::parse(sample, "sample.ini");
  REQUIRE(ini);
  std::size_t numbers = 0;
  for (const settings::Entry& entry : ini->entries()) {
    const std::string range = range_of(sample, entry, read);
    if (range.empty()) continue;
    ++numbers;
    const std::string comment = comment_above(sample, entry);
    CAPTURE(entry.section, entry.key, range, comment);
    CHECK(comment.find(range) != std::string::npos);
  }
  return numbers;
}

}  // namespace sfteams::test

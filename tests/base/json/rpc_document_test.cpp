#include <algorithm>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/json/rpc_codes.h"

// The table of errors in docs/protocol.md, against the one in base/json/rpc_codes.cpp.

namespace sfteams::json::rpc {
namespace {

std::ifstream open(const char* file) {
  std::ifstream stream(std::string(SFTEAMS_SOURCE_DIR) + "/" + file);
  REQUIRE(stream);
  return stream;
}

/// Code → number; "uci.xml-" of `uci.xml-…`, which stands for several.
std::map<std::string, int> documented() {
  std::map<std::string, int> found;
  std::ifstream lines = open("docs/protocol.md");
  static const std::regex kRow(R"(\| (-32\d{3}) \| (`[^|]+) \| .*)");
  static const std::regex kCode("`([a-z]+\\.[a-z0-9-]+)(?:…)?`");
  for (std::string line; std::getline(lines, line);) {
    std::smatch row;
    if (!std::regex_match(line, row, kRow)) continue;
    const std::string codes = row[2];
    for (std::sregex_iterator code(codes.begin(), codes.end(), kCode), end; code != end; ++code)
      CHECK(found.emplace((*code)[1], std::stoi(row[1])).second);
  }
  return found;
}

/// Those that docs/errors.md explains, which are all (tests/error).
std::vector<std::string> all_codes() {
  std::vector<std::string> codes;
  std::ifstream lines = open("docs/errors.md");
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| `")) codes.push_back(line.substr(3, line.find('`', 3) - 3));
  }
  return codes;
}

TEST_CASE("the protocol's table of errors has every code that has a number, with that number") {
  const std::map<std::string, int> table = documented();
  REQUIRE(table.size() > 40);
  const auto number_in_table = [&](const std::string& code) {
    const auto row = table.find(code);
    if (row != table.end()) return row->second;
    return code.starts_with("uci.xml-") ? table.at("uci.xml-") : kServerError;
  };
  const std::vector<std::string> codes = all_codes();
  REQUIRE(codes.size() > 200);
  for (const std::string& code : codes) {
    CAPTURE(code);
    CHECK(number_of(code) == number_in_table(code));
  }
}

TEST_CASE("the protocol's table of errors has no code that there is not") {
  const std::vector<std::string> codes = all_codes();
  for (const auto& [code, number] : documented()) {
    CAPTURE(code);
    const bool there =
        std::any_of(codes.begin(), codes.end(), [&wanted = code](const std::string& one) {
          return wanted.ends_with('-') ? one.starts_with(wanted) : one == wanted;
        });
    CHECK(there);
  }
}

}  // namespace
}  // namespace sfteams::json::rpc

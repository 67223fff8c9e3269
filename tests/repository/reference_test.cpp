#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

// docs/errors.md against the codes in the sources.
#include "tests/repository/source_text.h"

namespace sfteams {
namespace {

namespace fs = std::filesystem;

/// "config" → "78", as base/error/error.h says it.
std::map<std::string, std::string> exits() {
  std::map<std::string, std::string> found;
  const std::string text = read_text(fs::path(SFTEAMS_SOURCE_DIR) / "base/error/error.h");
  const std::regex line("\n +(\\w+) = (\\d+),");
  for (std::sregex_iterator match(text.begin(), text.end(), line), end; match != end; ++match)
    found[(*match)[1]] = (*match)[2];
  return found;
}

bool lists_codes(const fs::path& file) {
  const std::string name = file.filename().string();
  return name == "codes.h" || name == "rpc_codes.h";
}

/// Code → exit status, of every room.
std::map<std::string, std::string> codes_in_sources() {
  const std::map<std::string, std::string> numbers = exits();
  std::map<std::string, std::string> found;
  const std::regex code("Code k\\w+\\{\\s*\"([^\"]+)\"(?:,\\s*Exit::(\\w+))?\\}");
  for (const auto& room : fs::directory_iterator(SFTEAMS_SOURCE_DIR)) {
    if (!room.is_directory() || room.path().filename() == "build") continue;
    for (const auto& file : fs::recursive_directory_iterator(room.path())) {
      if (!lists_codes(file.path())) continue;
      const std::string text = read_text(file.path());
      for (std::sregex_iterator match(text.begin(), text.end(), code), end; match != end; ++match) {
        const std::string exit = (*match)[2].matched ? (*match)[2].str() : "failure";
        INFO((*match)[1].str());
        CHECK(found.emplace((*match)[1], numbers.at(exit)).second);
      }
    }
  }
  return found;
}

/// The Teams app's own, which have no exit status.
std::map<std::string, std::string> codes_in_app() {
  const std::string text = read_text(fs::path(SFTEAMS_SOURCE_DIR) / "app/telephony/errors.ts");
  const std::regex code("\\w+: '(telephony\\.[a-z-]+)',");
  std::map<std::string, std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), code), end; match != end; ++match)
    CHECK(found.emplace((*match)[1], "–").second);
  return found;
}

/// Code → exit status, of programs and app.
std::map<std::string, std::string> all_codes() {
  std::map<std::string, std::string> all = codes_in_sources();
  all.merge(codes_in_app());
  return all;
}

struct CodeRow {
  std::string exit;
  std::string english;
  std::string german;
};

std::map<std::string, CodeRow> rows() {
  std::map<std::string, CodeRow> found;
  std::istringstream lines(read_text(fs::path(SFTEAMS_SOURCE_DIR) / "docs/errors.md"));
  const std::regex row(R"(\| `([^`]+)` \| (\d+|–) \| ([^|]+) \| ([^|]+) \|)");
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `")) continue;
    INFO(line);
    std::smatch match;
    REQUIRE(std::regex_match(line, match, row));
    CHECK(found.emplace(match[1], CodeRow{match[2], match[3], match[4]}).second);
  }
  return found;
}

}  // namespace

TEST_CASE("every code stands in the reference once, with its exit status and in both languages") {
  const std::map<std::string, std::string> codes = all_codes();
  const std::map<std::string, CodeRow> known = rows();
  REQUIRE(codes.size() > 200);
  REQUIRE(codes_in_app().size() > 7);
  for (const auto& [code, exit] : codes) {
    INFO(code);
    const auto row = known.find(code);
    REQUIRE(row != known.end());
    CHECK(row->second.exit == exit);
    CHECK(row->second.english.size() > 10);
    CHECK(row->second.german.size() > 10);
    CHECK(row->second.english != row->second.german);
  }
}

TEST_CASE("the reference has no code that is no more") {
  const std::map<std::string, std::string> codes = all_codes();
  for (const auto& [code, row] : rows()) {
    INFO(code);
    CHECK(codes.contains(code));
  }
}

}  // namespace sfteams

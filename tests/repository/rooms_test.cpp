#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

// docs/architecture.md against what the sources include and what is linked.
#include "tests/repository/source_text.h"

namespace sfteams {
namespace {

namespace fs = std::filesystem;
using Rooms = std::set<std::string>;

Rooms words(const std::string& text) {
  std::istringstream stream(text);
  Rooms found;
  for (std::string word; stream >> word;)
    found.insert(word);
  return found;
}

struct RoomRow {
  std::string room;  ///< "agent/pbx"
  Rooms may_enter;   ///< without base/error, which everybody may
};

/// From the uppermost room to the lowest.
std::vector<RoomRow> table() {
  std::vector<RoomRow> rows;
  std::istringstream lines(read_text(kRoot / "docs/architecture.md"));
  const std::regex any("^\\| `[^`]+/` \\|.*");
  const std::regex row(R"(\| `([a-z/]+)/` \| ([a-z/ ]*)\| .*)");
  for (std::string line; std::getline(lines, line);) {
    if (!std::regex_match(line, any)) continue;
    INFO(line);
    std::smatch match;
    REQUIRE(std::regex_match(line, match, row));
    rows.push_back({match[1], words(match[2])});
  }
  return rows;
}

/// The innermost room that a path stands in; empty for "tests/…" and what else is in none.
std::string room_of(const fs::path& relative, const std::vector<RoomRow>& rows) {
  const std::string path = relative.generic_string();
  std::string found;
  for (const RoomRow& row : rows)
    if (path.starts_with(row.room + "/") && row.room.size() > found.size()) found = row.room;
  return found;
}

bool is_source(const fs::path& file) {
  return file.extension() == ".cpp" || file.extension() == ".h";
}

Rooms entered_by_sources(const std::string& room, const std::vector<RoomRow>& rows) {
  Rooms found;
  static const std::regex kInclude("#include \"([a-z_]+/[a-z0-9_/]+\\.h)\"");
  for (const auto& file : fs::recursive_directory_iterator(kRoot / room)) {
    if (!is_source(file.path())) continue;
    if (room_of(fs::relative(file.path(), kRoot), rows) != room) continue;
    const std::string text = read_text(file.path());
    for (std::sregex_iterator match(text.begin(), text.end(), kInclude), end; match != end; ++match)
      found.insert(room_of((*match)[1].str(), rows));
  }
  found.erase(room);
  found.erase("base/error");
  return found;
}

// What is linked is this table, too: cmake/Room.cmake reads it.
TEST_CASE("every room enters just the rooms that the architecture lets it enter") {
  const std::vector<RoomRow> rows = table();
  REQUIRE(rows.size() > 25);
  for (const RoomRow& row : rows) {
    INFO(row.room);
    CHECK(entered_by_sources(row.room, rows) == row.may_enter);
  }
}

TEST_CASE("every room stands in the architecture above those that it may enter") {
  Rooms below;
  const std::vector<RoomRow> rows = table();
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    INFO(row->room);
    CHECK(std::ranges::includes(below, row->may_enter));
    CHECK(below.insert(row->room).second);
  }
}

TEST_CASE("every source of the product stands in a room") {
  const std::vector<RoomRow> rows = table();
  const Rooms others{"bench", "build", "tests"};
  std::size_t sources = 0;
  for (const auto& directory : fs::directory_iterator(kRoot)) {
    const std::string name = directory.path().filename().string();
    if (!directory.is_directory() || name.starts_with('.') || others.contains(name)) continue;
    for (const auto& file : fs::recursive_directory_iterator(directory.path())) {
      if (!is_source(file.path())) continue;
      const fs::path relative = fs::relative(file.path(), kRoot);
      INFO(relative.string());
      CHECK(!room_of(relative, rows).empty());
      ++sources;
    }
  }
  CHECK(sources > 400);
}

}  // namespace
}  // namespace sfteams

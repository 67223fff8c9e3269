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

namespace sfteams {
namespace {

namespace fs = std::filesystem;
using Rooms = std::set<std::string>;

const fs::path kRoot = SFTEAMS_SOURCE_DIR;

std::string content(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

Rooms words(const std::string& text) {
  std::istringstream stream(text);
  Rooms found;
  for (std::string word; stream >> word;)
    found.insert(word);
  return found;
}

struct Row {
  std::string room;  ///< "uci/simulator"
  Rooms may_enter;   ///< without error, which everybody may
};

/// From the uppermost room to the lowest.
std::vector<Row> table() {
  std::vector<Row> rows;
  std::istringstream lines(content(kRoot / "docs/architecture.md"));
  const std::regex row(R"(\| `([a-z/]+)/` \| ([a-z ]*)\| .*)");
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, row)) rows.push_back({match[1], words(match[2])});
  }
  return rows;
}

/// "tests/" is none, and what is in "uci/simulator/" is not in "uci/".
std::string room_of(const fs::path& relative) {
  const std::string path = relative.generic_string();
  if (path.starts_with("uci/simulator/")) return "uci/simulator";
  return path.substr(0, path.find('/'));
}

Rooms entered_by_sources(const std::string& room) {
  Rooms found;
  static const std::regex kInclude("#include \"([a-z_]+/[a-z0-9_/]+\\.h)\"");
  for (const auto& file : fs::recursive_directory_iterator(kRoot / room)) {
    const fs::path extension = file.path().extension();
    if (extension != ".cpp" && extension != ".h") continue;
    if (room_of(fs::relative(file.path(), kRoot)) != room) continue;
    const std::string text = content(file.path());
    for (std::sregex_iterator match(text.begin(), text.end(), kInclude), end; match != end; ++match)
      found.insert(room_of((*match)[1].str()));
  }
  found.erase(room);
  found.erase("error");
  return found;
}

Rooms linked(const std::string& room) {
  Rooms found;
  const std::string text = content(kRoot / room / "CMakeLists.txt");
  static const std::regex kRooms(R"(\bROOMS ([a-z\s]+))");
  for (std::sregex_iterator match(text.begin(), text.end(), kRooms), end; match != end; ++match)
    found.merge(words((*match)[1]));
  found.erase(room.substr(room.rfind('/') + 1));
  found.erase("error");
  return found;
}

TEST_CASE("every room enters the rooms that the architecture lets it enter, and links these") {
  const std::vector<Row> rows = table();
  REQUIRE(rows.size() > 15);
  for (const Row& row : rows) {
    INFO(row.room);
    CHECK(entered_by_sources(row.room) == row.may_enter);
    CHECK(linked(row.room) == row.may_enter);
  }
}

TEST_CASE("every room stands in the architecture, above those that it may enter") {
  const std::vector<Row> rows = table();
  Rooms below;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    INFO(row->room);
    CHECK(std::ranges::includes(below, row->may_enter));
    CHECK(below.insert(row->room).second);
  }
  for (const auto& directory : fs::directory_iterator(kRoot)) {
    const std::string name = directory.path().filename().string();
    if (content(directory.path() / "CMakeLists.txt").find("sfteams_room(") == std::string::npos)
      continue;
    INFO(name);
    CHECK(below.contains(name));
  }
}

}  // namespace
}  // namespace sfteams

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/repository/source_text.h"

// Files and tests that comments and documents name, against those that there are.

namespace sfteams {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string, std::less<>>;

const fs::path kRoot = SFTEAMS_SOURCE_DIR;

/// Paths of the project's files, from its root on, and the files' names alone.
class Files {
 public:
  Files() {
    for (const fs::path& file : files_below(kRoot)) {
      const fs::path relative = fs::relative(file, kRoot);
      paths_.insert(relative.generic_string());
      names_.insert(relative.filename().string());
    }
  }

  /// A path from the root, from the file that names it, or the mere name of a file.
  [[nodiscard]] bool has(const std::string& path, const fs::path& named_in) const {
    if (paths_.contains(path)) return true;
    if (path.find('/') == std::string::npos) return names_.contains(path);
    const fs::path beside = fs::relative(named_in.parent_path(), kRoot) / path;
    return paths_.contains(beside.lexically_normal().generic_string());
  }

 private:
  Names paths_;
  Names names_;
};

/// Files of others.
const Names kForeign{"sysexits.h", "xmlrpc.com/spec.md", "docs/01-Protocol-Versions/Version4.md"};

bool belongs_to_path(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("_-./").find(c) != std::string_view::npos;
}

/// Words such as "agent/uplink/link.h", "uci.md": sources and documents.
std::vector<std::string> paths_in(std::string_view text) {
  constexpr std::array<std::string_view, 4> kEnds{".h", ".cpp", ".md", ".js"};
  std::vector<std::string> found;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && belongs_to_path(text[end]))
      ++end;
    std::string_view word = text.substr(at, end - at);
    const bool whole = at == 0 || std::string_view("*~$").find(text[at - 1]) == text.npos;
    at = end + 1;
    while (word.ends_with('.'))
      word.remove_suffix(1);
    const bool file = std::ranges::any_of(kEnds, [&](std::string_view ending) {
      return word.ends_with(ending) && word.size() > ending.size();
    });
    if (file && whole && !word.starts_with('/') && !word.starts_with('.') &&
        word.find("//") == word.npos)
      found.emplace_back(word);
  }
  return found;
}

/// The names of all test cases of C++.
Names test_cases() {
  Names names;
  for (const fs::path& file : source_files(kRoot / "tests")) {
    const std::string code = read_source(file).code;
    for (std::size_t at = code.find("TEST_CASE("); at != std::string::npos;
         at = code.find("TEST_CASE(", at + 1)) {
      std::string name;
      std::size_t place = at + 10;
      // Literals that stand behind each other are one.
      while ((place = code.find_first_not_of(" \n", place)) != std::string::npos &&
             code[place] == '"') {
        for (++place; code[place] != '"'; ++place) {
          if (code[place] == '\\') ++place;
          name += code[place];
        }
        ++place;
      }
      names.insert(name);
    }
  }
  return names;
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, at);) {
    const std::size_t begin = std::min(part.find_first_not_of(' '), part.size());
    parts.push_back(part.substr(begin, part.find_last_not_of(' ') + 1 - begin));
  }
  return parts;
}

TEST_CASE("comments name no file that there is not") {
  const Files files;
  std::size_t named = 0;
  for (const fs::path& file : source_files(kRoot)) {
    INFO(fs::relative(file, kRoot).generic_string());
    for (const std::string& comment : read_source(file).comments) {
      INFO(comment);
      for (const std::string& path : paths_in(comment)) {
        if (kForeign.contains(path)) continue;
        ++named;
        INFO(path);
        CHECK(files.has(path, file));
      }
    }
  }
  CHECK(named > 100);
}

TEST_CASE("documents name no source and no document that there is not") {
  const Files files;
  for (const fs::path& file : files_below(kRoot)) {
    if (file.extension() != ".md") continue;
    INFO(fs::relative(file, kRoot).generic_string());
    std::istringstream lines(read_text(file));
    for (std::string line; std::getline(lines, line);) {
      INFO(line);
      for (const std::string& path : paths_in(line)) {
        if (kForeign.contains(path)) continue;
        INFO(path);
        CHECK(files.has(path, file));
      }
    }
  }
}

TEST_CASE("the tests that docs/transport.md names are there") {
  const Names tests = test_cases();
  REQUIRE(tests.size() > 500);
  std::istringstream lines(read_text(kRoot / "docs/transport.md"));
  std::size_t named = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::vector<std::string> cells = split(line, '|');
    // An empty one before the first bar.
    if (cells.size() != 5 || cells[4] == "test" || cells[4].starts_with('-')) continue;
    for (const std::string& name : split(cells[4], ';')) {
      ++named;
      INFO(name);
      CHECK(tests.contains(name));
    }
  }
  CHECK(named > 80);
}

}  // namespace
}  // namespace sfteams

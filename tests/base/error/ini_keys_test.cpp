#include <cctype>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "tests/repository/source_text.h"

// Keys of the configurations as the documents name them, against the packaged samples. Those have
// every key that the programs read (tests/agent, tests/connector).

namespace sfteams {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = SFTEAMS_SOURCE_DIR;

/// "[limits] sessions", of a sample or of a block of INI in a document.
class IniLines {
 public:
  /// The key that a line sets, commented out or not, with its section; empty: none.
  std::string take(std::string_view line) {
    if (line.starts_with('[')) section_ = line.substr(0, line.find(']') + 1);
    if (line.starts_with(';')) line.remove_prefix(1);
    std::size_t end = 0;
    while (end < line.size() &&
           (std::islower(static_cast<unsigned char>(line[end])) != 0 || line[end] == '-'))
      ++end;
    if (end == 0 || !line.substr(end).starts_with(" =")) return {};
    return section_ + " " + std::string(line.substr(0, end));
  }

 private:
  std::string section_;
};

class Keys {
 public:
  Keys() {
    for (const char* sample : {"packaging/agent.ini", "packaging/connector.ini"}) {
      IniLines ini;
      std::istringstream lines(read_text(kRoot / sample));
      for (std::string line; std::getline(lines, line);) {
        const std::string key = ini.take(line);
        if (key.empty()) continue;
        keys_.insert(key);
        sections_.insert(key.substr(0, key.find(' ')));
      }
    }
  }

  [[nodiscard]] std::size_t size() const { return keys_.size(); }
  [[nodiscard]] bool has(const std::string& key) const { return keys_.contains(key); }
  [[nodiscard]] bool has_section(const std::string& key) const {
    return sections_.contains(key.substr(0, key.find(' ')));
  }

 private:
  std::set<std::string> keys_;
  std::set<std::string> sections_;
};

/// The keys in a line's spans of code: `[uci] url`, `[uci] enabled = yes`.
std::set<std::string> keys_in_spans(const std::string& line) {
  std::set<std::string> found;
  for (std::size_t at = line.find("`["); at != std::string::npos; at = line.find("`[", at + 1)) {
    const std::string span = line.substr(at + 1, line.find('`', at + 1) - at - 1);
    const std::size_t close = span.find("] ");
    if (close == std::string::npos) continue;
    const std::string key = span.substr(0, span.find(" =", close + 2));
    if (key.find(' ', close + 2) == std::string::npos) found.insert(key);
  }
  return found;
}

TEST_CASE("the documents name no key of a configuration that there is not") {
  const Keys keys;
  REQUIRE(keys.size() > 60);
  std::size_t named = 0;
  for (const fs::path& file : files_below(kRoot)) {
    if (file.extension() != ".md") continue;
    INFO(fs::relative(file, kRoot).generic_string());
    std::istringstream lines(read_text(file));
    IniLines ini;
    bool block = false;
    for (std::string line; std::getline(lines, line);) {
      INFO(line);
      if (line.starts_with("```")) block = line == "```ini";
      std::set<std::string> here = keys_in_spans(line);
      if (const std::string key = block ? ini.take(line) : ""; !key.empty()) here.insert(key);
      for (const std::string& key : here) {
        if (!keys.has_section(key)) continue;
        ++named;
        INFO(key);
        CHECK(keys.has(key));
      }
    }
  }
  CHECK(named > 50);
}

}  // namespace
}  // namespace sfteams

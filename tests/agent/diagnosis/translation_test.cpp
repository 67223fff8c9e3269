#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

// agent/admin/page/german.js against what the sources say().

namespace sfteams::diagnosis {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// One string or several behind each other, as C++ and JavaScript write them.
std::string unquoted(const std::string& literals) {
  std::string text;
  static const std::regex kLiteral(R"re("((?:[^"\\]|\\.)*)")re");
  for (std::sregex_iterator match(literals.begin(), literals.end(), kLiteral), end; match != end;
       ++match)
    text += std::regex_replace((*match)[1].str(), std::regex(R"(\\(.))"), "$1");
  return text;
}

std::set<std::string> patterns_in_sources() {
  std::set<std::string> found;
  const std::regex said(R"re(\bsaid\(\s*((?:"(?:[^"\\\n]|\\.)*"\s*)+))re");
  for (const auto& file :
       fs::recursive_directory_iterator(fs::path(SFTEAMS_SOURCE_DIR) / "agent")) {
    // Where verbatim() is made.
    if (file.path().extension() != ".cpp" || file.path().stem() == "sentence") continue;
    const std::string text = content(file.path());
    for (std::sregex_iterator match(text.begin(), text.end(), said), end; match != end; ++match)
      found.insert(unquoted((*match)[1]));
  }
  return found;
}

std::map<std::string, std::string> translations() {
  std::map<std::string, std::string> found;
  const std::string text = content(fs::path(SFTEAMS_SOURCE_DIR) / "agent/admin/page/german.js");
  const std::regex line(R"re(\n  ("(?:[^"\\]|\\.)*"): ("(?:[^"\\]|\\.)*"),)re");
  for (std::sregex_iterator match(text.begin(), text.end(), line), end; match != end; ++match)
    CHECK(found.emplace(unquoted((*match)[1]), unquoted((*match)[2])).second);
  return found;
}

std::multiset<std::string> gaps(const std::string& pattern) {
  static const std::regex kGap(R"(\{\d\})");
  return {std::sregex_token_iterator(pattern.begin(), pattern.end(), kGap),
          std::sregex_token_iterator()};
}

TEST_CASE("whatever the diagnosis and a reload can say is there in German, with the same gaps") {
  const std::set<std::string> said = patterns_in_sources();
  const std::map<std::string, std::string> german = translations();
  CHECK(said.size() > 50);
  for (const std::string& pattern : said) {
    INFO(pattern);
    const auto translation = german.find(pattern);
    REQUIRE(translation != german.end());
    CHECK(translation->second != pattern);
    CHECK(gaps(translation->second) == gaps(pattern));
  }
  for (const auto& [pattern, translation] : german) {
    INFO(pattern);
    CHECK(said.contains(pattern));
  }
}

}  // namespace
}  // namespace sfteams::diagnosis

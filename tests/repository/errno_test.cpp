#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

// errno is gone as soon as anything else has been called (base/error/system_error.h).

namespace sfteams {
namespace {

/// Uses of errno in a source's text that another call may have overtaken.
std::vector<std::string> doubtful_uses(const std::string& text) {
  // As an argument: alone, or beside plain names. A call or a literal beside it may come first.
  static const std::regex kArgument(R"([(,]\s*errno\s*[,)])");
  static const std::regex kHarmless(R"((\w+)\(([\w., ]*, )?errno(, [\w., ]*)?\))");
  // Turned into a text where it stands; and the texts that tempt to it.
  static const std::regex kText(
      R"(\b(strerror|message|system_message|error_code)\s*\(\s*errno|\bstrerror\s*\(|generic_category\(\)\.message)");
  std::vector<std::string> found;
  std::string rest = std::regex_replace(text, kHarmless, "$1(…)");
  for (std::sregex_iterator at(rest.begin(), rest.end(), kArgument), end; at != end; ++at)
    found.push_back(at->str());
  for (std::sregex_iterator at(text.begin(), text.end(), kText), end; at != end; ++at)
    found.push_back(at->str());
  return found;
}

TEST_CASE("the search for overtaken errno finds what it is for") {
  CHECK(doubtful_uses("fail(code, file.string() + std::strerror(errno), hint(file))").size() >= 1);
  CHECK(doubtful_uses("unusable(file, errno, hint_about(file))").size() == 1);
  CHECK(doubtful_uses("return report(system_message(errno));").size() == 1);
  CHECK(doubtful_uses("const int problem = errno;\nreturn not_opened(file, errno);").empty());
  CHECK(doubtful_uses("if (errno == ENOENT) return errno;").empty());
}

TEST_CASE("no source makes a text of errno after another call may have changed it") {
  namespace fs = std::filesystem;
  const fs::path root = SFTEAMS_SOURCE_DIR;
  std::size_t sources = 0;
  for (const auto& room : fs::directory_iterator(root)) {
    const std::string name = room.path().filename().string();
    if (!room.is_directory() || name == "build" || name == "tests" || name.starts_with('.'))
      continue;
    for (const auto& file : fs::recursive_directory_iterator(room.path())) {
      const fs::path relative = fs::relative(file.path(), root);
      if (file.path().extension() != ".cpp" && file.path().extension() != ".h") continue;
      if (relative == "base/error/system_error.cpp") continue;
      std::ifstream stream(file.path());
      std::ostringstream text;
      text << stream.rdbuf();
      ++sources;
      INFO(relative.string());
      CHECK(doubtful_uses(text.str()) == std::vector<std::string>{});
    }
  }
  CHECK(sources > 200);
}

}  // namespace
}  // namespace sfteams

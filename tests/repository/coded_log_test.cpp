#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/repository/source_text.h"

// Every failure that is logged as a warning or an error, and every finding of `check` that is not
// OK, has a stable code: docs/errors.md explains it, and people and scripts look for it.

namespace sfteams {
namespace {

namespace fs = std::filesystem;

const fs::path kSources = SFTEAMS_SOURCE_DIR;

/// Lines without a code, by the file and the beginning of their format, each with the reason.
const std::map<std::string, const char*>& without_code() {
  static const std::map<std::string, const char*> listed{
      {"agent/commands/run_command.cpp: {}",
       "transport.no-proxy-entry, described when the configuration was read"},
      {"transport/server_upgrade.cpp: a websocket for {} was accepted without a handler",
       "a mistake of the program, which no user can meet or mend"},
  };
  return listed;
}

/// The arguments of the call whose parenthesis opens at `open`, split at their commas. Literals and
/// what stands in brackets are kept whole.
std::vector<std::string> arguments_at(std::string_view code, std::size_t open) {
  std::vector<std::string> arguments(1);
  int depth = 0;
  bool quoted = false;
  for (std::size_t at = open; at < code.size(); ++at) {
    const char c = code[at];
    if (quoted && c == '\\') {
      arguments.back() += code.substr(at++, 2);
      continue;
    }
    if (c == '"') quoted = !quoted;
    const bool opens = !quoted && std::string_view("({[").find(c) != std::string_view::npos;
    const bool closes = !quoted && std::string_view(")}]").find(c) != std::string_view::npos;
    if (closes && --depth == 0) break;
    if (!quoted && depth == 1 && c == ',') {
      arguments.emplace_back();
    } else if (depth > 0) {
      arguments.back() += c;
    }
    if (opens) ++depth;
  }
  for (std::string& argument : arguments) {
    const std::size_t begin = argument.find_first_not_of(" \n");
    argument.erase(0, std::min(begin, argument.size()));
  }
  return arguments;
}

/// The level of a log::write().
bool is_harmless(const std::string& level) {
  return level.ends_with("Level::info") || level.ends_with("Level::debug") ||
         level.ends_with("Level::trace");
}

/// The formats, or what stands for them, of lines of warnings and errors that have no code.
std::vector<std::string> uncoded_lines(std::string_view code) {
  std::vector<std::string> found;
  for (const std::string_view call :
       {"log::warn(", "log::error(", "log::write(", "log::write_limited("}) {
    for (std::size_t at = code.find(call); at != std::string_view::npos;
         at = code.find(call, at + 1)) {
      const std::vector<std::string> arguments = arguments_at(code, at + call.size() - 1);
      if (is_harmless(arguments.front())) continue;
      const std::string what = arguments.size() > 1 ? arguments[1] : std::string();
      const bool described = std::any_of(arguments.begin(), arguments.end(), [](const auto& text) {
        return text.find("describe(") != std::string::npos;
      });
      // log::warn("area", error) takes an Error; a format is a literal or the name of a constant.
      static const std::regex kFormat(R"(^("|k[A-Z]))");
      const bool takes_error =
          arguments.size() == 2 && !what.empty() && !std::regex_search(what, kFormat);
      if (described || takes_error) continue;
      const std::string text = what.starts_with('"') ? what.substr(1) : what;
      found.push_back(text.substr(0, text.find('"')));
    }
  }
  return found;
}

/// Findings that fail or warn without a code.
std::vector<std::string> uncoded_findings(const std::string& code) {
  static const std::regex kMade(R"(Verdict::(warn|fail),\s*(\{\}|""|std::string\(\)))");
  static const std::regex kSet(R"(verdict = Verdict::(warn|fail);)");
  std::vector<std::string> found;
  for (std::sregex_iterator at(code.begin(), code.end(), kMade), end; at != end; ++at)
    found.push_back(at->str());
  // One that becomes a warning has the code of the failure that it was, or is given one.
  for (std::sregex_iterator at(code.begin(), code.end(), kSet), end; at != end; ++at) {
    const auto place = static_cast<std::size_t>(at->position());
    const std::string before = code.substr(place - std::min<std::size_t>(place, 300), 300);
    const std::string behind = code.substr(place, 120);
    if (before.find("failure(") == std::string::npos &&
        behind.find(".code = ") == std::string::npos)
      found.push_back(at->str());
  }
  return found;
}

TEST_CASE("the search for lines without a code finds them") {
  CHECK(uncoded_lines(R"(log::warn("tls", "it ended, and \"so\"; {}", why);)") ==
        std::vector<std::string>{R"(it ended, and \)"});
  CHECK(uncoded_lines(R"(if (x) return log::error("a", "ended");)").size() == 1);
  CHECK(uncoded_lines(R"(log::error("a", kFormat);)").size() == 1);
  CHECK(uncoded_lines(R"(log::error("a", "{}; next", describe(failure));)").empty());
  CHECK(uncoded_lines(R"(log::warn("a", answer.error());)").empty());
  CHECK(uncoded_lines("log::warn(\"a\",\n  Error{codes::kOne, \"it, ended\", {}});").empty());
  CHECK(uncoded_lines(R"(log::write(level, "a", fmt::format("{}", why));)").size() == 1);
  CHECK(uncoded_lines(R"(log::write(level, "a", describe(failure));)").empty());
  CHECK(uncoded_lines(R"(log::write(log::Level::info, "a", "begun");)").empty());
  CHECK(uncoded_lines(R"(std::cerr << log::error_mark() << "text";)").empty());
}

TEST_CASE("every warning and error in the log has a code") {
  std::map<std::string, const char*> unused = without_code();
  std::size_t sources = 0;
  for (const fs::path& file : source_files(kSources)) {
    const std::string name = fs::relative(file, kSources).generic_string();
    // The stand-in PBX is for developers.
    if (name.starts_with("tests/") || name.starts_with("simulator/") || name.starts_with("bench/"))
      continue;
    ++sources;
    const std::string code = read_source(file).code;
    for (const std::string& line : uncoded_lines(code)) {
      const std::string found = name + ": " + line;
      INFO(found << " — pass an Error of the room's codes.h, or its describe(); what is no failure "
                    "is logged as info");
      CHECK(without_code().contains(found));
      unused.erase(found);
    }
  }
  CHECK(sources > 200);
  for (const auto& [gone, reason] : unused) {
    INFO(gone << " is listed, and not in the source any more");
    CHECK(reason == nullptr);
  }
}

TEST_CASE("the search for findings without a code finds them") {
  CHECK(uncoded_findings(R"(return {step, Verdict::warn, {}, text, next};)").size() == 1);
  CHECK(uncoded_findings(R"(return {step, Verdict::fail, "", text, next};)").size() == 1);
  CHECK(uncoded_findings("f = well(kStep, text);\nf.verdict = Verdict::warn;").size() == 1);
  CHECK(uncoded_findings("f = failure(kStep, error);\nf.verdict = Verdict::warn;").empty());
  CHECK(uncoded_findings("f.verdict = Verdict::warn;\nf.code = codes::kOne.id;").empty());
  CHECK(
      uncoded_findings("return {step, Verdict::fail, std::string(kOne.id), text, next};").empty());
}

// That a warning() has one is a matter of its parameters (agent/diagnosis/step.h).
TEST_CASE("every finding of the diagnosis that is not OK has a code") {
  std::size_t sources = 0;
  for (const fs::path& file : source_files(kSources / "agent")) {
    const std::string code = read_source(file).code;
    if (code.find("Verdict::") != std::string::npos) ++sources;
    INFO(fs::relative(file, kSources).generic_string());
    CHECK(uncoded_findings(code) == std::vector<std::string>{});
  }
  CHECK(sources >= 8);
}

}  // namespace
}  // namespace sfteams

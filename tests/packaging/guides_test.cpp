#include <regex>
#include <sstream>

#include <catch2/catch.hpp>

#include "tests/integration/child_process.h"
#include "tests/packaging/told_by_help.h"

// Whatever command a text shows is one that the programs know.

namespace sfteams::packaging {
namespace {

namespace fs = std::filesystem;

/// The words of a line up to where its command ends, by the shell's quotes.
std::vector<std::string> command_at(const std::string& line) {
  static const std::set<std::string> kEnds{"|", "||", "&&", ";", "#", "&", ">", ">>", "<", "—"};
  std::vector<std::string> words;
  std::string word;
  char quote = 0;
  for (const char c : line + " ") {
    if (quote != 0 || c == '"' || c == '\'') {
      if (c == quote)
        quote = 0;
      else if (quote == 0)
        quote = c;
      else
        word += c;
      continue;
    }
    // Brackets say what may be left out.
    if (c == '[' || c == ']') continue;
    if (c != ' ') {
      word += c;
      continue;
    }
    if (word.empty()) continue;
    // A sentence goes on or ends behind it.
    const bool last = word.size() > 1 && word != "..." &&
                      std::string_view(";),.").find(word.back()) != std::string_view::npos;
    if (last) word.pop_back();
    // "<file" and ">file" end a command, "<NAME>" stands for an argument.
    const bool redirection = (word.front() == '<' && word.back() != '>') || word.front() == '>' ||
                             word.starts_with("2>");
    if (kEnds.contains(word) || redirection) return words;
    words.push_back(std::exchange(word, {}));
    if (last) return words;
  }
  // A quotation that the command did not begin ends with it.
  if (quote != 0 && word.size() > 1) words.push_back(word.substr(0, word.size() - 1));
  return words;
}

/// Every command of ours that begins somewhere in a line where a shell would begin one.
void commands_in(const std::string& line, std::vector<std::vector<std::string>>& commands) {
  static const std::regex kBegin(
      "(^|[$#:;|&] |--? |  |sudo |\\$\\()(starface-[a-z-]+)(?= +[^ —–])");
  for (std::sregex_iterator match(line.begin(), line.end(), kBegin), end; match != end; ++match) {
    if (!is_program((*match)[2])) continue;
    const std::vector<std::string> words =
        command_at(line.substr(static_cast<std::size_t>(match->position(2))));
    // "starface-teams-agent 0.1.0" is what a log says.
    const bool version = words.size() > 1 && std::isdigit(words[1].front()) != 0;
    if (words.size() > 1 && !version) commands.push_back(words);
  }
}

/// The commands that a text shows: in the blocks and spans of code of Markdown, anywhere in others.
std::vector<std::vector<std::string>> commands_of(const fs::path& file) {
  std::vector<std::vector<std::string>> commands;
  std::istringstream lines(
      std::regex_replace(integration::read_file(file), std::regex(R"(\\\n(# )? *)"), ""));
  const bool markdown = file.extension() == ".md";
  bool block = !markdown;
  for (std::string line; std::getline(lines, line);) {
    if (markdown && line.starts_with("```")) {
      block = !block;
    } else if (block) {
      commands_in(line, commands);
    } else {
      static const std::regex kSpan("`([^`]+)`");
      for (std::sregex_iterator span(line.begin(), line.end(), kSpan), end; span != end; ++span)
        commands_in((*span)[1], commands);
    }
  }
  return commands;
}

std::string joined(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words)
    line += (line.empty() ? "" : " ") + word;
  return line;
}

std::string checked(const std::string& line) {
  std::vector<std::vector<std::string>> commands;
  commands_in(line, commands);
  REQUIRE(commands.size() == 1);
  return wrong_with(commands.front());
}

TEST_CASE("every command that the guides, the samples and the packages show is known to --help") {
  const fs::path source = SFTEAMS_SOURCE_DIR;
  std::vector<fs::path> files{source / "README.md"};
  for (const char* directory : {"docs", "packaging", "packaging/debian", "packaging/rpm"})
    for (const auto& entry : fs::directory_iterator(source / directory))
      if (entry.is_regular_file()) files.push_back(entry.path());
  std::size_t all = 0;
  for (const fs::path& file : files) {
    const auto commands = commands_of(file);
    all += commands.size();
    for (const std::vector<std::string>& words : commands) {
      CAPTURE(file.string(), joined(words));
      CHECK(wrong_with(words) == "");
    }
  }
  CHECK(all > 100);
  // So that a change of their form does not hide them.
  CHECK(commands_of(source / "docs/admin-guide.md").size() > 30);
  CHECK(commands_of(source / "docs/connector-guide.md").size() > 10);
}

TEST_CASE("the guides in both languages show the same commands") {
  const fs::path docs = fs::path(SFTEAMS_SOURCE_DIR) / "docs";
  CHECK(commands_of(docs / "admin-guide.md") == commands_of(docs / "admin-guide.de.md"));
}

TEST_CASE("a command that no program knows is found out") {
  CHECK(checked("starface-teams-agent key new --grace 24h") == "");
  CHECK(checked("  # sudo starface-teams-agent license add - <muster.license") == "");
  CHECK(checked("x && starface-teams-client --key-file a --user 1 call m 1 2; y") == "");
  CHECK_FALSE(checked("starface-teams-agent key nwe").empty());
  CHECK_FALSE(checked("starface-teams-agent key").empty());
  CHECK_FALSE(checked("starface-teams-agent key new --grce 24h").empty());
  CHECK_FALSE(checked("starface-teams-agent key export").empty());
  CHECK_FALSE(checked("starface-teams-agent key export one two").empty());
  CHECK_FALSE(checked("starface-teams-agent status --grace 1h").empty());
  CHECK_FALSE(checked("starface-teams-connector enroll").empty());
}

}  // namespace
}  // namespace sfteams::packaging

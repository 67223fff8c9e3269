#include <regex>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>

#include "tests/integration/child_process.h"

// A manual page and --help tell of the same commands and options.

namespace sfteams::packaging {
namespace {

using Words = std::set<std::string>;

struct Program {
  std::string name;
  std::string section;
};

std::string help(const std::string& program, const std::string& command) {
  const integration::ScratchDirectory scratch;
  std::vector<std::string> arguments;
  std::istringstream words(command);
  for (std::string word; words >> word;)
    arguments.push_back(word);
  arguments.emplace_back("--help");
  const auto finished = integration::run(std::filesystem::path(SFTEAMS_BIN_DIR) / program,
                                         {arguments, scratch.path() / "help", "", {}});
  REQUIRE(finished.status == 0);
  return finished.out;
}

/// What begins the entries under "Options:", "Subcommands:" and so on of a text by --help.
Words entries(const std::string& help, const std::string& heading) {
  Words found;
  std::istringstream lines(help);
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(" ")) inside = line == heading;
    const std::size_t start = line.find_first_not_of(' ');
    if (inside && start == 2) found.insert(line.substr(2, line.find(' ', 2) - 2));
  }
  return found;
}

struct Spoken {
  Words commands;  ///< "key new": those that do something
  Words options;   ///< "--grace"
};

void listen(const std::string& program, const std::string& command, Spoken& spoken) {
  const std::string text = help(program, command);
  for (const std::string& option : entries(text, "Options:"))
    spoken.options.insert(option.substr(option.find("--")));
  const Words below = entries(text, "Subcommands:");
  if (below.empty() && !command.empty()) spoken.commands.insert(command);
  for (const std::string& word : below)
    listen(program, command.empty() ? word : command + " " + word, spoken);
}

/// A page's text without the marks of roff.
std::string page(const Program& program) {
  std::string text =
      integration::read_file(std::filesystem::path(SFTEAMS_SOURCE_DIR) / "packaging/man" /
                             (program.name + "." + program.section + ".in"));
  REQUIRE_FALSE(text.empty());
  text = std::regex_replace(text, std::regex(R"(\\-)"), "-");
  text = std::regex_replace(text, std::regex(R"(\\f[BIR])"), "");
  return std::regex_replace(text, std::regex("\""), "");
}

/// The first lines of the entries under "COMMANDS", with what follows the command.
std::vector<std::string> command_entries(const std::string& page) {
  std::vector<std::string> found;
  std::istringstream lines(page);
  bool inside = false;
  std::string before;
  for (std::string line; std::getline(lines, line); before = line) {
    if (line.starts_with(".SH")) inside = line == ".SH COMMANDS";
    if (inside && before == ".TP") found.push_back(line.substr(line.find(' ') + 1));
  }
  return found;
}

/// The command that an entry is of: the longest that it begins with.
std::string command_of(const std::string& entry, const Words& commands) {
  std::string longest;
  for (const std::string& command : commands) {
    const bool whole = (entry + " ").starts_with(command + " ");
    if (whole && command.size() > longest.size()) longest = command;
  }
  return longest;
}

TEST_CASE("every command and option of --help stands in the manual page, and nothing else does") {
  const auto program =
      GENERATE(Program{"starface-teams-agent", "8"}, Program{"starface-teams-connector", "8"},
               Program{"starface-teams-client", "1"}, Program{"starface-teams-keygen", "1"});
  CAPTURE(program.name);
  Spoken spoken;
  listen(program.name, "", spoken);
  REQUIRE(spoken.options.contains("--help"));
  const std::string text = page(program);

  Words told;
  for (const std::string& entry : command_entries(text)) {
    CAPTURE(entry);
    const std::string command = command_of(entry, spoken.commands);
    CHECK_FALSE(command.empty());
    told.insert(command);
  }
  CHECK(told == spoken.commands);

  Words options;
  const std::regex option("--[a-z][a-z-]*");
  for (std::sregex_iterator match(text.begin(), text.end(), option), end; match != end; ++match)
    options.insert(match->str());
  // systemd's, in examples.
  options.erase("--now");
  CHECK(options == spoken.options);
}

TEST_CASE("every exit status of --help stands in the manual page") {
  const auto program =
      GENERATE(Program{"starface-teams-agent", "8"}, Program{"starface-teams-connector", "8"},
               Program{"starface-teams-client", "1"}, Program{"starface-teams-keygen", "1"});
  CAPTURE(program.name);
  const std::string text = page(program);
  const std::string statuses = text.substr(text.find(".SH EXIT STATUS"));
  const std::string told = help(program.name, "");
  const std::string summary = told.substr(told.find("Exit status:"));
  const std::regex number("\\b[0-9]+\\b");
  int count = 0;
  for (std::sregex_iterator match(summary.begin(), summary.end(), number), end; match != end;
       ++match, ++count) {
    CAPTURE(match->str());
    CHECK(std::regex_search(statuses, std::regex("\\b" + match->str() + "\\b")));
  }
  CHECK(count > 3);
}

}  // namespace
}  // namespace sfteams::packaging

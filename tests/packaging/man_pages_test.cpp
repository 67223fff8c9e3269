#include <map>
#include <regex>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>

#include "tests/integration/child_process.h"
#include "tests/packaging/told_by_help.h"

// A manual page and --help tell of the same commands and options.

namespace sfteams::packaging {
namespace {

using Words = std::set<std::string>;

struct Program {
  std::string name;
  std::string section;
};

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
  std::map<std::string, Words> commands;  ///< "key new", with its own options: "--grace"
  Words options;                          ///< all of them
};

Words options_in(const std::string& text) {
  Words options;
  const std::regex option("--[a-z][a-z-]*");
  for (std::sregex_iterator match(text.begin(), text.end(), option), end; match != end; ++match)
    options.insert(match->str());
  return options;
}

void listen(const std::string& program, const std::string& command, Spoken& spoken) {
  const std::string text = help_text(program, command);
  Words options;
  for (const std::string& option : entries(text, "Options:"))
    options.merge(options_in(option));
  spoken.options.insert(options.begin(), options.end());
  options.erase("--help");
  const Words below = entries(text, "Subcommands:");
  if (below.empty() && !command.empty()) spoken.commands[command] = options;
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
std::string command_of(const std::string& entry, const Spoken& spoken) {
  std::string longest;
  for (const auto& [command, options] : spoken.commands) {
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
    const std::string command = command_of(entry, spoken);
    REQUIRE_FALSE(command.empty());
    CHECK(options_in(entry) == spoken.commands[command]);
    told.insert(command);
  }
  for (const auto& [command, options] : spoken.commands) {
    CAPTURE(command);
    CHECK(told.contains(command));
  }

  Words options = options_in(text);
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
  const std::string told = help_text(program.name, "");
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

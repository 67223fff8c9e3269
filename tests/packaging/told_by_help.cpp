#include "tests/packaging/told_by_help.h"

#include <limits>
#include <sstream>
#include <stdexcept>

#include "tests/integration/child_process.h"

namespace sfteams::packaging {
namespace {

const std::set<std::string> kPrograms{"starface-teams-agent", "starface-teams-connector",
                                      "starface-teams-client", "starface-teams-keygen",
                                      "starface-uci-simulator"};

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::istringstream stream(text);
  for (std::string word; stream >> word;)
    words.push_back(word);
  return words;
}

/// One line below a heading: "  --grace TIME Excludes: --revoke   what it is for".
void take(const std::string& heading, const std::string& line, ToldByHelp& told) {
  const std::size_t description = line.find("  ", 2);
  const std::vector<std::string> words = words_of(line.substr(0, description));
  const std::string& name = words.front();
  if (heading == "Subcommands:") told.commands.insert(name);
  if (heading == "Options:") {
    const bool value = words.size() > 1 && words[1] != "REQUIRED" && words[1] != "Excludes:" &&
                       words[1] != "Needs:";
    told.options[name.substr(name.find("--"))] = value;
  }
  if (heading != "Positionals:") return;
  for (const std::string& word : words)
    if (word == "REQUIRED") ++told.least;
  const bool many = words.back() == "...";
  told.most = many ? std::numeric_limits<std::size_t>::max() : told.most + 1;
}

ToldByHelp read(const std::string& text) {
  ToldByHelp told;
  std::istringstream lines(text);
  std::string heading;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(" ")) heading = line;
    if (line.find_first_not_of(' ') == 2) take(heading, line, told);
  }
  return told;
}

}  // namespace

std::string help_text(const std::string& program, const std::string& command) {
  const integration::ScratchDirectory scratch;
  std::vector<std::string> arguments = words_of(command);
  arguments.emplace_back("--help");
  const auto finished = integration::run(std::filesystem::path(SFTEAMS_BIN_DIR) / program,
                                         {arguments, scratch.path() / "help", "", {}});
  if (finished.status != 0) throw std::runtime_error(program + " " + command + ": no help");
  return finished.out;
}

const ToldByHelp& told_by_help(const std::string& program, const std::string& command) {
  static std::map<std::string, ToldByHelp> known;
  const std::string key = program + " " + command;
  const auto found = known.find(key);
  if (found != known.end()) return found->second;
  return known.emplace(key, read(help_text(program, command))).first->second;
}

bool is_program(const std::string& word) {
  return kPrograms.contains(word);
}

std::string wrong_with(const std::vector<std::string>& words) {
  const std::string& program = words.front();
  std::string command;
  // Of the program itself and of every command on the way.
  std::map<std::string, bool> options = told_by_help(program, "").options;
  std::size_t given = 0;
  const auto told = [&]() -> const ToldByHelp& { return told_by_help(program, command); };
  for (std::size_t at = 1; at < words.size(); ++at) {
    const std::string& word = words[at];
    // What stands for anything.
    if (word == "…" || word == "...") return {};
    if (word.starts_with("--")) {
      const std::size_t equals = word.find('=');
      const auto option = options.find(word.substr(0, equals));
      if (option == options.end()) return "there is no option " + word;
      if (option->first == "--help" || option->first == "--version") return {};
      if (option->second && equals == std::string::npos) ++at;
      if (at >= words.size()) return "a value is missing behind " + word;
    } else if (!told().commands.empty()) {
      if (!told().commands.contains(word)) return "\"" + command + "\" has no command " + word;
      command += (command.empty() ? "" : " ") + word;
      for (const auto& [name, value] : told().options)
        options[name] = value;
    } else {
      ++given;
    }
  }
  // The connector alone runs; the others want to be told what to do.
  const bool may_be_bare = command.empty() && program != "starface-teams-agent" &&
                           program != "starface-teams-client" && program != "starface-teams-keygen";
  if (!told().commands.empty() && !may_be_bare) return "\"" + command + "\" lacks its command";
  if (given < told().least) return "\"" + command + "\" lacks an argument";
  if (given > told().most) return "\"" + command + "\" takes no such argument";
  return {};
}

}  // namespace sfteams::packaging

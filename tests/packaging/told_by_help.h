#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace sfteams::packaging {

/// What `PROGRAM COMMAND --help` tells of one command.
struct ToldByHelp {
  std::set<std::string> commands;       ///< those below it
  std::map<std::string, bool> options;  ///< "--grace": whether a value follows
  std::size_t least = 0;                ///< positional arguments that have to be given
  std::size_t most = 0;                 ///< that may be given
};

/// What `PROGRAM COMMAND --help` writes; throws when it fails.
[[nodiscard]] std::string help_text(const std::string& program, const std::string& command);

/// Asks the real program, once for each command; throws when it does not answer. `command` is what
/// stands behind the program: "", "key", "key new".
[[nodiscard]] const ToldByHelp& told_by_help(const std::string& program,
                                             const std::string& command);

/// What is wrong with a command line by what --help tells, such as "key has no command nwe"; empty
/// when nothing is. Values are not looked at. `words`: the program and what follows it.
[[nodiscard]] std::string wrong_with(const std::vector<std::string>& words);

/// Whether that is one of our programs.
[[nodiscard]] bool is_program(const std::string& word);

}  // namespace sfteams::packaging

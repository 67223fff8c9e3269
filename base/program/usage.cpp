#include "base/program/usage.h"

#include <algorithm>

#include <CLI/CLI.hpp>

namespace sfteams::program {
namespace {

/// Longer ones are none of ours.
constexpr std::size_t kLongestWord = 20;

bool looks_like_ours(const std::string& word) {
  return word.size() <= kLongestWord &&
         std::ranges::all_of(word, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

/// The command that was understood up to where it went wrong.
const CLI::App& deepest(const CLI::App& app) {
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty())
    at = at->get_subcommands().front();
  return *at;
}

/// "run, status, key"; empty without subcommands.
std::string commands_of(const CLI::App& app) {
  const auto all = app.get_subcommands([](const CLI::App*) { return true; });
  std::string list;
  for (const CLI::App* command : all) {
    if (!list.empty()) list += ", ";
    list += command->get_name();
  }
  return list;
}

}  // namespace

std::string describe_usage(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& at = deepest(app);
  const std::string below = commands_of(at);
  const std::string of = &at == &app ? "" : " of \"" + at.get_name() + "\"";
  // They are kept with the app that was asked last.
  std::vector<std::string> unknown = app.remaining(true);
  if (!unknown.empty()) {
    const bool option = unknown.front().starts_with('-');
    const std::string kind = option ? "option" : below.empty() ? "argument" : "command";
    const std::string name =
        looks_like_ours(unknown.front()) ? " \"" + unknown.front() + "\"" : " like that";
    return "there is no " + kind + name + (option || below.empty() ? "" : of) +
           (option || below.empty() ? "" : "; those there are: " + below);
  }
  const bool missing = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  if (missing && !below.empty() && at.get_require_subcommand_min() > 0)
    return "a command" + of + " is missing; those there are: " + below;
  return error.what();
}

}  // namespace sfteams::program

#pragma once

#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace sfteams::program {

/// What is wrong with a command line, as a sentence without a full stop, after `app` has refused it
/// with `error`: a word that it does not know, a command that is missing and those there are, or
/// CLI11's own words. Repeats only what looks like a command or an option, because anything else
/// could be a key or a password that was pasted.
[[nodiscard]] std::string describe_usage(const CLI::App& app, const CLI::ParseError& error);

}  // namespace sfteams::program

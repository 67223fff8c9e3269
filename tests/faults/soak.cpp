// Hundreds of sessions, random faults, and afterwards the books of the clients against those of the
// PBX: nothing lost, nothing twice, nothing out of order, nobody refused whose password is right,
// nothing failed that no fault explains, nothing beyond its limit. The same seed gives the same
// faults.

#include <iostream>

#include <CLI/CLI.hpp>

#include "base/log/log.h"
#include "base/program/standard_streams.h"
#include "tests/faults/scenario.h"

namespace {

constexpr int kBroken = 1;
/// The machine does not allow what was asked for; ctest counts it as skipped.
constexpr int kNotAllowed = 77;

}  // namespace

int main(int argc, char** argv) {
  sfteams::program::open_standard_streams();
  sfteams::faults::SoakOptions options;
  CLI::App app{"Sessions under random faults, and whether anything was lost or came twice"};
  app.add_option("--minutes", options.minutes,
                 "at least; up to one more until each kind of fault has come and enough was done")
      ->check(CLI::PositiveNumber);
  app.add_option("--sessions", options.sessions)->check(CLI::PositiveNumber);
  app.add_option("--users", options.users)
      ->check(CLI::Range(1, sfteams::faults::SoakOptions::kMostUsers));
  app.add_option("--seed", options.seed);
  app.add_option("--nodes", options.nodes, "connectors: 1, behind a bad line, or 3 that act as one")
      ->check(CLI::IsMember({1, 3}));
  app.add_option("--faults", options.faults, "all, or only those of the PBX")
      ->check(CLI::IsMember({"all", "pbx"}));
  app.add_option("--refused-login", options.refused_login,
                 "how the PBX turns a wrong password away (docs/simulator.md)");
  app.add_option("--max-turn-ms", options.max_turn_ms,
                 "fail when a turn of a loop took longer; for machines that are not busy otherwise")
      ->check(CLI::PositiveNumber);
  app.add_flag("--trace", options.trace, "say each fault as it begins");
  CLI11_PARSE(app, argc, argv);
  sfteams::log::start(sfteams::log::Level::error);
  try {
    sfteams::faults::Scenario scenario(options);
    return scenario.run() && scenario.judge() ? 0 : kBroken;
  } catch (const sfteams::faults::MachineLacks& error) {
    std::cerr << error.what() << '\n';
    return kNotAllowed;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return kBroken;
  }
}

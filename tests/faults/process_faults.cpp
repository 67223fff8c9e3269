#include "tests/faults/process_faults.h"

#include <csignal>

namespace sfteams::faults {
namespace {

using integration::Installation;
using transport::Duration;

Effect kill_connector(Installation& installation, Dice& dice) {
  installation.connector().signal(SIGKILL);
  static_cast<void>(installation.connector().wait());
  return {Duration(dice.between(0, 3'000)), [&installation] { installation.start_connector(); }};
}

Effect restart_connector(Installation& installation) {
  installation.connector().signal(SIGTERM);
  // The loop goes on turning: the clients have to hear it.
  return {Duration(2'500), [&installation] {
            static_cast<void>(installation.connector().wait());
            installation.start_connector();
          }};
}

Effect kill_agent(Installation& installation, Dice& dice) {
  installation.agent().signal(SIGKILL);
  static_cast<void>(installation.agent().wait());
  return {Duration(dice.between(0, 2'000)), [&installation] { installation.start_agent(); }};
}

}  // namespace

Effect freeze(integration::ChildProcess& process, Gauges& gauges, Gauges::Number number,
              Dice& dice) {
  gauges.stop(number);
  process.signal(SIGSTOP);
  return {Duration(dice.between(200, 7'000)), [&process, &gauges, number] {
            process.signal(SIGCONT);
            gauges.go_on(number);
          }};
}

std::vector<Fault> agent_faults(Installation& installation, Gauges& gauges, Gauges::Number number,
                                Dice& dice) {
  constexpr Troubles kAgent = Trouble::agent_away;
  return {
      {"agent frozen", 3,
       [&, number] { return freeze(installation.agent(), gauges, number, dice); }, kAgent},
      {"agent killed", 1, [&] { return kill_agent(installation, dice); }, kAgent},
  };
}

std::vector<Fault> connector_faults(Installation& installation, Gauges& gauges,
                                    Gauges::Number number, Dice& dice) {
  constexpr Troubles kConnector = Trouble::connector_away;
  return {
      {"connector killed", 3, [&] { return kill_connector(installation, dice); }, kConnector},
      {"connector restarted", 2, [&] { return restart_connector(installation); }, kConnector},
      {"connector frozen", 3,
       [&, number] { return freeze(installation.connector(), gauges, number, dice); }, kConnector},
  };
}

std::vector<Fault> line_faults(Line& line, Dice& dice) {
  const auto cut = [&]() -> Effect {
    line.set({.cut = true});
    return {Duration(dice.between(500, 8'000)), [&line] { line.set({}); }};
  };
  const auto spoil = [&]() -> Effect {
    line.set(
        {Duration(dice.between(5, 80)), Duration(dice.between(0, 80)), dice.between(1, 10), false});
    return {Duration(dice.between(1'000, 6'000)), [&line] { line.set({}); }};
  };
  const auto forget = [&]() -> Effect {
    line.forget_connections();
    return {Duration(dice.between(0, 5'000))};
  };
  return {{"line cut", 3, cut, Trouble::line_bad},
          {"line poor", 3, spoil, Trouble::line_bad},
          {"line forgets connections", 2, forget, Trouble::line_bad}};
}

}  // namespace sfteams::faults

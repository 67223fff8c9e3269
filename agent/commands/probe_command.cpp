#include "agent/commands/probe_command.h"

#include <chrono>
#include <iostream>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "agent/commands/report.h"
#include "agent/commands/report_file.h"
#include "agent/configuration/configuration.h"
#include "agent/probe/probe.h"
#include "agent/probe/report.h"
#include "base/clock/utc_time.h"
#include "base/json/json.h"
#include "base/privileges/acting_as_owner.h"
#include "base/program/version.h"
#include "base/text/line.h"
#include "client/password.h"

namespace sfteams::commands {
namespace {

constexpr std::string_view kWhatItDoes =
    R"(This signs {0} in at the PBX, by the older token and by OAuth, asks what the PBX offers, and
waits for {0}'s phone to be called{1}.
Nothing is changed at the PBX. A PBX that no longer takes the older token may count one wrong
password for this host, another one for a token that is over, and up to three where it does not take
a token that it has given. The PBX may send its events to
one place for each user: take one who is not signed in just now. Ctrl-C ends it with what is known
by then.
)";

constexpr std::string_view kWrongPasswords =
    R"(At the end it sends exactly three wrong passwords of {0}. The PBX may then IGNORE THIS HOST for
ten minutes or a day, for every user of the agent.
)";

/// Not with words that a program reads, and where nobody is there to read them.
bool has_reader(const ProbeOptions& probe) {
  return !probe.json && ::isatty(STDERR_FILENO) == 1;
}

void introduce(const ProbeOptions& probe) {
  const std::string user = text::one_line(probe.user);
  std::cerr << fmt::format(kWhatItDoes, user,
                           probe.wait.count() == 0
                               ? " (skipped: --wait 0)"
                               : fmt::format(", twice, {} s each", probe.wait.count()));
  std::cerr << (probe.wrong_passwords
                    ? fmt::format(kWrongPasswords, user)
                    : std::string("It sends no wrong passwords (that takes --wrong-passwords).\n"));
  std::cerr << std::flush;
}

/// Asks before three wrong passwords are sent; where there is no person, the option has said so.
bool agrees() {
  if (::isatty(STDIN_FILENO) != 1) return true;
  std::cerr << "Send them? Type yes: " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "yes";
}

Result<probe::Outcome> carry_out(const agent::Options& options, const ProbeOptions& probe,
                                 const agent::PbxSettings& uci, crypto::Secret password) {
  // The client's secret is the agent's to read.
  Result<privileges::ActingAsOwner> owner = privileges::ActingAsOwner::of(options.state_directory);
  if (!owner) return fail(owner.error());
  probe::Setup setup{uci, probe.user, std::move(password), probe.wait, probe.wrong_passwords, {}};
  if (has_reader(probe))
    setup.say = [](const std::string& words) { std::cerr << text::one_line(words) << std::endl; };
  return probe::run(std::move(setup));
}

}  // namespace

Exit run_probe(const agent::Options& options, const ProbeOptions& given) {
  ProbeOptions probe = given;
  const Result<agent::Configuration> configuration =
      agent::load_configuration(options.configuration);
  if (!configuration) return report(configuration.error());
  if (!probe.report.empty()) {
    // Before minutes of work, and a person's two calls.
    if (const Result<void> free = check_report_file(probe.report); !free)
      return report(free.error());
  }
  introduce(probe);
  Result<crypto::Secret> password = client::read_password(probe.password_file);
  if (!password) return report(password.error());
  if (probe.wrong_passwords) probe.wrong_passwords = agrees();
  const auto outcome = carry_out(options, probe, configuration->uci, std::move(*password));
  if (!outcome) return report(outcome.error());
  const probe::ReportParts parts{"starface-teams-agent " + std::string(program::version_text()),
                                 clock::utc_text(std::chrono::system_clock::now()),
                                 outcome->pbx_version, probe::settings_text(configuration->uci),
                                 outcome->findings};
  const std::string text = to_text(parts);
  std::cout << (probe.json ? json::write(to_json(parts)) + "\n" : text) << std::flush;
  if (probe.report.empty()) return Exit::ok;
  if (const Result<void> written = write_report_file(probe.report, text); !written)
    return report(written.error());
  if (!probe.json) std::cout << "report: " << probe.report.string() << std::endl;
  return Exit::ok;
}

}  // namespace sfteams::commands

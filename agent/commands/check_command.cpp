#include "agent/commands/check_command.h"

#include <iostream>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "agent/commands/control_client.h"
#include "agent/commands/report.h"
#include "agent/commands/report_file.h"
#include "agent/daemon/codes.h"
#include "agent/diagnosis/report.h"
#include "agent/diagnosis/walk.h"
#include "agent/findings/check_run.h"
#include "base/json/json.h"
#include "base/privileges/acting_as_owner.h"
#include "base/program/version.h"
#include "base/text/line.h"
#include "client/password.h"
#include "transport/loop.h"

namespace sfteams::commands {
namespace {

/// What monitoring takes for "critical".
constexpr int kCritical = 2;

class Check {
 public:
  Check(const agent::Options& options, const CheckOptions& check)
      : options_(options), check_(check) {}

  [[nodiscard]] Result<void> run(std::optional<diagnosis::UserAccess> user) {
    // What the agent's user cannot read, the agent cannot read either.
    Result<privileges::ActingAsOwner> owner =
        privileges::ActingAsOwner::of(options_.state_directory);
    if (!owner) return fail(owner.error());
    Result<std::unique_ptr<transport::Loop>> loop = transport::Loop::create();
    if (!loop) return fail(loop.error());
    Result<std::unique_ptr<transport::Network>> network = transport::Network::create(**loop);
    if (!network) return fail(network.error());
    const auto diagnosis = diagnosis::walk(
        {**network, options_, "starface-teams-agent/" SFTEAMS_VERSION,
         [this](const auto& answer) { answer(ask()); }, std::move(user)},
        {[this](const agent::Finding& finding) { tell(finding); }, [&] { (*loop)->stop(); },
         [this](const agent::Sentence& why) {
           // A program that reads findings waits without a word. A person may read through a pipe.
           if (!check_.json) std::cerr << text::one_line(why.text()) << std::endl;
         }});
    (*loop)->run();
    return {};
  }

  /// As whoever has called: the report goes where that user may write.
  [[nodiscard]] Result<void> write_report() const {
    return write_report_file(
        check_.report,
        diagnosis::report({std::string(program::version_text()), options_.configuration,
                           options_.state_directory, findings_, status_.value_or(Json::Value())}));
  }

  [[nodiscard]] const std::vector<agent::Finding>& findings() const { return findings_; }

 private:
  Result<Json::Value> ask() {
    const Json::Value request = agent::control::write_request(agent::control::kStatus);
    const Result<std::string> line = ask_daemon_for_line(options_, request);
    if (!line) return fail(line.error());
    auto status = agent::control::read_answer(*line);
    if (!status) {
      return fail(agent::codes::kBadControl,
                  "the running agent does not tell how it is: " + status.error().line,
                  "restart it after an update: systemctl restart starface-teams-agent");
    }
    status_ = *status;
    return std::move(*status);
  }

  void tell(const agent::Finding& finding) {
    findings_.push_back(finding);
    std::cout << (check_.json ? json::write(agent::to_json(finding)) + "\n"
                              : diagnosis::to_text(finding))
              << std::flush;
  }

  agent::Options options_;
  CheckOptions check_;
  std::vector<agent::Finding> findings_;
  std::optional<Json::Value> status_;
};

/// Before anything else, because it may be asked for.
Result<std::optional<diagnosis::UserAccess>> trial_user(const CheckOptions& check) {
  if (check.user.empty()) return std::nullopt;
  Result<crypto::Secret> password = client::read_password(check.password_file);
  if (!password) return fail(password.error());
  return diagnosis::UserAccess{check.user, std::move(*password)};
}

}  // namespace

int run_check(const agent::Options& options, const CheckOptions& check) {
  // Nothing is logged: what is worth knowing is a finding.
  Result<std::optional<diagnosis::UserAccess>> user = trial_user(check);
  if (!user) return static_cast<int>(report(user.error()));
  Check run(options, check);
  if (const Result<void> done = run.run(std::move(*user)); !done) {
    static_cast<void>(report(done.error()));
    return kCritical;
  }
  if (!check.json) std::cout << diagnosis::summary(run.findings()) << std::endl;
  if (!check.report.empty()) {
    if (const Result<void> written = run.write_report(); !written) {
      static_cast<void>(report(written.error()));
      return static_cast<int>(written.error().code.exit);
    }
    if (!check.json) std::cout << "report: " << check.report.string() << std::endl;
  }
  return diagnosis::exit_status(run.findings());
}

}  // namespace sfteams::commands

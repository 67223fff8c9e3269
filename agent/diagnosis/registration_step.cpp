#include "agent/diagnosis/registration_step.h"

#include <utility>

#include "agent/daemon/codes.h"
#include "agent/diagnosis/client_work.h"
#include "agent/diagnosis/codes.h"
#include "agent/diagnosis/ends_once.h"
#include "agent/diagnosis/registration.h"
#include "agent/state/codes.h"
#include "base/json/json.h"
#include "base/json/view.h"
#include "client/connection.h"
#include "transport/codes.h"
#include "tunnel/codes.h"

namespace sfteams::diagnosis {
namespace {

constexpr const char* kRegistrationStep = "registration";
/// For an agent that is just connecting.
constexpr std::chrono::seconds kConnectingPatience{5};
constexpr transport::Duration kAskAgain{250};

Sentence start_it() {
  return said("start it: systemctl start starface-teams-agent");
}

/// Whoever has mended it wants to know when that shows.
Finding with_next_try(Finding finding, const Json::Value& tunnel) {
  const Json::Value& next = json::part(tunnel, "nextTryMs");
  if (!next.isIntegral()) return finding;
  const std::string seconds = std::to_string((next.asInt64() + 999) / 1000);
  finding.next += said(
      "; the agent tries again in {0} s, and at once after: systemctl restart starface-teams-agent",
      {seconds});
  return finding;
}

/// From what the running agent says.
Finding judge_status(const Json::Value& status) {
  const Json::Value& tunnel = json::part(status, "tunnel");
  const Json::Value& registration = json::part(status, "registration");
  if (!json::is_true(registration, "registered")) {
    const Json::Value& error = json::part(tunnel, "error");
    if (error.isObject()) return with_next_try(failure(kRegistrationStep, error), tunnel);
    return failure(kRegistrationStep,
                   Error{codes::kNotRegistered,
                         "the agent is running, but is not registered at the connector yet",
                         "check again in some seconds"});
  }
  // The key in force is not that of the users' clients at the connector yet.
  const Json::Value& keys = json::part(registration, "error");
  if (keys.isObject()) return failure(kRegistrationStep, keys);
  const std::string name(json::string_member(registration, "name").value_or("?"));
  const std::string since(json::string_member(tunnel, "since").value_or("?"));
  return well(kRegistrationStep, said("the agent is registered as {0} since {1}", {name, since}));
}

/// Whether the running agent goes by something else than the file. A proxy counts only where the
/// file names it: an environment may have one, and the agent's is not this one.
bool has_another(const Json::Value& status, const agent::Configuration& file) {
  const auto differs = [&status](const char* part_of, const char* name,
                                 const std::string& written) {
    const auto told = json::string_member(json::part(status, part_of), name);
    return told && *told != written;
  };
  if (differs("registration", "name", file.name)) return true;
  if (differs("tunnel", "url", file.connector.url.to_string())) return true;
  if (!file.connector.proxy || file.connector.proxy_from_environment) return false;
  return json::string_member(json::part(status, "tunnel"), "proxy") !=
         std::optional<std::string_view>(file.connector.proxy->to_string());
}

/// Why the agent, which is there, has not told its status.
Finding judge_silence(const Error& error) {
  if (error.code == transport::codes::kTimeout) {
    return failure(kRegistrationStep,
                   Error{error.code, "the agent is running, but does not answer: it hangs",
                         "have it started anew: systemctl restart starface-teams-agent"});
  }
  if (error.code == transport::codes::kControlDenied) {
    return failure(kRegistrationStep,
                   Error{error.code, "the agent cannot be asked: " + error.message,
                         "run this as root: sudo starface-teams-agent check"});
  }
  return failure(kRegistrationStep, error);
}

class RegistrationWork final : public EndsOnce, private client::ConnectionHandler {
 public:
  RegistrationWork(Context& context, Found found, Done done)
      : EndsOnce(context, std::move(found), std::move(done)) {}

  void start() { ask(); }

 private:
  void ask() {
    context_.ask_status([this, alive = std::weak_ptr<const int>(alive_)](auto status) {
      if (!alive.expired()) on_status(std::move(status));
    });
  }

  void on_status(Result<Json::Value> status) {
    if (!status) {
      if (status.error().code == agent::codes::kNotRunning) return look_for_another();
      return end(judge_silence(status.error()));
    }
    context_.status = std::move(*status);
    const bool connecting =
        json::string_member(json::part(*context_.status, "tunnel"), "state") == "connecting";
    const bool keys_pending =
        json::string_member(json::part(*context_.status, "registration"), "keys") == "pending";
    if ((connecting || keys_pending) && std::chrono::steady_clock::now() < patience_) {
      // It was just started, has another way to go, or another key: that takes a moment.
      if (connecting && !std::exchange(agent_connects_, true)) await_connector();
      again_ = context_.network.loop().after(kAskAgain, [this] { ask(); });
      return;
    }
    Finding finding = judge_status(*context_.status);
    context_.registered = finding.verdict == Verdict::ok;
    if (has_another(*context_.status, *context_.configuration)) {
      context_.other_configuration = true;
      if (context_.registered) {
        finding.verdict = Verdict::warn;
        finding.code = codes::kFileNotRead.id;
      }
      finding.text += said("; it has another configuration than {0}",
                           {context_.configuration->origin.string()});
      finding.next = said("have it take the file in: starface-teams-agent reload");
    }
    end(finding);
  }

  /// Takes the place in the state directory. To register then would throw out an agent that has
  /// the same identity, on another host for instance; so this comes as a client first.
  void look_for_another() {
    if (!context_.connector_reached || !context_.state_usable || !context_.key) {
      const bool mendable = !context_.connector_reached || !context_.key;
      return end(no_agent(said("no agent is running, and it cannot be tried without one"),
                          mendable ? said("mend what is wrong above, then start it") : start_it()));
    }
    Result<std::unique_ptr<Registration>> taken = Registration::take(context_);
    if (!taken) {
      if (taken.error().code != agent::codes::kAlreadyRunning)
        return end(failure(kRegistrationStep, taken.error()));
      return end(failure(kRegistrationStep,
                         Error{taken.error().code, taken.error().message + ", and does not answer",
                               "wait until it has started, or have it started anew: "
                               "systemctl restart starface-teams-agent"}));
    }
    registration_ = std::move(*taken);
    Result<client::ConnectionOptions> options = session_options(context_);
    if (!options) return end(failure(kRegistrationStep, options.error()));
    auto connection = client::Connection::open(context_.network, std::move(*options), *this);
    if (!connection) return end(failure(kRegistrationStep, connection.error()));
    connection_ = std::move(*connection);
    await_connector();
  }

  // client::ConnectionHandler
  void on_open() override {
    elsewhere_ = true;
    connection_->close();
  }
  void on_notification(const std::string& /*method*/, const Json::Value& /*params*/) override {}
  void on_closed(const std::optional<Error>& error) override {
    if (elsewhere_ || !error) {
      return end(
          failure(kRegistrationStep,
                  Error{codes::kRunningElsewhere,
                        "no agent is running here, but one of this installation is connected from "
                        "elsewhere",
                        "stop that one first: two with one identity push each other out"}));
    }
    if (error->code == tunnel::codes::kPbxOffline ||
        error->code == tunnel::codes::kAdmissionRefused)
      return stand_in();
    Finding finding = failure(kRegistrationStep, *error);
    finding.text =
        said(
            "no agent is running here, and whether one is connected from elsewhere cannot be "
            "told: ") +
        finding.text;
    end(finding);
  }

  void stand_in() {
    await_connector();
    context_.registration = std::move(registration_);
    context_.registration->start([this](const std::optional<Error>& error) {
      if (error) {
        Finding finding = failure(kRegistrationStep, *error);
        finding.text = said("no agent is running, and none could register: ") + finding.text;
        return end(finding);
      }
      context_.registered = true;
      end(no_agent(said("no agent is running; the connector takes the registration all the same"),
                   start_it()));
    });
  }

  static Finding no_agent(Sentence text, Sentence next) {
    return {kRegistrationStep, Verdict::fail, std::string(agent::codes::kNotRunning.id),
            std::move(text), std::move(next)};
  }

  std::unique_ptr<Registration> registration_;  ///< not begun yet
  std::unique_ptr<client::Connection> connection_;
  bool elsewhere_ = false;
  std::chrono::steady_clock::time_point patience_ =
      std::chrono::steady_clock::now() + kConnectingPatience;
  bool agent_connects_ = false;
  std::unique_ptr<transport::Timer> again_;
  std::shared_ptr<const int> alive_ = std::make_shared<const int>(0);
};

/// Gives the place in the state directory back, too.
class EndWork final : public Work {
 public:
  EndWork(Context& context, Done done) : context_(context), done_(std::move(done)) {}

  void start() {
    context_.registration->stop([this] {
      // Not from inside its own call.
      turn_ = context_.network.loop().after(transport::Duration(0), [this] {
        context_.registration.reset();
        context_.registered = false;
        const Done done = std::move(done_);
        done();
      });
    });
  }

 private:
  Context& context_;
  Done done_;
  std::unique_ptr<transport::Timer> turn_;
};

}  // namespace

Step check_registration() {
  return {{kRegistrationStep},
          [](Context& context, const Found& found, const Done& done) -> std::unique_ptr<Work> {
            if (!context.configuration) {
              found(skipped(kRegistrationStep, said("there is no configuration to go by")));
              done();
              return nullptr;
            }
            auto work = std::make_unique<RegistrationWork>(context, found, done);
            work->start();
            return work;
          }};
}

Step end_registration() {
  return {{},
          [](Context& context, const Found& /*found*/, const Done& done) -> std::unique_ptr<Work> {
            if (context.registration == nullptr) {
              done();
              return nullptr;
            }
            auto work = std::make_unique<EndWork>(context, done);
            work->start();
            return work;
          }};
}

}  // namespace sfteams::diagnosis

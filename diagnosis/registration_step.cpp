#include "diagnosis/registration_step.h"

#include <utility>

#include "agent/codes.h"
#include "diagnosis/ends_once.h"
#include "diagnosis/registration.h"
#include "json/json.h"
#include "json/view.h"

namespace sfteams::diagnosis {
namespace {

constexpr const char* kStep = "registration";

Sentence start_it() {
  return said("start it: systemctl start starface-teams-agent");
}

/// From what the running agent says.
Finding judge(const Json::Value& status) {
  const Json::Value& tunnel = json::part(status, "tunnel");
  const Json::Value& registration = json::part(status, "registration");
  if (!json::is_true(registration, "registered")) {
    const Json::Value& error = json::part(tunnel, "error");
    if (error.isObject()) return failure(kStep, error);
    return failure(kStep, Error{agent::codes::kNotRegistered,
                                "the agent is running, but is not registered at the connector yet",
                                "check again in some seconds"});
  }
  const std::string name(json::string_member(registration, "name").value_or("?"));
  const std::string since(json::string_member(tunnel, "since").value_or("?"));
  return well(kStep, said("the agent is registered as {0} since {1}", {name, since}));
}

class RegistrationWork final : public EndsOnce {
 public:
  RegistrationWork(Context& context, Found found, Done done)
      : EndsOnce(context, std::move(found), std::move(done)) {}

  void start() {
    context_.ask_status([this, alive = std::weak_ptr<const int>(alive_)](auto status) {
      if (!alive.expired()) on_status(std::move(status));
    });
  }

 private:
  void on_status(std::optional<Json::Value> status) {
    context_.status = std::move(status);
    if (!context_.status) return stand_in();
    const Finding finding = judge(*context_.status);
    context_.registered = finding.verdict == Verdict::ok;
    end(finding);
  }

  void stand_in() {
    if (!context_.connector_reached || !context_.state_usable) {
      return end(warning(kStep, said("no agent is running, and it cannot be tried without one"),
                         context_.connector_reached
                             ? start_it()
                             : said("mend what is wrong above, then start it")));
    }
    Result<std::unique_ptr<Registration>> taken = Registration::take(context_);
    if (!taken) return end(failure(kStep, taken.error()));
    context_.registration = std::move(*taken);
    context_.registration->start([this](const std::optional<Error>& error) {
      if (error) return end(failure(kStep, *error));
      context_.registered = true;
      end(warning(kStep,
                  said("no agent is running; the connector takes the registration all the same"),
                  start_it()));
    });
  }

  std::shared_ptr<const int> alive_ = std::make_shared<const int>(0);
};

}  // namespace

Step check_registration() {
  return [](Context& context, const Found& found, const Done& done) -> std::unique_ptr<Work> {
    if (!context.configuration) {
      found(skipped(kStep, said("there is no configuration to go by")));
      done();
      return nullptr;
    }
    auto work = std::make_unique<RegistrationWork>(context, found, done);
    work->start();
    return work;
  };
}

Step end_registration() {
  return [](Context& context, const Found& /*found*/, const Done& done) -> std::unique_ptr<Work> {
    if (context.registration == nullptr) {
      done();
    } else {
      context.registration->stop(done);
    }
    return nullptr;
  };
}

}  // namespace sfteams::diagnosis

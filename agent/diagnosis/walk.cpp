#include "agent/diagnosis/walk.h"

#include <string>
#include <utility>
#include <vector>

#include "agent/diagnosis/auth_step.h"
#include "agent/diagnosis/clock_step.h"
#include "agent/diagnosis/hosts_step.h"
#include "agent/diagnosis/license_step.h"
#include "agent/diagnosis/local_steps.h"
#include "agent/diagnosis/pbx_steps.h"
#include "agent/diagnosis/registration.h"
#include "agent/diagnosis/registration_step.h"
#include "agent/diagnosis/round_trip_step.h"
#include "agent/diagnosis/sign_in_step.h"
#include "agent/diagnosis/step.h"
#include "agent/diagnosis/way_step.h"

namespace sfteams::diagnosis {
namespace {

/// The name at the connector is given back as soon as it is not needed any more.
std::vector<Step> steps_of_walk(bool with_user) {
  std::vector<Step> steps{check_configuration(), check_key(),        check_state(),
                          check_license(),       check_way(),        check_registration(),
                          check_round_trip(),    end_registration(), check_ports(),
                          check_uci(),           check_auth()};
  if (with_user) steps.push_back(check_sign_in());
  for (Step step : {check_version(), check_hosts(), check_clock()})
    steps.push_back(std::move(step));
  return steps;
}

std::vector<std::string> names_of(const std::vector<Step>& steps) {
  std::vector<std::string> names;
  for (const Step& step : steps)
    names.insert(names.end(), step.names.begin(), step.names.end());
  return names;
}

class Walk final : public agent::Diagnosis {
 public:
  Walk(WalkSetup setup, Listener listener)
      : listener_(std::move(listener)),
        context_{setup.network, std::move(setup.options), std::move(setup.software),
                 std::move(setup.ask_status)},
        steps_(steps_of_walk(setup.user.has_value())),
        names_(names_of(steps_)) {
    context_.user = std::move(setup.user);
    context_.waiting = listener_.waiting;
    go_on();
  }

  [[nodiscard]] const std::vector<std::string>& steps() const override { return names_; }

 private:
  /// In a later turn: the work that is over may be on the stack.
  void go_on() {
    turn_ = context_.network.loop().after(transport::Duration(0), [this] {
      work_.reset();
      if (next_ == steps_.size()) {
        const auto ended = listener_.ended;
        return ended();
      }
      const Step& step = steps_[next_++];
      // A step that is done at once has replaced turn_ by now, and has no work.
      work_ = step.begin(context_, listener_.found, [this] { go_on(); });
    });
  }

  Listener listener_;
  Context context_;
  std::vector<Step> steps_;
  std::vector<std::string> names_;
  std::size_t next_ = 0;
  std::unique_ptr<Work> work_;
  std::unique_ptr<transport::Timer> turn_;
};

}  // namespace

std::vector<std::string> step_names(bool with_user) {
  return names_of(steps_of_walk(with_user));
}

std::unique_ptr<agent::Diagnosis> walk(WalkSetup setup, agent::Diagnosis::Listener listener) {
  return std::make_unique<Walk>(std::move(setup), std::move(listener));
}

}  // namespace sfteams::diagnosis

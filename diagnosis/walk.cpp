#include "diagnosis/walk.h"

#include <utility>
#include <vector>

#include "diagnosis/clock_step.h"
#include "diagnosis/hosts_step.h"
#include "diagnosis/license_step.h"
#include "diagnosis/local_steps.h"
#include "diagnosis/pbx_steps.h"
#include "diagnosis/registration.h"
#include "diagnosis/registration_step.h"
#include "diagnosis/round_trip_step.h"
#include "diagnosis/sign_in_step.h"
#include "diagnosis/step.h"
#include "diagnosis/way_step.h"

namespace sfteams::diagnosis {
namespace {

class Walk final : public agent::Diagnosis {
 public:
  Walk(WalkSetup setup, Listener listener)
      : listener_(std::move(listener)),
        context_{setup.network, std::move(setup.options), std::move(setup.software),
                 std::move(setup.ask_status)},
        // The name is given back as soon as it is not needed any more.
        steps_{check_configuration(), check_key(),          check_state(),      check_license(),
               check_way(),           check_registration(), check_round_trip(), end_registration(),
               check_ports(),         check_uci(),          check_sign_in(),    check_version(),
               check_hosts(),         check_clock()} {
    context_.user = std::move(setup.user);
    context_.waiting = listener_.waiting;
    go_on();
  }

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
      work_ = step(context_, listener_.found, [this] { go_on(); });
    });
  }

  Listener listener_;
  Context context_;
  std::vector<Step> steps_;
  std::size_t next_ = 0;
  std::unique_ptr<Work> work_;
  std::unique_ptr<transport::Timer> turn_;
};

}  // namespace

std::unique_ptr<agent::Diagnosis> walk(WalkSetup setup, agent::Diagnosis::Listener listener) {
  return std::make_unique<Walk>(std::move(setup), std::move(listener));
}

}  // namespace sfteams::diagnosis

#include "agent/pbx/rights_desk.h"

#include <utility>

#include <fmt/format.h>

#include "base/log/log.h"
#include "rest/codes.h"
#include "rest/permission.h"
#include "transport/codes.h"

namespace sfteams::agent {
namespace {

Error not_shown() {
  return {rest::codes::kNotOffered, "the rights are not visible at the PBX",
          "let users see their own rights at the PBX, or name them in [license] named"};
}

Error too_late() {
  return {transport::codes::kTimeout,
          fmt::format("the PBX's REST interface did not show the user's rights within {} s",
                      RightsDesk::kPatience.count() / 1000),
          "check the PBX's load and its log, then try again"};
}

}  // namespace

class RightsDesk::Asked final : public Question {
 public:
  Asked(RightsDesk& desk, Seat& seat, std::string user, std::vector<std::string> rights,
        Answer answer)
      : desk_(desk),
        seat_(seat),
        user_(std::move(user)),
        rights_(std::move(rights)),
        answer_(std::move(answer)) {
    deadline_ = scheduler().after(kPatience, [this] { end(fail(last_.value_or(too_late()))); });
  }

  /// In a later turn.
  void begin(bool enabled) {
    next_ = scheduler().after(Duration(0), [this, enabled] {
      if (enabled) return ask();
      end(fail(rest::codes::kDisabled, "[rest] enabled = no keeps the agent from asking the PBX",
               "set [rest] enabled = yes, or name the users in [license] named"));
    });
  }

 private:
  [[nodiscard]] transport::Scheduler& scheduler() { return desk_.setup_.scheduler; }

  void ask() {
    seat_.permissions([this, alive = std::weak_ptr<const int>(alive_)](const auto& permissions) {
      if (!alive.expired()) on_answer(permissions);
    });
  }

  void on_answer(const Result<rest::Permissions>& permissions) {
    if (!permissions && permissions.error().code == rest::codes::kBusy) {
      last_ = permissions.error();
      next_ = scheduler().after(kRetry, [this] { ask(); });
      return;
    }
    if (!permissions) return end(fail(permissions.error()));
    const rest::Verdict verdict = rest::judge(*permissions, rights_);
    if (verdict == rest::Verdict::cannot_tell) return end(fail(not_shown()));
    end(verdict == rest::Verdict::granted);
  }

  /// Once. `this` may be destroyed.
  void end(const Result<bool>& result) {
    const std::unique_ptr<transport::Timer> deadline = std::move(deadline_);
    const std::unique_ptr<transport::Timer> next = std::move(next_);
    alive_.reset();
    const Answer answer = std::move(answer_);
    desk_.note(user_, result);
    answer(result);
  }

  RightsDesk& desk_;
  Seat& seat_;
  std::string user_;
  std::vector<std::string> rights_;
  Answer answer_;
  std::optional<Error> last_;  ///< why it has to be asked again
  std::unique_ptr<transport::Timer> deadline_;
  std::unique_ptr<transport::Timer> next_;
  std::shared_ptr<const int> alive_ = std::make_shared<const int>(0);
};

std::unique_ptr<RightsDesk::Question> RightsDesk::ask(Seat& seat, std::string user,
                                                      std::vector<std::string> rights, bool enabled,
                                                      Answer answer) {
  auto asked =
      std::make_unique<Asked>(*this, seat, std::move(user), std::move(rights), std::move(answer));
  asked->begin(enabled);
  return asked;
}

std::optional<RightsDesk::Unknown> RightsDesk::unknown() const {
  if (unknown_ && setup_.unix_now() - unknown_->at >= kShown) return std::nullopt;
  return unknown_;
}

void RightsDesk::note(const std::string& user, const Result<bool>& answer) {
  if (answer) {
    if (user == user_) unknown_.reset();
    return;
  }
  const std::int64_t now = setup_.unix_now();
  unknown_ = Unknown{answer.error(), now};
  user_ = user;
  const auto [told, first] = told_at_.try_emplace(std::string(answer.error().code.id), now);
  if (!first && now - told->second < kShown) return;
  told->second = now;
  log::warn("license", "who may use the integration cannot be asked of the PBX: {}",
            describe(answer.error()));
}

}  // namespace sfteams::agent

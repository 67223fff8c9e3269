#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "agent/pbx/auth_choice.h"
#include "agent/pbx/provider_question.h"
#include "agent/pbx/settings.h"
#include "base/error/error.h"
#include "transport/scheduler.h"

namespace sfteams::agent {

/// How users sign in at the PBX. Where [uci] auth is automatic the PBX is asked: when it is reached
/// for the first time, and, as long as the agent is a client of its OAuth and the PBX does not offer
/// that, now and then, because PBXs are updated.
class AuthWatch {
 public:
  using Duration = transport::Duration;
  /// As ProviderQuestion::ask(), of a client without a secret: nothing is asked in its name.
  using Find = std::function<Result<std::unique_ptr<ProviderQuestion>>(const PbxSettings&,
                                                                       ProviderQuestion::Answer)>;

  /// A PBX that does not offer OAuth, though it should, may be starting for this time.
  static constexpr Duration kStarting{120'000};
  /// Between two looks whether it offers OAuth by now.
  static constexpr Duration kLookAgain{600'000};

  struct Setup {
    transport::Scheduler& scheduler;
    /// Needed where [uci] auth is automatic.
    Find find;
    /// The question of ask() is answered: choice() is set, or it is not and the error says why. Ask
    /// again later, then. In a later turn than ask().
    std::function<void(const std::optional<Error>& why_not)> answered;
    /// The PBX, which did not offer OAuth, does: choice() has changed.
    std::function<void()> changed;
  };

  explicit AuthWatch(Setup setup) : setup_(std::move(setup)) {}
  AuthWatch(const AuthWatch&) = delete;
  AuthWatch& operator=(const AuthWatch&) = delete;

  /// True: choice() is set. Otherwise the PBX is being asked; fails when it cannot be.
  [[nodiscard]] Result<bool> ask(const PbxSettings& settings);
  /// Nothing is known any more, and nothing is asked.
  void forget();
  /// Nothing is asked any more.
  void stop();

  /// nullopt: the PBX has not said so yet.
  [[nodiscard]] const std::optional<AuthChoice>& choice() const { return choice_; }
  /// A question of ask() is under way.
  [[nodiscard]] bool asks() const { return question_ != nullptr && !choice_; }

 private:
  [[nodiscard]] bool may_be_starting(const AuthChoice& choice);
  void on_answer(const Result<oauth::Provider>& found);
  void look_later();
  void look_again();
  void on_look(const Result<oauth::Provider>& found);

  Setup setup_;
  PbxSettings settings_;
  std::optional<AuthChoice> choice_;
  std::optional<transport::TimePoint> not_offered_since_;
  std::unique_ptr<ProviderQuestion> question_;
  std::unique_ptr<transport::Timer> look_;
};

}  // namespace sfteams::agent

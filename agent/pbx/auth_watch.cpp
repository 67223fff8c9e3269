#include "agent/pbx/auth_watch.h"

#include <utility>

#include "base/log/log.h"
#include "uci/codes.h"

namespace sfteams::agent {

Result<bool> AuthWatch::ask(const PbxSettings& settings) {
  settings_ = settings;
  if (settings_.auth != SignInBy::automatic) {
    choice_ = AuthChoice{settings_.auth, "[uci] auth says so"};
    return true;
  }
  if (choice_) return true;
  Result<std::unique_ptr<ProviderQuestion>> question =
      setup_.find(settings_, [this](const Result<oauth::Provider>& found) { on_answer(found); });
  if (!question) return fail(question.error());
  question_ = std::move(*question);
  return false;
}

void AuthWatch::forget() {
  stop();
  choice_.reset();
  not_offered_since_.reset();
}

void AuthWatch::stop() {
  question_.reset();
  look_.reset();
}

void AuthWatch::on_answer(const Result<oauth::Provider>& found) {
  // Kept to the end: it is what calls here.
  const std::unique_ptr<ProviderQuestion> answered = std::move(question_);
  const Result<AuthChoice> choice = choose_auth(found, settings_);
  if (!choice) return setup_.answered(choice.error());
  if (may_be_starting(*choice)) {
    return setup_.answered(Error{uci::codes::kUnreachable,
                                 "the PBX does not say how users sign in: " + choice->why,
                                 "it may be starting; it is asked again"});
  }
  choice_ = *choice;
  log::info("uci", "users sign in by {}: {}", to_string(choice->by), choice->why);
  look_later();
  setup_.answered(std::nullopt);
}

/// A client is there for OAuth, and the PBX does not offer that: its web server may be up before the
/// rest.
bool AuthWatch::may_be_starting(const AuthChoice& choice) {
  if (choice.by == SignInBy::oauth || !is_oauth_client(settings_)) {
    not_offered_since_.reset();
    return false;
  }
  const auto now = setup_.scheduler.now();
  if (!not_offered_since_) not_offered_since_ = now;
  return now < *not_offered_since_ + kStarting;
}

void AuthWatch::look_later() {
  if (choice_->by == SignInBy::oauth || !is_oauth_client(settings_)) return;
  look_ = setup_.scheduler.after(kLookAgain, [this] { look_again(); });
}

void AuthWatch::look_again() {
  Result<std::unique_ptr<ProviderQuestion>> question =
      setup_.find(settings_, [this](const Result<oauth::Provider>& found) { on_look(found); });
  if (!question) return look_later();
  question_ = std::move(*question);
}

void AuthWatch::on_look(const Result<oauth::Provider>& found) {
  // Kept to the end: it is what calls here.
  const std::unique_ptr<ProviderQuestion> answered = std::move(question_);
  const Result<AuthChoice> choice = choose_auth(found, settings_);
  if (!choice || choice->by != SignInBy::oauth) return look_later();
  choice_ = *choice;
  log::info("uci", "users sign in by {} from now on: {}", to_string(choice->by), choice->why);
  setup_.changed();
}

}  // namespace sfteams::agent

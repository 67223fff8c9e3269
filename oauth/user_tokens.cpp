#include "oauth/user_tokens.h"

#include <algorithm>
#include <utility>

#include "oauth/codes.h"

namespace sfteams::oauth {
namespace {

/// Whoever is told this is not to ask again.
bool is_final(const Error& error) {
  return error.code == codes::kPasswordRefused || error.code == codes::kRefused ||
         error.code == codes::kNoPasswordGrant || error.code == codes::kRequestRefused;
}

}  // namespace

UserTokens::UserTokens(Issuer& issuer, transport::Scheduler& scheduler, Start start, Events events)
    : issuer_(issuer),
      scheduler_(scheduler),
      user_(std::move(start.user)),
      events_(std::move(events)),
      password_(std::move(start.password)),
      refresh_(std::move(start.refresh)),
      refresh_came_(issuer.endings().now()) {}
UserTokens::~UserTokens() = default;

bool UserTokens::usable() const {
  return !access_.empty() && scheduler_.now() + kLate < ends_ &&
         !issuer_.endings().is_over(access_came_);
}

bool UserTokens::is_login(const std::shared_ptr<Wanted>& wanted) {
  return wanted->login && wanted->ready;
}

bool UserTokens::due() const {
  return scheduler_.now() >= renew_at_;
}

Error UserTokens::nothing_left() {
  return {codes::kRenewalRefused, "the sign-in at the PBX is over", "sign in with the password"};
}

std::unique_ptr<UserTokens::Waiting> UserTokens::get(bool login, Ready ready) {
  class Handle final : public Waiting {
   public:
    explicit Handle(std::shared_ptr<Wanted> wanted) : wanted_(std::move(wanted)) {}
    ~Handle() override { wanted_->ready = nullptr; }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

   private:
    std::shared_ptr<Wanted> wanted_;
  };
  if (usable()) {
    if (due() && !asking_ && !dead_ && !refresh_.empty()) ask(false);
    ready(Access{access_, number_});
    return nullptr;
  }
  if (dead_) {
    ready(fail(*dead_));
    return nullptr;
  }
  if (!asking_ && issuer_.endings().is_spent(refresh_came_)) refresh_ = crypto::Secret();
  if (!asking_ && refresh_.empty() && !(login && !password_.empty())) {
    ready(fail(nothing_left()));
    return nullptr;
  }
  auto wanted = std::make_shared<Wanted>(Wanted{std::move(ready), login});
  waiting_.push_back(wanted);
  if (!asking_) ask(login);
  return std::make_unique<Handle>(std::move(wanted));
}

void UserTokens::ask(bool login) {
  const auto got = [this](Result<Tokens> tokens) { on_tokens(std::move(tokens)); };
  by_refresh_ = !refresh_.empty();
  if (by_refresh_) {
    asking_ = issuer_.by_refresh(refresh_.clone(), got);
  } else if (login) {
    asking_ = issuer_.by_password(user_, password_.clone(), got);
  }
}

void UserTokens::on_tokens(Result<Tokens> tokens) {
  // Kept to the end: what is asked for may not go while its callback runs.
  const std::unique_ptr<Issuer::Asking> answered = std::move(asking_);
  if (!tokens) {
    const Error& error = tokens.error();
    if (error.code == codes::kRenewalRefused) {
      refresh_ = crypto::Secret();
      issuer_.endings().note_renewal(refresh_came_, false);
      // Without a password, those who wait hear of it.
      if ((has_password() || waiting_.empty()) && events_.refused) events_.refused();
      if (has_password() && std::ranges::any_of(waiting_, is_login)) return ask(true);
    }
    const bool at_pbx = !error.retry_after;
    const bool unheard =
        error.code == codes::kClientRefused || error.code == codes::kNoPasswordGrant;
    if (unheard && at_pbx && events_.refused) events_.refused();
    if (!by_refresh_ && is_final(error)) {
      dead_ = error;
      password_ = crypto::Secret();
    }
    renew_at_ = scheduler_.now() + kAgain;
    return answer_waiting(error);
  }
  if (by_refresh_) issuer_.endings().note_renewal(refresh_came_, true);
  access_ = std::move(tokens->access);
  access_came_ = issuer_.endings().now();
  ++number_;
  served_ = false;
  const auto now = scheduler_.now();
  lifetime_said_ = tokens->lifetime_said;
  Duration lifetime = tokens->lifetime;
  if (!lifetime_said_) lifetime = std::min(lifetime, issuer_.endings().assumed_lifetime());
  ends_ = now + lifetime;
  came_at_ = now;
  renew_at_ = now + std::max(lifetime - kEarly, lifetime / 2);
  const bool another = !tokens->refresh.empty();
  if (another) refresh_ = std::move(tokens->refresh);
  refresh_came_ = issuer_.endings().now();
  const std::weak_ptr<bool> present = present_;
  if (another && events_.rotated) events_.rotated();
  if (!present.expired()) answer_waiting(std::nullopt);
}

void UserTokens::answer_waiting(const std::optional<Error>& error) {
  const std::weak_ptr<bool> present = present_;
  for (const auto& wanted : std::exchange(waiting_, {})) {
    const Ready ready = std::exchange(wanted->ready, nullptr);
    if (!ready) continue;
    if (error) {
      ready(fail(*error));
    } else if (access_.empty()) {
      ready(fail(nothing_left()));  // revoked by the one before
    } else {
      ready(Access{access_, number_});
    }
    if (present.expired()) return;
  }
}

void UserTokens::served(std::uint64_t number) {
  if (number == number_) served_ = true;
}

bool UserTokens::over(std::uint64_t number) {
  if (number != number_) return true;  // another one has come meanwhile
  if (!served_) return false;
  ends_ = scheduler_.now();
  if (!lifetime_said_)
    issuer_.endings().note_age(std::chrono::duration_cast<Duration>(ends_ - came_at_));
  issuer_.endings().note_early_end(access_came_);
  if (events_.refused) events_.refused();
  return true;
}

void UserTokens::take_over(UserTokens& newer) {
  asking_.reset();
  if (!refresh_.empty()) revoking_ = issuer_.revoke(std::move(refresh_), [] {});
  password_ = std::move(newer.password_);
  refresh_ = std::move(newer.refresh_);
  refresh_came_ = newer.refresh_came_;
  access_ = newer.access_.clone();
  access_came_ = newer.access_came_;
  ++number_;
  served_ = newer.served_;
  ends_ = newer.ends_;
  renew_at_ = newer.renew_at_;
  dead_.reset();
  if (waiting_.empty()) return;
  if (usable()) return answer_waiting(std::nullopt);
  const bool login = std::ranges::any_of(waiting_, is_login);
  if (refresh_.empty() && !(login && has_password())) return answer_waiting(nothing_left());
  ask(login);
}

void UserTokens::revoke(std::function<void()> done) {
  asking_.reset();
  password_ = crypto::Secret();
  access_ = crypto::Secret();
  crypto::Secret refresh = std::exchange(refresh_, crypto::Secret());
  if (refresh.empty()) {
    turn_ = scheduler_.after(Duration(0), std::move(done));
  } else {
    revoking_ = issuer_.revoke(std::move(refresh), std::move(done));
  }
  // Nothing comes for them any more. Last, because they may destroy this.
  answer_waiting(nothing_left());
}

}  // namespace sfteams::oauth

#include "simulator/logins.h"

#include <algorithm>
#include <utility>

namespace sfteams::simulator {
namespace {

constexpr transport::Duration kShortest{1};
constexpr transport::Duration kLongest{1'000};

void sign_in(Login& login, const Credentials& credentials, const crypto::Secret& legacy_token) {
  login.by_jwt = !credentials.jwt.empty();
  login.token = login.by_jwt ? credentials.jwt.clone() : credentials.token.clone();
  login.legacy_token = login.by_jwt ? legacy_token.clone() : crypto::Secret();
}

}  // namespace

bool Login::wants(std::string_view service) const {
  return std::find(services.begin(), services.end(), service) != services.end();
}

Logins::Logins(const Options& options, transport::Scheduler& scheduler, std::size_t users,
               OnEnd on_end)
    : options_(options), scheduler_(scheduler), on_end_(std::move(on_end)), by_user_(users) {}

Login* Logins::find(const User& user, const std::optional<Callback>& callback) {
  Login* any = nullptr;
  for (const auto& login : by_user_[user.index]) {
    if (!alive(*login)) continue;
    if (login->callback == callback) return login.get();
    any = login.get();
  }
  return options_.login_scope == LoginScope::account ? any : nullptr;
}

Login* Logins::open(const User& user, const Credentials& credentials,
                    const crypto::Secret& legacy_token) {
  const std::optional<Callback>& callback = credentials.callback;
  auto& logins = by_user_[user.index];
  const auto same = std::find_if(logins.begin(), logins.end(),
                                 [&](const auto& one) { return one->callback == callback; });
  if (same != logins.end()) {
    Login& again = **same;
    if (!alive(again)) again.services.clear();
    sign_in(again, credentials, legacy_token);
    again.last_seen = scheduler_.now();
    return &again;
  }
  if (static_cast<std::int64_t>(logins.size()) >= options_.logins_per_user) return nullptr;
  auto login = std::make_unique<Login>();
  login->id = ++last_id_;
  login->user = &user;
  login->callback = callback;
  sign_in(*login, credentials, legacy_token);
  login->last_seen = scheduler_.now();
  logins.push_back(std::move(login));
  ++count_;
  if (!timer_) schedule();
  return logins.back().get();
}

void Logins::close(const Login& login) {
  auto& logins = by_user_[login.user->index];
  count_ -= std::erase_if(logins, [&](const auto& one) { return one.get() == &login; });
}

std::size_t Logins::end(const User* user) {
  std::size_t ended = 0;
  for (auto& logins : by_user_) {
    if (user != nullptr && &logins != &by_user_[user->index]) continue;
    for (const auto& login : std::exchange(logins, {})) {
      --count_;
      ++ended;
      on_end_(*login, false);
    }
  }
  return ended;
}

void Logins::reschedule() {
  timer_.reset();
  sweep();
}

bool Logins::alive(const Login& login) const {
  return scheduler_.now() - login.last_seen < options_.keep_alive_timeout;
}

void Logins::sweep() {
  for (auto& logins : by_user_) {
    // What has to go is taken out first: on_end_ may look at the list.
    const auto dead = std::stable_partition(logins.begin(), logins.end(),
                                            [&](const auto& login) { return alive(*login); });
    std::vector<std::unique_ptr<Login>> gone(std::make_move_iterator(dead),
                                             std::make_move_iterator(logins.end()));
    logins.erase(dead, logins.end());
    count_ -= gone.size();
    for (const auto& login : gone)
      on_end_(*login, true);
  }
  schedule();
}

void Logins::schedule() {
  if (count_ == 0) {
    timer_.reset();
    return;
  }
  // The earliest end that is possible now; whoever keeps alive until then is looked at again.
  transport::TimePoint earliest = transport::TimePoint::max();
  for (const auto& logins : by_user_) {
    for (const auto& login : logins) {
      earliest = std::min(earliest, login->last_seen + options_.keep_alive_timeout);
    }
  }
  // Not more often than needed: ends are also seen when a login is looked for.
  const auto wait = std::chrono::ceil<transport::Duration>(earliest - scheduler_.now());
  const transport::Duration least =
      std::clamp(options_.keep_alive_timeout / 50, kShortest, kLongest);
  timer_ = scheduler_.after(std::max(wait, least), [this] { sweep(); });
}

}  // namespace sfteams::simulator

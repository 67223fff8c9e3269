#include "agent/login_guard.h"

#include <algorithm>

#include <fmt/format.h>

#include "agent/codes.h"
#include "uci/codes.h"

namespace sfteams::agent {
namespace {

using std::chrono::ceil;
using std::chrono::minutes;
using std::chrono::seconds;

std::string in_words(transport::Clock::duration wait) {
  const auto whole = std::max(ceil<seconds>(wait), seconds(1));
  if (whole <= seconds(90)) return fmt::format("{} s", whole.count());
  return fmt::format("{} min", ceil<minutes>(whole).count());
}

tl::unexpected<Error> paused(const std::string& whose, transport::Clock::duration wait) {
  return fail(codes::kLoginPaused,
              fmt::format("too many logins {}have failed lately; no further one goes to the PBX, "
                          "which would otherwise block this host",
                          whose),
              fmt::format("try again in {}", in_words(wait)));
}

}  // namespace

LoginGuard::LoginGuard(const Limits& limits, crypto::Secret process_key)
    : limits_(limits), process_key_(std::move(process_key)) {}

Result<LoginGuard::Attempt> LoginGuard::begin(std::string_view user, const Fingerprint& fingerprint,
                                              TimePoint now) {
  drop_old(now);
  Attempt attempt;
  attempt.fingerprint_ = fingerprint;
  const auto known = wrong_.find(attempt.fingerprint_);
  if (known != wrong_.end() && now < known->second.until) {
    return fail(
        uci::codes::kLoginRefused,
        "the PBX has already refused this user name with this password, so it was not asked "
        "again",
        fmt::format("check the password; if it has become right since, try again in {}",
                    in_words(known->second.until - now)));
  }
  if (const Result<void> free = check_budgets(user, now); !free) return fail(free.error());
  attempt.number_ = ++last_number_;
  failures_.push_back({attempt.number_, std::string(user), now, Failure::End::under_way});
  return attempt;
}

Result<void> LoginGuard::check_budgets(std::string_view user, TimePoint now) const {
  const Failure* oldest = nullptr;
  const Failure* oldest_of_user = nullptr;
  std::size_t all = 0;
  std::size_t of_user = 0;
  for (const Failure& failure : failures_) {
    if (failure.end != Failure::End::unknown) {
      ++all;
      if (oldest == nullptr) oldest = &failure;
    }
    if (failure.user == user) {
      ++of_user;
      if (oldest_of_user == nullptr) oldest_of_user = &failure;
    }
  }
  if (of_user > 0 && of_user >= limits_.failures_per_user) {
    return paused("of this user ", oldest_of_user->at + limits_.window - now);
  }
  if (all > 0 && all >= limits_.failures) return paused("", oldest->at + limits_.window - now);
  return {};
}

bool LoginGuard::may_fit_later(std::string_view user) const {
  std::size_t all = 0;
  std::size_t of_user = 0;
  for (const Failure& failure : failures_) {
    if (failure.end == Failure::End::under_way) continue;
    if (failure.end == Failure::End::refused) ++all;
    if (failure.user == user) ++of_user;
  }
  return all < limits_.failures && of_user < limits_.failures_per_user;
}

void LoginGuard::finish(const Attempt& attempt, Outcome outcome, TimePoint now) {
  const auto found = std::ranges::find(failures_, attempt.number_, &Failure::number);
  if (outcome == Outcome::accepted) wrong_.erase(attempt.fingerprint_);
  if (outcome == Outcome::refused) remember(attempt.fingerprint_, now);
  if (found == failures_.end()) return;
  if (outcome == Outcome::accepted || outcome == Outcome::not_reached) {
    failures_.erase(found);
    return;
  }
  // It counts from its end; those behind it stay in order, as every end is later than every
  // beginning before it.
  Failure failure = std::move(*found);
  failures_.erase(found);
  failure.at = now;
  failure.end = outcome == Outcome::refused ? Failure::End::refused : Failure::End::unknown;
  failures_.push_back(std::move(failure));
}

void LoginGuard::refused_later(std::string_view user, const Fingerprint& fingerprint,
                               TimePoint now) {
  remember(fingerprint, now);
  failures_.push_back({++last_number_, std::string(user), now, Failure::End::refused});
}

std::size_t LoginGuard::failures(TimePoint now) {
  drop_old(now);
  return static_cast<std::size_t>(std::ranges::count_if(
      failures_, [](const Failure& f) { return f.end != Failure::End::unknown; }));
}

LoginGuard::Fingerprint LoginGuard::fingerprint(std::string_view user,
                                                const crypto::Secret& password) const {
  const crypto::Sha256Digest name = crypto::sha256({crypto::bytes_of(user)});
  return crypto::hmac_sha256(process_key_.bytes(), {name, password.bytes()});
}

void LoginGuard::drop_old(TimePoint now) {
  std::erase_if(failures_, [&](const Failure& failure) {
    return failure.end != Failure::End::under_way && now >= failure.at + limits_.window;
  });
  std::erase_if(wrong_, [now](const auto& entry) { return now >= entry.second.forget; });
}

void LoginGuard::remember(const Fingerprint& fingerprint, TimePoint now) {
  Wrong& wrong = wrong_[fingerprint];
  wrong.memory = wrong.memory == Duration(0) ? limits_.window
                                             : std::min(wrong.memory * 2, limits_.longest_memory);
  wrong.until = now + wrong.memory;
  wrong.forget = now + wrong.memory * 2;
  if (wrong_.size() <= limits_.remembered) return;
  const auto first =
      std::ranges::min_element(wrong_, {}, [](const auto& entry) { return entry.second.until; });
  wrong_.erase(first);
}

}  // namespace sfteams::agent

#include "agent/guard/login_guard.h"

#include <algorithm>

#include <fmt/format.h>

#include "agent/guard/codes.h"
#include "uci/codes.h"

namespace sfteams::agent {
namespace {

using std::chrono::ceil;
using std::chrono::minutes;
using std::chrono::seconds;

seconds whole_seconds(transport::Clock::duration wait) {
  return std::max(ceil<seconds>(wait), seconds(1));
}

std::string in_words(transport::Clock::duration wait) {
  const seconds whole = whole_seconds(wait);
  if (whole <= seconds(90)) return fmt::format("{} s", whole.count());
  return fmt::format("{} min", ceil<minutes>(whole).count());
}

tl::unexpected<Error> paused(const std::string& whose, transport::Clock::duration wait,
                             const std::string& advice = {}) {
  return fail(Error{codes::kLoginPaused,
                    fmt::format("too many logins {}have failed lately; no further one goes to the "
                                "PBX, which would otherwise block this host",
                                whose),
                    fmt::format("try again in {}{}", in_words(wait), advice), whole_seconds(wait)});
}

}  // namespace

LoginGuard::LoginGuard(const Limits& limits, crypto::Secret process_key, crypto::Secret name_key,
                       std::function<bool()> anybody_proven)
    : limits_(limits),
      process_key_(std::move(process_key)),
      name_key_(std::move(name_key)),
      anybody_proven_(std::move(anybody_proven)) {}

Result<LoginGuard::Attempt> LoginGuard::begin(std::string_view user, const Fingerprint& fingerprint,
                                              TimePoint now, Standing standing) {
  drop_old(now);
  Attempt attempt;
  attempt.fingerprint_ = fingerprint;
  if (const auto wait = wrong_.refused_for(fingerprint, now)) {
    return fail(
        uci::codes::kLoginRefused,
        "the PBX has already refused this user name with this password, so it was not asked "
        "again",
        fmt::format("check the password; if it has become right since, try again in {}",
                    in_words(*wait)));
  }
  if (const Result<void> free = check_budgets(user, standing, now); !free)
    return fail(free.error());
  attempt.number_ = ++last_number_;
  failures_.push_back({.number = attempt.number_,
                       .user = std::string(user),
                       .fingerprint = fingerprint,
                       .at = now,
                       .sign_in = true,
                       .unproven = standing == Standing::unproven});
  changed();
  return attempt;
}

std::size_t LoginGuard::sign_ins() const {
  if (signed_in_ == 0 || limits_.failures < 3) return limits_.failures;
  return limits_.failures - (limits_.failures + 2) / 3;
}

std::size_t LoginGuard::unproven() const {
  return anybody_proven() ? (sign_ins() + 1) / 2 : sign_ins();
}

Result<void> LoginGuard::check_budgets(std::string_view user, Standing standing,
                                       TimePoint now) const {
  const Failure* oldest = nullptr;
  const Failure* oldest_of_user = nullptr;
  const Failure* oldest_unproven = nullptr;
  std::size_t all = 0;
  std::size_t of_user = 0;
  std::size_t of_token = 0;
  std::size_t of_unproven = 0;
  const auto add = [](const Failure& failure, std::size_t& sum, const Failure*& first) {
    sum += failure.weight;
    if (first == nullptr) first = &failure;
  };
  for (const Failure& failure : failures_) {
    if (failure.weight == 0) continue;
    add(failure, all, oldest);
    if (failure.user == user && failure.sign_in) add(failure, of_user, oldest_of_user);
    if (failure.user == user && !failure.sign_in) of_token += failure.weight;
    if (failure.unproven) add(failure, of_unproven, oldest_unproven);
  }
  if (of_user > 0 && of_user >= limits_.failures_per_user) {
    return paused("of this user ", oldest_of_user->at + limits_.window - now);
  }
  // The user's token was good and is refused now: most probably this is the new password. Its turn
  // comes once, out of what is kept for users who are signed in.
  if (of_token > 0 && of_user == 0 && all + 1 + calls_ <= most()) return {};
  // The same for a name that nobody has and for a wrong password of one that somebody has.
  if (standing == Standing::unproven && anybody_proven() && of_unproven > 0 &&
      of_unproven >= unproven()) {
    return paused(
        "with passwords that were never right here ", oldest_unproven->at + limits_.window - now,
        "; if this goes on, tell your administrator: somebody with a key file may be guessing");
  }
  if (all >= sign_ins() && may_pass()) return {};
  if (all > 0 && all >= sign_ins()) return paused("", oldest->at + limits_.window - now);
  // A user whose calls are under way may have another password by now.
  if (all + 1 + calls_ > most()) return paused("", std::chrono::seconds(1));
  return {};
}

bool LoginGuard::would_pass_proven(std::string_view user, TimePoint now) const {
  return anybody_proven() && check_budgets(user, Standing::proven, now).has_value();
}

/// Whether it may well have been no wrong password.
bool LoginGuard::may_be_no_failure(const Failure& failure) const {
  if (failure.left_over) return true;
  if (failure.end != Failure::End::unknown) return false;
  return failure.proven || (failure.pbx && pbx_ && *failure.pbx != *pbx_);
}

/// One at a time, as long as the PBX is not shown too many even if it fails.
bool LoginGuard::may_pass() const {
  std::size_t all = 0;
  bool doubtful = false;
  for (const Failure& failure : failures_) {
    if (failure.end == Failure::End::under_way && failure.weight > 0) return false;
    all += failure.weight;
    doubtful = doubtful || may_be_no_failure(failure);
  }
  return doubtful && all + 1 + calls_ <= most();
}

bool LoginGuard::may_fit_later(std::string_view user, Standing standing) const {
  std::size_t of_user = 0;
  for (const Failure& failure : failures_) {
    if (failure.user == user && failure.sign_in && has_ended(failure)) of_user += failure.weight;
  }
  return !holds_back(standing) && of_user < limits_.failures_per_user && !only_time_helps();
}

/// Nothing is under way, and nothing may be taken back, that could make room for one more.
bool LoginGuard::only_time_helps() const {
  std::size_t all = 0;
  for (const Failure& failure : failures_) {
    const bool open = failure.end == Failure::End::under_way ||
                      (failure.end == Failure::End::unknown && (failure.pbx || failure.proven));
    if (open) return false;
    all += failure.weight;
  }
  return calls_ == 0 && all + 1 > most();
}

bool LoginGuard::holds_back(Standing standing) const {
  std::size_t all = 0;
  std::size_t of_unproven = 0;
  for (const Failure& failure : failures_) {
    if (!has_ended(failure)) continue;
    all += failure.weight;
    if (failure.unproven) of_unproven += failure.weight;
  }
  return all >= sign_ins() || (standing == Standing::unproven && of_unproven >= unproven());
}

/// And not as one of those that may be taken back.
bool LoginGuard::has_ended(const Failure& failure) const {
  return failure.end != Failure::End::under_way && !may_be_no_failure(failure);
}

void LoginGuard::finish(const Attempt& attempt, Outcome outcome, TimePoint now,
                        const Circumstances& then) {
  if (outcome == Outcome::accepted) release(attempt.fingerprint_);
  if (outcome == Outcome::refused) wrong_.remember(attempt.fingerprint_, now, limits_.window);
  const auto found = std::ranges::find(failures_, attempt.number_, &Failure::number);
  if (found == failures_.end()) return;
  if (outcome == Outcome::accepted || outcome == Outcome::not_reached) {
    const std::string user = std::move(found->user);
    failures_.erase(found);
    if (outcome == Outcome::accepted) take_back_left_over(user);
    return changed();
  }
  // It counts from its end; those behind it stay in order, as every end is later than every
  // beginning before it.
  Failure failure = std::move(*found);
  failures_.erase(found);
  failure.at = now;
  failure.end = outcome == Outcome::refused ? Failure::End::refused : Failure::End::unknown;
  failure.pbx = then.pbx;
  if (then.told_as_wrong && !then.proven) wrong_.remember(failure.fingerprint, now, kShortMemory);
  failure.proven = then.proven;
  if (then.proven) failure.unproven = false;
  failures_.push_back(std::move(failure));
  changed();
}

void LoginGuard::refused_later(const Fingerprint& fingerprint, TimePoint now, bool certain) {
  wrong_.remember(fingerprint, now, certain ? limits_.window : limits_.window / 3);
  bool found = false;
  for (Failure& failure : failures_) {
    if (failure.fingerprint != fingerprint || failure.end != Failure::End::unknown) continue;
    failure.end = Failure::End::refused;
    found = true;
  }
  // Otherwise the file goes on saying that the user's next accepted sign-in may take it back.
  if (found) changed();
}

std::size_t LoginGuard::failures(TimePoint now) {
  drop_old(now);
  std::size_t all = 0;
  for (const Failure& failure : failures_)
    all += failure.weight;
  return all;
}

LoginGuard::Number LoginGuard::count(std::string_view user, const Fingerprint& fingerprint,
                                     std::size_t weight, TimePoint now) {
  failures_.push_back({.number = ++last_number_,
                       .user = std::string(user),
                       .fingerprint = fingerprint,
                       .at = now,
                       .weight = weight});
  changed();
  return last_number_;
}

void LoginGuard::keep(Number number, std::size_t weight, TimePoint ended) {
  const auto found = std::ranges::find(failures_, number, &Failure::number);
  if (found == failures_.end()) return;
  Failure failure = std::move(*found);
  failures_.erase(found);
  failure.weight = weight;
  failure.at = ended;
  failure.end = Failure::End::unknown;
  failures_.push_back(std::move(failure));
  std::ranges::stable_sort(failures_, {}, &Failure::at);
  changed();
}

void LoginGuard::forget(Number number) {
  const auto erased = std::erase_if(
      failures_, [number](const Failure& failure) { return failure.number == number; });
  if (erased > 0) changed();
}

void LoginGuard::release(const Fingerprint& fingerprint) {
  wrong_.forget(fingerprint);
  std::erase_if(failures_, [&fingerprint](const Failure& failure) {
    return failure.fingerprint == fingerprint && failure.end == Failure::End::unknown &&
           !failure.left_over;
  });
  changed();
}

void LoginGuard::taken(const Fingerprint& fingerprint) {
  bool found = false;
  for (Failure& failure : failures_) {
    if (!failure.sign_in || failure.end != Failure::End::under_way ||
        !crypto::equal_constant_time(failure.fingerprint, fingerprint))
      continue;
    failure.weight = 0;
    found = true;
  }
  if (found) changed();
}

void LoginGuard::note_pbx(Number number, const uci::AnswerShape& shape) {
  const auto found = std::ranges::find(failures_, number, &Failure::number);
  if (found == failures_.end() || found->pbx == shape) return;
  found->pbx = shape;
  changed();
}

void LoginGuard::release_unlike(const uci::AnswerShape& well) {
  std::erase_if(failures_, [&well](const Failure& failure) {
    return failure.end == Failure::End::unknown && failure.pbx && *failure.pbx != well;
  });
  changed();
}

LoginGuard::Memory LoginGuard::memory(TimePoint now) const {
  Memory memory;
  memory.usual = usual_;
  memory.signed_in = calls_;
  for (const Failure& failure : failures_) {
    const bool under_way = failure.end == Failure::End::under_way;
    if (!under_way && now >= failure.at + limits_.window) continue;
    Memory::Open open{failure.left_by, failure.at, failure.pbx};
    if (failure.left_over) {
      memory.under_way.push_back(open);
    } else if (failure.end == Failure::End::unknown) {
      open.user = tag_of(failure.user);
      memory.under_way.insert(memory.under_way.end(), failure.weight, open);
    } else if (!under_way) {
      memory.failed.insert(memory.failed.end(), failure.weight, failure.at);
    } else if (failure.sign_in) {
      if (failure.weight > 0) memory.under_way.push_back({tag_of(failure.user), {}, {}});
    } else {
      ++memory.signed_in;  // what may follow it has not gone out
    }
  }
  return memory;
}

void LoginGuard::restore(const Memory& memory, TimePoint now) {
  const auto add = [&](Failure failure) {
    if (now >= failure.at + limits_.window) return;
    failure.number = ++last_number_;
    failures_.push_back(std::move(failure));
  };
  for (const TimePoint at : memory.failed)
    add({.user = {}, .at = at, .unproven = true, .end = Failure::End::refused});
  const auto add_left_over = [&](const Memory::Open& open) {
    add({.user = {},
         .at = open.since.value_or(now),
         .left_over = true,
         .left_by = open.user,
         .end = Failure::End::unknown,
         .pbx = open.pbx});
  };
  usual_ = memory.usual;
  for (const Memory::Open& open : memory.under_way)
    add_left_over(open);
  // The passwords of several users are not changed in one moment, and one user has a few requests
  // under way.
  const auto nobodys = static_cast<std::size_t>(std::ranges::count_if(
      failures_, [](const Failure& failure) { return failure.left_over && !failure.left_by; }));
  const std::size_t most_of_one = limits_.failures / 2 + 1;
  for (std::size_t i = nobodys; i < std::min(nobodys + memory.signed_in, most_of_one); ++i)
    add_left_over({});
  std::ranges::stable_sort(failures_, {}, &Failure::at);
}

void LoginGuard::take_back_left_over(std::string_view user) {
  const std::optional<NameTag> tag = tag_of(user);
  const auto found = std::ranges::find_if(failures_, [&](const Failure& failure) {
    return failure.left_over && failure.left_by && failure.left_by == tag;
  });
  if (found == failures_.end()) return;
  failures_.erase(found);
  for (Failure& failure : failures_) {
    if (failure.left_over && failure.left_by == tag) failure.left_by.reset();
  }
}

std::optional<LoginGuard::NameTag> LoginGuard::tag_of(std::string_view user) const {
  if (name_key_.empty()) return std::nullopt;
  const crypto::Sha256Digest digest =
      crypto::hmac_sha256(name_key_.bytes(), {crypto::bytes_of(user)});
  NameTag tag{};
  std::copy_n(digest.begin(), tag.size(), tag.begin());
  return tag;
}

void LoginGuard::judge_changed() {
  wrong_.forget_all();
  pbx_.reset();
  usual_.reset();
  for (Failure& failure : failures_) {
    if (failure.end == Failure::End::under_way) continue;
    failure.end = Failure::End::refused;
    failure.left_over = false;
    failure.pbx.reset();
  }
  changed();
}

void LoginGuard::set_usual(const uci::AnswerShape& shape) {
  if (usual_ == shape) return;
  usual_ = shape;
  changed();
}

bool LoginGuard::has_unanswered_requests() const {
  return std::ranges::any_of(failures_, [](const Failure& failure) {
    return failure.end == Failure::End::unknown && !failure.sign_in;
  });
}

bool LoginGuard::may_be_released() const {
  return std::ranges::any_of(failures_, [this](const Failure& failure) {
    return failure.end == Failure::End::unknown && failure.pbx && failure.pbx != usual_;
  });
}

bool LoginGuard::under_way() const {
  return std::ranges::any_of(
      failures_, [](const Failure& failure) { return failure.end == Failure::End::under_way; });
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
}

}  // namespace sfteams::agent

#include "tests/faults/sign_ins.h"

#include <algorithm>

#include <fmt/format.h>

namespace sfteams::faults {

SignIns::SignIns(std::string user, const Passwords& passwords, const TroubleLog& troubles,
                 Patience patience)
    : user_(std::move(user)), passwords_(passwords), troubles_(troubles), patience_(patience) {}

std::string SignIns::begin(TimePoint now) {
  const Passwords::Right right = passwords_.of(user_);
  // The new one is not to blame for the time in which the old one was refused.
  if (right.generation != generation_) out_since_.reset();
  generation_ = right.generation;
  began_ = now;
  if (!out_since_) out_since_ = now;
  return right.text;
}

std::optional<std::string> SignIns::accepted(TimePoint now) {
  auto promise = kept_out(now);
  proven_ = generation_;
  began_.reset();
  out_since_.reset();
  return promise;
}

std::optional<std::string> SignIns::turned_away(std::string_view code, TimePoint now) {
  const TimePoint since = began_.value_or(now);
  auto promise =
      judged(proven() ? Situation::sign_in_proven : Situation::sign_in_changed, code, since, now);
  return promise ? promise : kept_out(now);
}

std::optional<std::string> SignIns::lost(std::string_view code, TimePoint since, TimePoint now) {
  out_since_ = now;
  return judged(Situation::loss, code, since, now);
}

Troubles SignIns::during(TimePoint since, TimePoint now) const {
  const Troubles all = troubles_.between(since, now);
  return up_to_date() ? all : all | Trouble::password_changed;
}

std::optional<std::string> SignIns::judged(Situation situation, std::string_view code,
                                           TimePoint since, TimePoint now) const {
  const Troubles troubles = during(since, now);
  if (judge(situation, code, troubles) == Verdict::allowed) return std::nullopt;
  return fmt::format("{}: {} ended with {} after {:.1f} s, while this was wrong: {}", user_,
                     to_string(situation), code, std::chrono::duration<double>(now - since).count(),
                     to_string(troubles));
}

/// Counts on over all failed sign-ins, whatever their codes are.
std::optional<std::string> SignIns::kept_out(TimePoint now) {
  if (!out_since_ || !up_to_date()) return std::nullopt;
  const Duration out = troubles_.calm_time(*out_since_, now);
  longest_out_ = std::max(longest_out_, out);
  if (out <= (proven() ? patience_.proven : patience_.changed)) return std::nullopt;
  out_since_ = now;
  return fmt::format("{} was kept out for {:.1f} s with {} password while nothing was wrong", user_,
                     std::chrono::duration<double>(out).count(), proven() ? "the proven" : "a new");
}

}  // namespace sfteams::faults

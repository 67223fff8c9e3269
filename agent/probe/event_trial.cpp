#include "agent/probe/event_trial.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sfteams::probe {
namespace {

std::vector<Fact> facts_of_trial(const EventTrial& trial) {
  std::vector<Fact> facts{{"login", trial.login}};
  if (!trial.logged_in) return facts;
  if (!trial.subscription.empty()) facts.push_back({"subscription", trial.subscription});
  if (trial.heard != nullptr) {
    const std::vector<Fact> heard = facts_of(*trial.heard);
    facts.insert(facts.end(), heard.begin(), heard.end());
  }
  return facts;
}

/// Events, for a question about them; `trial.logged_in` holds.
Finding judge_events(std::string_view question, const EventTrial& trial, std::vector<Fact> facts) {
  if (trial.heard != nullptr && std::ranges::any_of(*trial.heard, is_call_state))
    return found(question, true, std::move(facts));
  if (trial.broken_off) return not_found_out(question, "broken off", std::move(facts));
  if (!trial.subscribed)
    return not_found_out(question, "the PBX does not grant events", std::move(facts));
  if (!trial.waited) return not_found_out(question, "skipped", std::move(facts));
  if (trial.strangers > 0) {
    facts.push_back(
        {"connections to the callback from elsewhere", std::to_string(trial.strangers)});
    return not_found_out(question,
                         "something that is not the PBX, as [uci] callback-from has it, came to "
                         "the callback",
                         std::move(facts));
  }
  if (trial.other_port) {
    return not_found_out(question,
                         "none came, but the callback was at another port than [uci] "
                         "callback-listen has, where the agent is: stop the agent meanwhile",
                         std::move(facts));
  }
  // No event is no proof: the call may not have been made.
  return not_found_out(question, "none came while the phone was to be called", std::move(facts));
}

}  // namespace

Finding judge_events_by_older_token(const EventTrial& trial) {
  std::vector<Fact> facts = facts_of_trial(trial);
  if (!trial.logged_in) {
    return not_found_out(kEventsByOlderToken,
                         trial.unanswered ? kNoAnswer : "the older token was not taken",
                         std::move(facts));
  }
  return judge_events(kEventsByOlderToken, trial, std::move(facts));
}

std::vector<Finding> judge_renewal(const RenewalTrial& trial) {
  const EventTrial& events = trial.events;
  std::vector<Fact> facts = facts_of_trial(events);
  const auto both = [](const std::string& why, std::vector<Fact> facts_of_first) {
    return std::vector<Finding>{not_found_out(kKeptOverRenewal, why, std::move(facts_of_first)),
                                not_found_out(kEventsOverRenewal, why)};
  };
  if (!events.logged_in) {
    return both(events.unanswered ? kNoAnswer : "the login by a JWT was not taken",
                std::move(facts));
  }
  if (!trial.why_no_wait.empty()) return both(trial.why_no_wait, std::move(facts));
  if (trial.lost_before)
    return both("the login was lost before the token changed", std::move(facts));
  if (!trial.renewed) {
    if (trial.renewal.empty())
      return both(events.broken_off ? "broken off" : "no refresh token came", std::move(facts));
    facts.push_back({"renewal", trial.renewal});
    return both("the renewal was refused", std::move(facts));
  }
  std::vector<Fact> kept{{"renewal", trial.renewal},
                         {"keepAlive afterwards", fmt::format("{}", fmt::join(trial.kept, "; "))}};
  if (!trial.new_login.empty()) kept.push_back({"new login", trial.new_login});
  if (!trial.carried.empty()) {
    facts.push_back(
        {"JWTs in the callback's query", fmt::format("{}", fmt::join(trial.carried, ", "))});
  }
  std::vector<Finding> findings;
  findings.push_back(trial.kept.empty()
                         ? not_found_out(kKeptOverRenewal, "broken off", std::move(kept))
                         : found(kKeptOverRenewal, trial.all_true, std::move(kept)));
  if (!trial.new_login.empty() && !trial.new_login_taken) {
    findings.push_back(not_found_out(kEventsOverRenewal, "the login was lost", std::move(facts)));
  } else {
    findings.push_back(judge_events(kEventsOverRenewal, events, std::move(facts)));
  }
  return findings;
}

Finding judge_expired(const Reply& reply, bool garbled) {
  std::vector<Fact> facts{{"token", garbled ? "one with another signature" : "one that is over"},
                          {"answer", form_of(reply)}};
  if (!reply) return not_found_out(kExpiredRefused, "no answer came", std::move(facts));
  return found(kExpiredRefused, !value_of(reply).has_value(), std::move(facts));
}

void garble(crypto::Secret& token) {
  if (token.empty()) return;
  // Not the last character, some of whose bits count for nothing.
  std::uint8_t& byte = token.bytes()[token.size() - token.size() / 8 - 1];
  byte = byte == 'A' ? 'B' : 'A';
}

Finding judge_older_token(const EventTrial& trial, bool proven) {
  std::vector<Fact> facts{{"login", trial.login}};
  if (trial.unanswered) return not_found_out(kOlderTokenTaken, kNoAnswer, std::move(facts));
  if (!trial.logged_in && !proven) {
    return not_found_out(kOlderTokenTaken, "refused, but the password may be wrong",
                         std::move(facts));
  }
  return found(kOlderTokenTaken, trial.logged_in, std::move(facts));
}

}  // namespace sfteams::probe

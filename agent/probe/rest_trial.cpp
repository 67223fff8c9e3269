#include "agent/probe/rest_trial.h"

#include <algorithm>

namespace sfteams::probe {

Finding judge_rest(const RestTrial& trial) {
  std::vector<Fact> facts{{"signed in by", trial.by}};
  if (!trial.login.empty()) facts.push_back({"sign-in", trial.login});
  if (!trial.signed_in && trial.unanswered)
    return not_found_out(kRestOffered, kNoAnswer, std::move(facts));
  if (!trial.signed_in) return found(kRestOffered, false, std::move(facts));
  for (const auto& [path, reply] : trial.answers)
    facts.push_back({path.substr(0, path.find('?')), form_of(reply)});
  const bool offered = std::ranges::any_of(trial.answers, [](const auto& answer) {
    return answer.second && answer.second->status == 200 &&
           form_of(answer.second).find("JSON") != std::string::npos;
  });
  const bool silent = std::ranges::none_of(
      trial.answers, [](const auto& answer) { return answer.second.has_value(); });
  if (silent) return not_found_out(kRestOffered, kNoAnswer, std::move(facts));
  return found(kRestOffered, offered, std::move(facts));
}

}  // namespace sfteams::probe

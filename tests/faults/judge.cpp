#include "tests/faults/judge.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

namespace sfteams::faults {
namespace {

constexpr double kEventsAMinute = 300;
constexpr double kAnswersAMinute = 15;  ///< of each session
/// Of one minute: the card "large answers" comes more often than that.
constexpr double kLargeShare = 0.3;

void expect(std::vector<std::string>& lacking, std::string_view what, std::size_t done,
            std::size_t least) {
  if (done < least) lacking.push_back(fmt::format("only {} {}, at least {}", done, what, least));
}

void check_pbx(const Evidence& evidence, std::vector<std::string>& broken) {
  const Json::Value& most = evidence.pbx["mostWrongTokens"];
  const Json::Value& addresses = evidence.pbx["ignoredAddresses"];
  const Json::Value& counters = evidence.pbx["counters"];
  if (!most.isUInt64() || !addresses.isArray() || !counters.isObject() ||
      !counters["ignored"].isUInt64())
    return broken.push_back("the PBX does not say what it has counted");
  if (counters["ignored"].asUInt64() > 0 || !addresses.empty() ||
      most.asUInt64() >= evidence.blacklist_after)
    broken.emplace_back("the PBX has put the agent on its blacklist");
}

}  // namespace

Least Least::of(double minutes, std::size_t sessions, std::size_t asking) {
  const auto whole = [](double number) { return static_cast<std::size_t>(number); };
  Least least;
  least.events = whole(minutes * kEventsAMinute);
  least.answered = whole(minutes * kAnswersAMinute * static_cast<double>(sessions));
  least.large_answers =
      std::max<std::size_t>(1, whole(minutes * kLargeShare * static_cast<double>(asking)));
  return least;
}

std::vector<std::string> missing(const Work& work, const Least& least) {
  std::vector<std::string> lacking;
  expect(lacking, "events were delivered", work.events, least.events);
  expect(lacking, "requests were answered", work.answered, least.answered);
  expect(lacking, "large answers came", work.large_answers, least.large_answers);
  for (const std::string& fault : least.faults) {
    if (!work.faults.contains(fault)) lacking.push_back(fmt::format("no '{}' came", fault));
  }
  return lacking;
}

std::vector<std::string> broken_promises(const Evidence& evidence) {
  std::vector<std::string> broken;
  check_pbx(evidence, broken);
  for (const Readings* readings : evidence.readings)
    std::ranges::move(readings->broken_promises(evidence.limits), std::back_inserter(broken));
  for (const std::string& lack : missing(evidence.work, evidence.least))
    broken.push_back("too little was done to say anything: " + lack);
  return broken;
}

}  // namespace sfteams::faults

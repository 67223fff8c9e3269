#include <iostream>
#include <utility>

#include <fmt/format.h>

#include "tests/faults/scenario.h"

// What a soak says in the end.

namespace sfteams::faults {
namespace {

#ifdef SFTEAMS_SANITIZED
constexpr bool kJudgesMemory = false;
#else
constexpr bool kJudgesMemory = true;
#endif
constexpr std::size_t kMostOfAKind = 4;
constexpr std::size_t kMostShown = 60;

void list(const char* what, const Fleet::Counts& counts) {
  if (counts.empty()) return;
  std::cout << what;
  const char* between = "";
  for (const auto& [code, times] : counts)
    std::cout << fmt::format("{}{} × {}", std::exchange(between, "; "), code, times);
  std::cout << "\n";
}

void tell(const Books::Tally& tally) {
  std::cout << fmt::format(
      "requests: {} asked, {} answered, {} failed, {} of sessions that were lost, {} without an "
      "answer;\n"
      "          {} carried out by the PBX\n"
      "events:   {} delivered by the PBX, {} heard by all sessions together\n"
      "sessions: {}, of which {} were there at the end\n",
      tally.asked, tally.answered, tally.failed, tally.unknown, tally.waiting, tally.executed,
      tally.delivered, tally.heard, tally.sessions, tally.to_the_end);
}

/// Texts that differ in their numbers only are of one kind.
std::string kind_of(std::string promise) {
  std::erase_if(promise, [](char c) { return c >= '0' && c <= '9'; });
  return promise;
}

/// Some of each kind, so that one does not hide all others.
void show(const std::vector<std::string>& broken) {
  Fleet::Counts kinds;
  std::size_t shown = 0;
  for (const std::string& promise : broken) {
    if (++kinds[kind_of(promise)] <= kMostOfAKind && shown++ < kMostShown)
      std::cout << "BROKEN: " << promise << "\n";
  }
}

double in_seconds(transport::Duration time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

Evidence Scenario::evidence() {
  Evidence all;
  all.pbx = installation_.simulator_get("/control/state");
  all.blacklist_after = kBlacklistAfter;
  all.readings = gauges_.readings();
  if (options_.max_turn_ms) all.limits.longest_turn = *options_.max_turn_ms / 1'000;
  all.limits.memory = kJudgesMemory;
  all.work = work();
  all.least = least_;
  return all;
}

void Scenario::tell(const Evidence& evidence) const {
  const Fleet::Seen& seen = fleet_->seen();
  list("faults:   ", faults_);
  faults::tell(books_.tally());
  std::cout << fmt::format("large:    {} answered\n", seen.large_answers);
  std::cout << fmt::format(
      "resumed:  {} times; longest without a session: {:.1f} s, {:.1f} s of it while nothing was "
      "wrong\n",
      seen.resumptions, in_seconds(seen.longest_absence), in_seconds(fleet_->longest_out()));
  list("lost:     ", seen.losses);
  list("failed:   ", seen.failures);
  list("          large answers: ", seen.large_failures);
  list("guessed:  ", seen.guesses);
  const Json::Value& counters = evidence.pbx["counters"];
  std::cout << fmt::format(
      "PBX:      {} wrong tokens, at most {} within {} s (its blacklist begins at {}); {} requests "
      "ignored\n",
      counters["wrongTokens"].asUInt64(), evidence.pbx["mostWrongTokens"].asUInt64(),
      kWindow.count(), kBlacklistAfter, counters["ignored"].asUInt64());
  for (const Readings* readings : evidence.readings)
    std::cout << readings->line();
}

bool Scenario::judge() {
  const Evidence all = evidence();
  tell(all);
  for (const std::string& promise : broken_promises(all))
    books_.broke(promise);
  const std::vector<std::string> broken = books_.broken_promises();
  show(broken);
  std::cout << (broken.empty() ? "Nothing was lost, nothing came twice, nobody was shut out."
                               : fmt::format("{} promises were broken.", broken.size()))
            << std::endl;
  return broken.empty();
}

}  // namespace sfteams::faults

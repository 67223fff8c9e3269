#include "connector/cluster/members.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "base/log/log.h"
#include "connector/cluster/codes.h"

namespace sfteams::connector {
namespace {

/// What an earlier process of a node said may still be on its way when the next one is heard.
constexpr transport::Duration kLate{3'000};

}  // namespace

Members::Members(ClusterContext& context, Callbacks callbacks)
    : context_(context),
      callbacks_(std::move(callbacks)),
      started_(context.scheduler.now()),
      own_{.current = context.identity.boot, .since = started_, .since_ms = context.unix_ms()},
      subscription_(context.bus.subscribe(
          context.subjects.beat(), [this](const bus::Message& message) { on_beat(message); })),
      watch_(context.bus.watch([this](bool up) {
        if (up) beat_now();
      })) {
  tick();
}

void Members::tick() {
  beat_now();
  const auto now = context_.scheduler.now();
  std::erase_if(known_,
                [&](const auto& each) { return now - each.second.member.heard > kForgotten; });
  timer_ = context_.scheduler.after(kInterval, [this] { tick(); });
}

void Members::beat_now() {
  BeatWord beat = callbacks_.describe();
  beat.url = context_.identity.url;
  const auto uptime = context_.scheduler.now() - started_;
  beat.uptime =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(uptime).count());
  const std::string subject = context_.subjects.beat();
  context_.bus.publish(subject, context_.maker.make(subject, WordKind::beat, pack(beat)));
}

void Members::on_beat(const bus::Message& message) {
  const auto word = context_.reader.read(message.subject, message.body);
  if (!word || word->kind != WordKind::beat) return;
  auto beat = read_beat(word->payload);
  if (!beat) return;
  if (word->node == context_.identity.id) {
    hear_other_boot(own_, *word);
    return;
  }
  const auto found = known_.find(word->node);
  if (found == known_.end()) {
    hear_new(*word, std::move(*beat));
  } else {
    hear(found->second, *word, std::move(*beat));
  }
}

void Members::hear_new(const Word& word, BeatWord beat) {
  if (!make_room()) return;
  // One that has just started holds nothing that we could have missed.
  const bool was_there = std::chrono::seconds(beat.uptime) > kGap;
  Known& known = known_[word.node];
  known.member.node = word.node;
  known.boots = {
      .current = word.boot, .since = context_.scheduler.now(), .since_ms = context_.unix_ms()};
  take(known, word, std::move(beat));
  if (was_there) callbacks_.back();
}

void Members::hear(Known& known, const Word& word, BeatWord beat) {
  const auto now = context_.scheduler.now();
  const auto silence = now - known.member.heard;
  Boots& boots = known.boots;
  if (word.boot != boots.current) {
    if (word.boot == boots.before && silence < kSilent) {
      hear_other_boot(boots, word);
      return;
    }
    boots = {.current = word.boot,
             .since = now,
             .since_ms = context_.unix_ms(),
             .before = boots.current,
             .other_heard = boots.other_heard};
  } else if (word.counter <= known.counter) {
    return;  // a younger one was faster
  }
  take(known, word, std::move(beat));
  if (silence >= kGap) callbacks_.back();
}

void Members::take(Known& known, const Word& word, BeatWord beat) {
  known.counter = word.counter;
  known.member.boot = word.boot;
  known.member.beat = std::move(beat);
  known.member.heard = context_.scheduler.now();
  // Both are within 30 s of each other: the reader drops what is not.
  known.member.ahead_ms =
      static_cast<std::int64_t>(word.sent) - static_cast<std::int64_t>(context_.unix_ms());
  check_clock(known);
}

void Members::check_clock(Known& known) {
  const std::int64_t ahead = known.member.ahead_ms;
  const bool differs = std::abs(ahead) > kMostSkewMs;
  if (std::exchange(known.skew_reported, differs) || !differs) return;
  log::warn("cluster",
            Error{codes::kNodeClockDiffers,
                  fmt::format("the clock of node {} is {}.{} s {} that of this node",
                              known.member.node, std::abs(ahead) / 1'000,
                              std::abs(ahead) % 1'000 / 100, ahead > 0 ? "ahead of" : "behind"),
                  "synchronise the clocks of all nodes (NTP)"});
}

void Members::hear_other_boot(Boots& boots, const Word& word) {
  const auto now = context_.scheduler.now();
  // Neither what was late nor what was recorded before: it has to be said after the other one was
  // there.
  if (now - boots.since < kLate || word.sent <= boots.since_ms) return;
  const bool known = is_twice(boots);
  boots.other_heard = now;
  if (known) return;
  log::error(
      "cluster",
      Error{codes::kNodeIdTwice, fmt::format("two connectors run with the node id {}", word.node),
            "give each connector its own [cluster] node, and stop one of the two"});
}

bool Members::is_twice(const Boots& boots) const {
  return boots.other_heard && context_.scheduler.now() - *boots.other_heard < kSilent;
}

std::vector<Place> Members::missing() const {
  std::vector<const Member*> found;
  for (const auto& [node, known] : known_)
    if (context_.scheduler.now() - known.member.heard >= kMissing) found.push_back(&known.member);
  std::ranges::sort(found, std::ranges::greater(), &Member::heard);
  found.resize(std::min(found.size(), kMostMissing));
  std::vector<Place> places;
  places.reserve(found.size());
  for (const Member* const member : found)
    places.push_back({member->node, member->boot, member->beat.url, 0});
  return places;
}

bool Members::own_id_twice() const {
  return is_twice(own_);
}

bool Members::make_room() {
  if (known_.size() < kMost) return true;
  const auto oldest = std::ranges::min_element(
      known_, {}, [](const auto& each) { return each.second.member.heard; });
  if (!is_silent(oldest->second.member)) return false;
  known_.erase(oldest);
  return true;
}

bool Members::is_silent(const Member& member) const {
  return context_.scheduler.now() - member.heard >= kSilent;
}

Member Members::shown(const Known& known) const {
  Member member = known.member;
  member.silent = is_silent(member);
  member.twice = is_twice(known.boots);
  return member;
}

std::vector<Member> Members::list() const {
  std::vector<Member> members;
  for (const auto& [node, known] : known_)
    members.push_back(shown(known));
  return members;
}

std::optional<Member> Members::find(const std::string& node) const {
  const auto found = known_.find(node);
  if (found == known_.end() || is_silent(found->second.member)) return std::nullopt;
  return shown(found->second);
}

}  // namespace sfteams::connector

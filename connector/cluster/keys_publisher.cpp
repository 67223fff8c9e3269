#include "connector/cluster/keys_publisher.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/crypto/random.h"

namespace sfteams::connector {
namespace {

using transport::Duration;

constexpr std::size_t kRestoredAtOnce = 128;

Duration random_up_to(Duration most) {
  return Duration(crypto::random_below(static_cast<std::uint64_t>(most.count()) + 1));
}

}  // namespace

void KeysPublisher::sighted(LogKeys keys) {
  const auto generation = replica_.generation(keys.name);
  const auto known = replica_.keys(keys.name);
  // Without the registry nothing can be said; the next sighting comes.
  if (!generation || !known) return;
  keys.generation = *generation;
  const bool same =
      *known && (*known)->keys.identity == keys.identity && (*known)->keys.keys == keys.keys;
  if (!same) {
    wait(std::move(keys), Duration(0), false);
    return;
  }
  // An older link's keys must not come after these.
  const auto waiting = waiting_.find(keys.name);
  if (waiting != waiting_.end() && waiting->second.keys.epoch < keys.epoch) waiting_.erase(waiting);
  if (keys.seen - (*known)->keys.seen >= kSightingEvery)
    wait(std::move(keys), random_up_to(kSpread), false);
}

void KeysPublisher::outdated(LogKeys known) {
  wait(std::move(known), random_up_to(Duration(5'000)), false);
}

void KeysPublisher::wait(LogKeys keys, Duration delay, bool restoring) {
  std::string name = keys.name;
  const auto due = scheduler_.now() + delay;
  const auto found = waiting_.find(name);
  if (found == waiting_.end()) {
    waiting_.emplace(std::move(name), Waiting{std::move(keys), due, restoring, ++next_number_});
  } else {
    Waiting& waiting = found->second;
    if (waiting.keys.epoch > keys.epoch || restoring) return;
    waiting = {std::move(keys), std::min(due, waiting.due), false, ++next_number_};
  }
  pump_soon();
}

void KeysPublisher::pump_soon() {
  if (!timer_) timer_ = scheduler_.after(Duration(0), [this] { pump(); });
}

void KeysPublisher::restore() {
  restore_after_.emplace();
  pump_soon();
}

/// A page at a time, so that they need not all be kept.
void KeysPublisher::restore_more() {
  if (!restore_after_ || waiting_.size() > kRestoredAtOnce) return;
  auto page = replica_.unconfirmed_keys(*restore_after_, kRestoredAtOnce);
  if (!page) return;
  restore_after_ =
      page->next.empty() ? std::nullopt : std::optional<std::string>(std::move(page->next));
  for (LogKeys& keys : page->keys)
    wait(std::move(keys), random_up_to(kRestoreSpread), true);
}

void KeysPublisher::pump() {
  // Kept while it runs, so that nothing sets another one.
  const auto running = std::exchange(timer_, scheduler_.after(kPause, [this] { pump(); }));
  restore_more();
  if (bus_.up()) {
    std::size_t sent = 0;
    for (auto each = waiting_.begin(); each != waiting_.end() && sent < kAtOnce;) {
      Waiting& waiting = each->second;
      if (waiting.request || waiting.due > scheduler_.now()) {
        ++each;
      } else if (superfluous(waiting)) {
        each = waiting_.erase(each);
      } else {
        ++sent;
        send(each->first, waiting);
        ++each;
      }
    }
  }
  if (waiting_.empty() && !restore_after_) timer_.reset();
}

bool KeysPublisher::superfluous(const Waiting& waiting) {
  const auto known = replica_.keys(waiting.keys.name);
  if (!known || !*known) return false;
  if ((*known)->keys.epoch > waiting.keys.epoch) return true;
  return waiting.restoring && (*known)->confirmed;
}

void KeysPublisher::send(const std::string& name, Waiting& waiting) {
  auto value = seal_.seal_keys(waiting.keys);
  waiting.due = scheduler_.now() + kRetry;
  if (!value) return;
  waiting.request =
      streams_.publish(seal_.keys_stream(), seal_.keys_subject(name), std::move(*value),
                       [this, name, number = waiting.number](const auto& reply) {
                         sent(std::string(name), number, reply.outcome);
                       });
}

void KeysPublisher::sent(const std::string& name, std::uint64_t number, StreamOutcome outcome) {
  const auto found = waiting_.find(name);
  if (found == waiting_.end() || found->second.number != number) return;
  if (outcome == StreamOutcome::ok) {
    waiting_.erase(found);
  } else {
    found->second.request.reset();
  }
}

}  // namespace sfteams::connector

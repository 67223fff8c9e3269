#include "connector/cluster/held_names.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace sfteams::connector {

HeldNames::HeldNames(ClusterContext& context, KnownPlaces& known, Callbacks callbacks)
    : context_(context),
      known_(known),
      callbacks_(std::move(callbacks)),
      own_words_(context.bus.subscribe(context.subjects.node(context.identity.id),
                                       [this](const bus::Message& message) { on_node(message); })),
      watch_(context.bus.watch([this](bool up) {
        if (up) {
          claim_again();
        } else {
          plan_slice();
        }
      })) {}

HeldNames::~HeldNames() = default;

Epoch HeldNames::hold(const std::string& name) {
  const auto [entry, added] = names_.try_emplace(name);
  Held& held = entry->second;
  if (added) {
    const NameHash hash = context_.keys.hash_of(name);
    held.hash = hash_bytes(hash).value_or(HashBytes{});
    by_hash_[held.hash] = &entry->first;
    held.subscription = context_.bus.subscribe(
        context_.subjects.name(hash),
        [this, here = &*entry](const bus::Message& message) { on_name(*here, message); });
  }
  const Epoch above = std::max(held.epoch, known_.highest(name)) + 1;
  held.epoch = std::min(std::max<Epoch>(context_.unix_ms(), above), kEpochEnd - 1);
  held.since = context_.scheduler.now();
  held.rounds = 0;
  (void)claim(held);
  first_repeats_.push_back({held.since + kFirstRepeat, held.since, name});
  plan_repeats();
  plan_slice();
  return held.epoch;
}

void HeldNames::let_go(const std::string& name) {
  const auto entry = names_.find(name);
  if (entry == names_.end()) return;
  known_.note_epoch(name, entry->second.epoch);
  by_hash_.erase(entry->second.hash);
  names_.erase(entry);
  plan_slice();
}

Epoch HeldNames::epoch_of(const std::string& name) const {
  const auto entry = names_.find(name);
  return entry == names_.end() ? 0 : entry->second.epoch;
}

void HeldNames::claim_again() {
  urgent_ = names_.size();
  plan_slice();
}

void HeldNames::on_name(Names::value_type& entry, const bus::Message& message) {
  const auto word = context_.reader.read(message.subject, message.body);
  if (!word) return;
  if (word->kind == WordKind::find) {
    answer(entry.second, *word, message);
  } else if (word->kind == WordKind::claim) {
    on_claim(entry, *word);
  } else if (word->kind == WordKind::forget && callbacks_.forgotten) {
    // It may let go of the name, and the entry with it.
    const std::string name = entry.first;
    callbacks_.forgotten(name);
  }
}

void HeldNames::answer(const Held& held, const Word& question, const bus::Message& message) {
  if (message.reply_to.empty()) return;
  const bus::Bytes payload = pack(PlaceWord{held.epoch, context_.identity.url});
  context_.bus.publish(message.reply_to,
                       context_.maker.answer(message.subject, question, WordKind::place, payload));
}

bool HeldNames::loses(const Held& held, const Word& word, Epoch epoch) const {
  const NodeIdentity& self = context_.identity;
  return std::tie(held.epoch, self.id, self.boot) < std::tie(epoch, word.node, word.boot);
}

bool HeldNames::is_fresh(const Held& held) const {
  return context_.scheduler.now() - held.since < kFresh;
}

void HeldNames::on_claim(Names::value_type& entry, const Word& word) {
  const auto claimed = read_claim(word.payload);
  if (!claimed) return;
  const Held& held = entry.second;
  if (!loses(held, word, claimed->epoch)) {
    const bus::Bytes payload = pack(HeldWord{held.hash, held.epoch});
    const std::string subject = context_.subjects.node(word.node);
    context_.bus.publish(subject, context_.maker.make(subject, WordKind::held, payload));
  } else if (claimed->epoch == held.epoch) {
    lose(entry.first, claimed->epoch, Why::tie);
  } else if (claimed->old_link) {
    rise_above(entry, claimed->epoch);
  } else {
    lose(entry.first, claimed->epoch, Why::overtaken);
  }
}

void HeldNames::on_node(const bus::Message& message) {
  const auto word = context_.reader.read(message.subject, message.body);
  if (!word || word->kind != WordKind::held) return;
  const auto theirs = read_held(word->payload);
  if (!theirs) return;
  const auto name = by_hash_.find(theirs->hash);
  if (name == by_hash_.end()) return;
  const auto entry = names_.find(*name->second);
  if (entry == names_.end() || !loses(entry->second, *word, theirs->epoch)) return;
  if (theirs->epoch == entry->second.epoch) {
    lose(entry->first, theirs->epoch, Why::tie);
  } else {
    rise_above(*entry, theirs->epoch);
  }
}

void HeldNames::rise_above(Names::value_type& entry, Epoch epoch) {
  Held& held = entry.second;
  if (!is_fresh(held) || held.rounds >= kRounds || epoch + 1 >= kEpochEnd) {
    lose(entry.first, epoch, Why::overtaken);
    return;
  }
  ++held.rounds;
  held.epoch = epoch + 1;
  (void)claim(held);
}

void HeldNames::lose(const std::string& name, Epoch to, Why why) {
  // The entry goes, and what `name` may refer to with it.
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization)
  const std::string lost = name;
  let_go(lost);
  known_.note_epoch(lost, to);
  if (callbacks_.lost) callbacks_.lost(lost, why);
}

bool HeldNames::claim(const Held& held) {
  const std::string subject = context_.subjects.name(hash_text(held.hash));
  const bus::Bytes payload = pack(ClaimWord{held.epoch, !is_fresh(held)});
  return context_.bus.publish(subject, context_.maker.make(subject, WordKind::claim, payload));
}

void HeldNames::plan_repeats() {
  if (repeat_timer_ || (first_repeats_.empty() && second_repeats_.empty())) return;
  auto due = transport::TimePoint::max();
  for (const auto* const repeats : {&first_repeats_, &second_repeats_})
    if (!repeats->empty()) due = std::min(due, repeats->front().due);
  const auto wait = std::chrono::ceil<transport::Duration>(due - context_.scheduler.now());
  repeat_timer_ = context_.scheduler.after(std::max(wait, kSlice), [this] { on_repeats(); });
}

void HeldNames::on_repeats() {
  repeat_timer_.reset();
  const auto now = context_.scheduler.now();
  std::size_t room = kPerSlice;
  for (auto* const repeats : {&first_repeats_, &second_repeats_}) {
    while (room > 0 && !repeats->empty() && repeats->front().due <= now) {
      Repeat repeat = std::move(repeats->front());
      repeats->pop_front();
      const auto entry = names_.find(repeat.name);
      if (entry == names_.end() || entry->second.since != repeat.since) continue;
      --room;
      (void)claim(entry->second);
      if (repeats != &first_repeats_) continue;
      repeat.due = repeat.since + kSecondRepeat;
      second_repeats_.push_back(std::move(repeat));
    }
  }
  plan_repeats();
}

void HeldNames::plan_slice() {
  if (names_.empty() || !context_.bus.up()) {
    slice_timer_.reset();
    return;
  }
  const bool urgent = urgent_ > 0;
  if (slice_timer_ && slice_is_urgent_ >= urgent) return;
  slice_is_urgent_ = urgent;
  slice_timer_ = context_.scheduler.after(urgent ? kSlice : kCalmSlice, [this] { on_slice(); });
}

void HeldNames::on_slice() {
  slice_timer_.reset();
  if (urgent_ > 0) {
    urgent_ = std::min(urgent_, names_.size());
    for (std::size_t room = std::min(kPerSlice, urgent_); room > 0 && claim_next(); --room)
      --urgent_;
  } else {
    calm_credit_ += std::min(names_.size(), kCalmSlices * kPerCalmSlice);
    for (; calm_credit_ >= kCalmSlices && claim_next(); calm_credit_ -= kCalmSlices) {
    }
    calm_credit_ %= kCalmSlices;
  }
  plan_slice();
}

bool HeldNames::claim_next() {
  auto next = names_.upper_bound(last_claimed_);
  if (next == names_.end()) next = names_.begin();
  if (next == names_.end() || !claim(next->second)) return false;
  last_claimed_ = next->first;
  return true;
}

}  // namespace sfteams::connector

#include "agent/token_desk.h"

#include <algorithm>
#include <utility>

#include "log/log.h"

namespace sfteams::agent {

TokenDesk::TokenDesk(transport::Scheduler& scheduler, LoginGuard& guard, AskNobody ask,
                     std::function<void()> room)
    : scheduler_(scheduler), guard_(guard), ask_(std::move(ask)), room_(std::move(room)) {}

TokenDesk::~TokenDesk() {
  guard_.set_calls(0);
  guard_.set_signed_in(0);
}

std::unique_ptr<TokenDesk::Gate> TokenDesk::gate(std::string user,
                                                 const LoginGuard::Fingerprint& fingerprint) {
  return std::make_unique<Gate>(*this, std::move(user), fingerprint);
}

void TokenDesk::ask_nobody(std::function<void(const Shape&)> then) {
  ask_([this, present = std::weak_ptr(present_), then = std::move(then)](const Shape& shape) {
    if (present.expired()) return;
    on_shape(shape);
    then(shape);
  });
}

void TokenDesk::on_shape(const Shape& shape) {
  guard_.set_pbx(shape);
  if (well_ && shape == *well_) guard_.release_unlike(shape);
  room_soon();
}

bool TokenDesk::is_usual(const Shape& shape) const {
  return shape == (well_ ? well_ : maybe_well_);
}

void TokenDesk::on_good(const Gate& gate, const Sent& sent) {
  if (sent.number > last_good_sent_) {
    last_good_sent_ = sent.number;
    last_good_gate_ = &gate;
    well_at_ = sent.at;
  }
  last_good_at_ = scheduler_.now();
  if (std::exchange(suspicious_, false)) {
    log::info("uci", "the PBX serves users again");
    learn_next_ = {};
    // Whoever was turned away meanwhile may know now what it meant.
    for (Gate* other : gates_)
      other->not_before_ = {};
  }
  pause_ = kFirstPause;
  learn(sent.number);
  room_soon();
}

/// The PBX serves somebody, so it is well, and what it answers to nobody now is what a well PBX
/// answers; unless that changes just between the two.
void TokenDesk::learn(std::uint64_t sent) {
  const auto now = scheduler_.now();
  // Of the question that was answered, not of one that has just been asked.
  if (maybe_well_ && sent > maybe_since_ && now <= maybe_asked_at_ + kNoRestart) be_certain();
  if (learning_ || now < learn_next_) return;
  learning_ = true;
  learn_next_ = now + kLearnSoon;
  ask_([this, asked_at = now, present = std::weak_ptr(present_)](const Shape& shape) {
    if (present.expired()) return;
    learning_ = false;
    if (suspicious_ || shape.rank == Shape::Rank::nothing) return;
    maybe_times_ = maybe_well_ == shape ? maybe_times_ + 1 : 1;
    maybe_well_ = shape;
    maybe_since_ = last_sent_;
    maybe_asked_at_ = asked_at;
    if (maybe_times_ >= kCertain) be_certain();
  });
}

void TokenDesk::be_certain() {
  const bool same = well_ == maybe_well_;
  // Once for each question, however many are served just after it.
  if (same && learn_next_ > scheduler_.now() + kLearnSoon) return;
  if (!same) guard_.release_unlike(*maybe_well_);
  well_ = maybe_well_;
  learn_pause_ = same ? std::min(learn_pause_ * 2, kLearnAtLeast) : kLearnAgain;
  learn_next_ = std::max(learn_next_, scheduler_.now() + learn_pause_);
}

void TokenDesk::doubt_all() {
  ++epoch_;
}

void TokenDesk::suspect() {
  doubt_all();
  if (std::exchange(suspicious_, true)) return;
  log::warn("uci",
            "the PBX turns a user away whose password it had taken; until it is known "
            "whether it does so with everybody, users' requests wait");
  scout_may_go_ = false;
  pause_ = kFirstPause;
  scout_pause_ = kFirstPause;
  last_scout_ = scheduler_.now();
  tick_after(pause_);
}

void TokenDesk::tick_after(Duration pause) {
  tick_ = scheduler_.after(pause, [this] { tick(); });
}

void TokenDesk::tick() {
  tick_.reset();
  const bool unknown = !well_ && guard_.has_unknown();
  if (!suspicious_ && !unknown) return;
  pause_ = std::min(pause_ * 2, kLongestPause);
  ask_nobody([this](const Shape& shape) {
    const auto now = scheduler_.now();
    // Otherwise than usual: no token is spent, and one goes at once when it is as usual again. The
    // usual answer may have changed for good, with an update of the PBX: now and then one goes.
    const bool usual = is_usual(shape) || (!well_ && !maybe_well_);
    const Duration pause = usual ? scout_pause_ : kScoutPause;
    if (suspicious_ && !scout_may_go_ && !scout_under_way_ && now >= last_scout_ + pause) {
      scout_may_go_ = true;
      scout_pause_ = std::clamp(scout_pause_ * 2, kFirstPause, kScoutPause);
      room_soon();
    }
    if (!usual) scout_pause_ = Duration(0);
    tick_after(pause_);
  });
}

void TokenDesk::somebody_waits() {
  somebody_waits_ = true;
  if (look_again_) return;
  // Failures grow old without anything happening.
  look_again_ = scheduler_.after(kLookAgain, [this] {
    look_again_.reset();
    room_soon();
  });
}

void TokenDesk::sign_in_waits() {
  sign_in_waits_ = true;
  somebody_waits();
}

void TokenDesk::room_soon() {
  if (turn_ || !somebody_waits_) return;
  turn_ = scheduler_.after(Duration(0), [this] {
    turn_.reset();
    somebody_waits_ = false;
    sign_in_waits_ = false;
    // What waited before a sign-in that waits still does comes after it.
    // A gate may go while another one's room is told.
    std::vector<std::pair<Gate*, std::weak_ptr<bool>>> gates;
    for (Gate* gate : gates_)
      gates.emplace_back(gate, gate->present_);
    // Not always the same one is the first.
    if (!gates_.empty()) gates_.splice(gates_.end(), gates_, gates_.begin());
    for (const auto& [gate, present] : gates) {
      if (present.expired() || !gate->room_) continue;
      const auto room = gate->room_;
      room();
    }
    room_();
  });
}

void TokenDesk::count_call(Gate& gate, bool more) {
  --with_calls_.at(gate.calls_);
  gate.calls_ = more ? gate.calls_ + 1 : gate.calls_ - 1;
  ++with_calls_.at(gate.calls_);
  guard_.set_calls(most_calls());
}

std::size_t TokenDesk::most_calls(const Gate* but_of) const {
  for (std::size_t calls = kMostCalls; calls > 0; --calls) {
    const bool own = but_of != nullptr && but_of->calls_ == calls;
    if (with_calls_.at(calls) > (own ? 1U : 0U)) return calls;
  }
  return 0;
}

bool TokenDesk::several_struck() const {
  return std::ranges::count_if(gates_, [](const Gate* gate) { return gate->strikes_ > 0; }) > 1;
}

}  // namespace sfteams::agent

#include "agent/pbx/token_desk.h"

#include <algorithm>
#include <utility>

#include "base/log/log.h"

namespace sfteams::agent {

TokenDesk::TokenDesk(transport::Scheduler& scheduler, LoginGuard& guard, AskNobody ask,
                     std::function<void()> room)
    : scheduler_(scheduler),
      guard_(guard),
      ask_(std::move(ask)),
      room_(std::move(room)),
      well_(guard.usual()) {
  if (guard_.may_be_released()) watch_nobody();
}

TokenDesk::~TokenDesk() {
  guard_.set_calls(0);
  guard_.set_signed_in(0);
}

std::unique_ptr<TokenDesk::Gate> TokenDesk::gate(std::string user,
                                                 const LoginGuard::Fingerprint& fingerprint,
                                                 std::function<bool()> proven) {
  return std::make_unique<Gate>(*this, std::move(user), fingerprint, std::move(proven));
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

Refusal::Nobody TokenDesk::compare_to_usual(const Shape& nobody) const {
  using Nobody = Refusal::Nobody;
  if (well_) return nobody == *well_ ? Nobody::usual : Nobody::otherwise;
  if (maybe_well_) return nobody == *maybe_well_ ? Nobody::likely : Nobody::otherwise;
  return nobody.rank <= Shape::Rank::failure ? Nobody::otherwise : Nobody::unlearned;
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
  guard_.set_usual(*well_);
  learn_pause_ = same ? std::min(learn_pause_ * 2, kLearnAtLeast) : kLearnAgain;
  learn_next_ = std::max(learn_next_, scheduler_.now() + learn_pause_);
}

void TokenDesk::doubt_all() {
  ++epoch_;
}

void TokenDesk::suspect() {
  doubt_all();
  if (std::exchange(suspicious_, true)) return;
  suspected_at_ = scheduler_.now();
  suspected_until_ = {};
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

/// What the PBX answers without a token may change, and what was counted be taken back then.
void TokenDesk::watch_nobody() {
  if (tick_) return;
  pause_ = suspicious_ ? kFirstPause : kShortWait;
  tick_after(kFirstPause);
}

void TokenDesk::tick() {
  tick_.reset();
  end_suspicion_of_nobody();
  const bool unknown = guard_.may_be_released();
  if (!suspicious_ && !unknown) return;
  const auto waited = std::chrono::floor<Duration>(scheduler_.now() - suspected_at_);
  pause_ *= 2;
  if (suspicious_) pause_ = std::min(pause_, std::clamp(waited / 4, kShortWait, kLongWait));
  pause_ = std::min(pause_, kLearnAtLeast);
  ask_nobody([this](const Shape& shape) {
    const auto now = scheduler_.now();
    // Otherwise than usual: no token is spent, and one goes at once when it is as usual again. The
    // usual answer may have changed for good, with an update of the PBX: now and then one goes.
    const bool usual =
        compare_to_usual(shape) != Refusal::Nobody::otherwise || (!well_ && !maybe_well_);
    const Duration pause = usual ? scout_pause_ : kScoutOtherwise;
    if (suspicious_ && !scout_may_go_ && !scout_under_way_ && now >= last_scout_ + pause) {
      scout_may_go_ = true;
      // Slower when it takes long, or they alone would use up what may be wrong.
      const int factor = scout_pause_ < kScoutsOften ? 2 : 3;
      scout_pause_ = std::clamp(scout_pause_ * factor, kFirstPause, kScoutPause);
      room_soon();
    }
    if (!usual) scout_pause_ = Duration(0);
    tick_after(pause_);
  });
}

void TokenDesk::note_refused(const LoginGuard::Fingerprint& fingerprint) {
  const auto now = scheduler_.now();
  const auto window = guard_.limits().window;
  std::erase_if(refused_, [&](const Refused& refused) { return now >= refused.last + window; });
  const bool together = std::ranges::any_of(refused_, [&](const Refused& refused) {
    return refused.fingerprint != fingerprint && now <= refused.last + kTogether &&
           last_good_at_ < refused.last;
  });
  const auto known = std::ranges::find(refused_, fingerprint, &Refused::fingerprint);
  if (known != refused_.end()) {
    known->last = now;
  } else {
    refused_.push_back({fingerprint, now, now});
    if (refused_.size() > kMostRefused) refused_.pop_front();
  }
  if (!together) return;
  suspect();
  suspected_until_ = now + kLongWait;
}

std::optional<TokenDesk::TimePoint> TokenDesk::first_refusal_of(
    const LoginGuard::Fingerprint& fingerprint) const {
  for (const Refused& refused : refused_) {
    if (crypto::equal_constant_time(refused.fingerprint, fingerprint)) return refused.first;
  }
  return std::nullopt;
}

/// It does not happen that the passwords of several users are changed and all of these users call
/// within one round trip. So of the calls that were sent before the first such answer came, only
/// one user's may have carried a wrong token: those of the user with most of them count, until that
/// token turns out to be good.
void TokenDesk::note_break(Gate& gate, const Sent& sent) {
  if (break_gate_ == nullptr || sent.at > break_at_) {
    break_at_ = scheduler_.now();
    break_gate_ = &gate;
  }
  Gate::Break& part = gate.break_;
  if (part.at != break_at_) {
    part = {};
    part.at = break_at_;
  }
  ++part.calls;
  if (break_gate_ == &gate) {
    gate.note_open_doubt();
    ++part.open;
  } else if (part.calls > break_gate_->break_.calls) {
    break_gate_->forgive_break();
    gate.count_break();
    break_gate_ = &gate;
  }
}

void TokenDesk::end_break_of(Gate& gate) {
  const bool counted = break_gate_ == &gate;
  gate.break_ = {};
  if (!counted) return;
  break_gate_ = nullptr;
  for (Gate* other : gates_) {
    if (other->break_.at != break_at_ || other->break_.calls == 0) continue;
    if (break_gate_ == nullptr || other->break_.calls > break_gate_->break_.calls)
      break_gate_ = other;
  }
  if (break_gate_ != nullptr) break_gate_->count_break();
}

/// When nobody is left whose request waits, the next sign-in finds out how the PBX is.
void TokenDesk::end_suspicion_of_nobody() {
  const bool somebody =
      std::ranges::any_of(gates_, [](const Gate* gate) { return gate->was_good_ && gate->doubt_; });
  if (somebody || scheduler_.now() < suspected_until_) return;
  suspicious_ = false;
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
    for (Gate* gate : gates_) {
      if (std::exchange(gate->waits_, false)) gates.emplace_back(gate, gate->present_);
    }
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
  if (more || !std::exchange(gate.waits_for_own_, false)) return;
  gate.waits_ = true;
  somebody_waits();
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

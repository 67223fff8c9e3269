#include "agent/guard/token_desk.h"

#include <algorithm>
#include <utility>

#include "agent/guard/codes.h"
#include "agent/guard/token_desk_gate.h"
#include "base/log/log.h"

namespace sfteams::agent {

TokenDesk::TokenDesk(transport::Scheduler& scheduler, LoginGuard& guard, AskNobody ask,
                     std::function<void()> room)
    : scheduler_(scheduler),
      guard_(guard),
      ask_(std::move(ask)),
      room_(std::move(room)),
      usual_(guard.usual()) {
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
  if (usual_.certain() == shape) guard_.release_unlike(shape);
  room_soon();
}

void TokenDesk::on_good(const Gate& gate, const Sent& sent) {
  if (sent.number > last_good_sent_) {
    last_good_sent_ = sent.number;
    last_good_gate_ = &gate;
    well_at_ = sent.at;
  }
  last_good_at_ = scheduler_.now();
  if (scouts_.note_served()) {
    log::info("uci", "the PBX serves users again");
    usual_.ask_soon();
    // A user who was turned away meanwhile may know now what it meant.
    for (Gate* other : gates_)
      other->end_pause();
  }
  if (usual_.note_served(sent.number, scheduler_.now())) note_usual();
  learn();
  room_soon();
}

/// The PBX serves somebody, so it is well, and what it answers to nobody now is what a well PBX
/// answers; unless that changes just between the two.
void TokenDesk::learn() {
  const auto now = scheduler_.now();
  if (!usual_.has_question(now)) return;
  ask_([this, asked_at = now, present = std::weak_ptr(present_)](const Shape& shape) {
    if (present.expired()) return;
    if (usual_.note_answer(shape, asked_at, last_sent_, scouts_.suspicious(), scheduler_.now()))
      note_usual();
  });
}

void TokenDesk::note_usual() {
  guard_.release_unlike(*usual_.certain());
  guard_.set_usual(*usual_.certain());
}

void TokenDesk::suspect() {
  doubt_all();
  if (!scouts_.suspect(scheduler_.now())) return;
  log::warn("uci", Error{codes::kUserTurnedAway,
                         "the PBX turns a user away whose password it had taken; until it is known "
                         "whether it does so with everybody, users' requests wait",
                         "if it lasts, look at the PBX: it is starting, or in trouble"});
  tick_after(Scouts::kFirstPause);
}

void TokenDesk::tick_after(Duration pause) {
  tick_ = scheduler_.after(pause, [this] { tick(); });
}

/// What the PBX answers without a token may change, and what was counted be taken back then.
void TokenDesk::watch_nobody() {
  if (tick_) return;
  scouts_.begin_to_ask();
  tick_after(Scouts::kFirstPause);
}

void TokenDesk::tick() {
  tick_.reset();
  end_suspicion_of_nobody();
  if (!scouts_.suspicious() && !guard_.may_be_released()) return;
  scouts_.note_asked(scheduler_.now());
  ask_nobody([this](const Shape& shape) {
    // The usual answer may have changed for good, with an update of the PBX.
    const bool usual = usual_.compare(shape) != Refusal::Nobody::otherwise || !usual_.learned();
    if (scouts_.note_answer(usual, scheduler_.now())) room_soon();
    tick_after(scouts_.pause());
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
  scouts_.keep_up_until(now + Scouts::kLongWait);
}

std::optional<TokenDesk::TimePoint> TokenDesk::first_refusal_of(
    const LoginGuard::Fingerprint& fingerprint) const {
  for (const Refused& refused : refused_) {
    if (crypto::equal_constant_time(refused.fingerprint, fingerprint)) return refused.first;
  }
  return std::nullopt;
}

/// When nobody is left whose request waits, the next sign-in finds out how the PBX is.
void TokenDesk::end_suspicion_of_nobody() {
  const bool somebody =
      std::ranges::any_of(gates_, [](const Gate* gate) { return gate->waits_for_pbx(); });
  if (!somebody) scouts_.nobody_waits(scheduler_.now());
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
    std::vector<std::function<void()>> waiting;
    for (Gate* gate : gates_) {
      if (auto room = gate->stop_waiting()) waiting.push_back(std::move(room));
    }
    // Not always the same one is the first.
    if (!gates_.empty()) gates_.splice(gates_.end(), gates_, gates_.begin());
    for (const auto& room : waiting)
      room();
    room_();
  });
}

std::size_t TokenDesk::most_calls(std::optional<std::size_t> apart_from) const {
  for (std::size_t calls = kMostCalls; calls > 0; --calls) {
    if (with_calls_.at(calls) > (apart_from == calls ? 1U : 0U)) return calls;
  }
  return 0;
}

bool TokenDesk::several_struck() const {
  return std::ranges::count_if(gates_, [](const Gate* gate) { return gate->struck(); }) > 1;
}

}  // namespace sfteams::agent

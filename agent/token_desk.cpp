#include "agent/token_desk.h"

#include <algorithm>
#include <utility>

#include "agent/codes.h"
#include "log/log.h"
#include "uci/codes.h"

namespace sfteams::agent {

using uci::TokenAnswer;
using uci::TokenSign;

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
  if (well_) {
    if (shape == *well_) guard_.release_unlike(shape);
  } else {
    guard_.release_below(shape.rank);
  }
  room_soon();
}

/// The PBX serves somebody, so it is well, and what it answers to nobody now is what a well PBX
/// answers.
void TokenDesk::on_good(const Gate& gate, std::uint64_t sent) {
  if (sent > last_good_sent_) {
    last_good_sent_ = sent;
    last_good_gate_ = &gate;
  }
  const auto now = scheduler_.now();
  if (suspicious_) log::info("uci", "the PBX serves users again");
  if (suspicious_ || !learned_ || now >= *learned_ + kLearnAgain) {
    learned_ = now;
    ask_([this, present = std::weak_ptr(present_)](const Shape& shape) {
      if (present.expired() || suspicious_) return;
      if (shape.rank == Shape::Rank::nothing) {
        learned_.reset();
        return;
      }
      well_ = shape;
      guard_.release_unlike(shape);
      room_soon();
    });
  }
  suspicious_ = false;
  pause_ = kFirstPause;
  room_soon();
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
    const bool usual = !well_ || shape == *well_;
    const Duration pause = usual ? scout_pause_ : kScoutPause;
    if (suspicious_ && !scout_may_go_ && now >= last_scout_ + pause) {
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

/// One request. Its number in the guard is 0 for a call.
class TokenDesk::Gate::Ticket final : public Leave {
 public:
  Ticket(Gate& gate, Use use, LoginGuard::Number number)
      : gate_(gate),
        present_(gate.present_),
        use_(use),
        number_(number),
        sent_(++gate.desk_.last_sent_) {}
  ~Ticket() override {
    if (settled_ || present_.expired()) return;
    // Given up: nobody knows what the PBX made of it.
    if (use_ == Use::call) {
      gate_.desk_.count_call(gate_, false);
    } else if (number_ != 0) {
      gate_.desk_.guard_.keep(number_, 1, gate_.desk_.scheduler_.now());
    }
    if (use_ == Use::keep_alive) gate_.desk_.scout_under_way_ = false;
    gate_.desk_.room_soon();
  }
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;

  void settle(const TokenAnswer& answer) override {
    if (std::exchange(settled_, true) || present_.expired()) return;
    gate_.on_answer(use_, number_, sent_, answer);
  }

 private:
  Gate& gate_;
  std::weak_ptr<bool> present_;
  Use use_;
  LoginGuard::Number number_;
  std::uint64_t sent_;
  bool settled_ = false;
};

TokenDesk::Gate::Gate(TokenDesk& desk, std::string user, const LoginGuard::Fingerprint& fingerprint)
    : desk_(desk), user_(std::move(user)), fingerprint_(fingerprint) {
  desk_.gates_.push_back(this);
  ++desk_.with_calls_.at(0);
}

TokenDesk::Gate::~Gate() {
  drop_reserve();
  std::erase(desk_.gates_, this);
  if (desk_.last_good_gate_ == this) desk_.last_good_gate_ = nullptr;
  --desk_.with_calls_.at(calls_);
  desk_.guard_.set_calls(desk_.most_calls());
  if (was_good_) desk_.guard_.set_signed_in(--desk_.signed_in_);
  desk_.room_soon();
}

bool TokenDesk::Gate::trusted() const {
  return was_good_ && !doubt_ && epoch_ == desk_.epoch_;
}

std::unique_ptr<TokenDesk::Gate::Leave> TokenDesk::Gate::take(Use use) {
  std::unique_ptr<Leave> leave;
  switch (use) {
    case Use::login:
      leave = take_login();
      break;
    case Use::keep_alive:
      leave = take_keep_alive();
      break;
    case Use::call:
      // Whoever has as many under way as possible waits for one of them, which needs no word.
      if (calls_ >= kMostCalls) return nullptr;
      if (!may_call()) break;
      desk_.count_call(*this, true);
      return std::make_unique<Ticket>(*this, use, 0);
    case Use::logout:
      // In doubt the PBX is left to forget the user by itself.
      if (was_good_ ? !trusted() : room_for(1) == 0) return nullptr;
      return std::make_unique<Ticket>(
          *this, use, desk_.guard_.count(user_, fingerprint_, 1, desk_.scheduler_.now()));
  }
  if (!leave) desk_.somebody_waits();
  return leave;
}

bool TokenDesk::Gate::may_call() const {
  if (!trusted() || wants_keep_alive_) return false;
  const std::size_t counted = desk_.guard_.failures(desk_.scheduler_.now());
  const std::size_t most = desk_.guard_.most();
  if (counted >= most) return false;
  const std::size_t room = most - counted;
  return calls_ < (desk_.sign_in_waits_ && room > 1 ? room - 1 : room);
}

/// `wanted`, less when nothing is under way that could make more room, or 0.
std::size_t TokenDesk::Gate::room_for(std::size_t wanted) const {
  LoginGuard& guard = desk_.guard_;
  const std::size_t others = desk_.most_calls(this);
  const std::size_t taken = guard.failures(desk_.scheduler_.now()) + calls_ + open_doubts_;
  const std::size_t beside = others > 0 ? others - 1 : 0;
  if (taken + beside + wanted <= guard.most()) return wanted;
  if (wanted > 1 && !guard.under_way() && taken + beside + 1 <= guard.most()) return 1;
  return 0;
}

std::unique_ptr<TokenDesk::Gate::Leave> TokenDesk::Gate::take_keep_alive() {
  const auto now = desk_.scheduler_.now();
  const bool scouting = desk_.suspicious_;
  const bool held = scouting && (!desk_.scout_may_go_ || desk_.scout_under_way_);
  const std::size_t weight = now < not_before_ || held ? 0 : room_for(2);
  wants_keep_alive_ = weight == 0;
  if (weight == 0) return nullptr;
  if (scouting) {
    desk_.scout_may_go_ = false;
    desk_.scout_under_way_ = true;
    desk_.last_scout_ = now;
  }
  drop_reserve();
  auto ticket = std::make_unique<Ticket>(*this, Use::keep_alive,
                                         desk_.guard_.count(user_, fingerprint_, weight, now));
  judged_sent_ = desk_.last_sent_;
  login_may_follow_ = weight > 1;
  return ticket;
}

std::unique_ptr<TokenDesk::Gate::Leave> TokenDesk::Gate::take_login() {
  const auto now = desk_.scheduler_.now();
  LoginGuard::Number number = 0;
  // The first one was counted by LoginGuard::begin().
  if (was_good_) {
    if (reserve_ == 0 && (now < not_before_ || desk_.suspicious_ || room_for(1) == 0))
      return nullptr;
    drop_reserve();
    number = desk_.guard_.count(user_, fingerprint_, 1, now);
  }
  auto ticket = std::make_unique<Ticket>(*this, Use::login, number);
  judged_sent_ = desk_.last_sent_;
  return ticket;
}

void TokenDesk::Gate::drop_reserve() {
  const LoginGuard::Number number = std::exchange(reserve_, 0);
  if (number != 0) desk_.guard_.keep(number, 1, desk_.scheduler_.now());
}

void TokenDesk::Gate::on_answer(Use use, LoginGuard::Number number, std::uint64_t sent,
                                const TokenAnswer& answer) {
  const auto now = desk_.scheduler_.now();
  LoginGuard& guard = desk_.guard_;
  if (use == Use::call) return on_call_answer(answer, sent);
  if (use == Use::logout) {
    const bool judged = answer.sign == TokenSign::refused || answer.sign == TokenSign::odd;
    if (!judged) {
      guard.forget(number);
    } else {
      guard.keep(number, 1, now);
    }
    return desk_.room_soon();
  }
  last_answer_ = answer;
  if (use == Use::keep_alive) desk_.scout_under_way_ = false;
  const bool login_may_follow = std::exchange(login_may_follow_, false);
  if (answer.sign == TokenSign::good) {
    guard.forget(number);
    return on_token_good(sent);
  }
  doubt_ = true;
  if (answer.sign == TokenSign::unsent) {
    guard.forget(number);
    desk_.doubt_all();
    return desk_.room_soon();
  }
  if (number != 0) {
    const bool reserve = login_may_follow && answer.sign == TokenSign::no_login;
    guard.keep(number, reserve ? 2 : 1, now);
    if (reserve) reserve_ = number;
    // What has become doubtful with it was probably counted as well.
    if (open_doubts_ > 0)
      guard.keep(guard.count(user_, fingerprint_, open_doubts_, now), open_doubts_, now);
    open_doubts_ = 0;
  }
  if (answer.shape.rank == Shape::Rank::nothing) desk_.doubt_all();
  desk_.room_soon();
}

void TokenDesk::Gate::on_call_answer(const TokenAnswer& answer, std::uint64_t sent) {
  desk_.count_call(*this, false);
  if (answer.sign == TokenSign::good) {
    if (!doubt_) desk_.on_good(*this, sent);
  } else {
    doubt_ = true;
    if (answer.sign != TokenSign::unsent) ++open_doubts_;
  }
  desk_.room_soon();
}

void TokenDesk::Gate::on_token_good(std::uint64_t sent) {
  if (!std::exchange(was_good_, true)) desk_.guard_.set_signed_in(++desk_.signed_in_);
  doubt_ = false;
  epoch_ = desk_.epoch_;
  open_doubts_ = 0;
  strikes_ = 0;
  not_before_ = {};
  desk_.guard_.release(fingerprint_);
  desk_.on_good(*this, sent);
}

void TokenDesk::Gate::judge(const TokenAnswer& answer, std::function<void(Verdict)> decide) {
  const bool pbx_well = desk_.last_good_sent_ > judged_sent_ && desk_.last_good_gate_ != this;
  if (answer.turned_away) {
    if (pbx_well) return decide_wrong(decide);
    if (answer.sign == TokenSign::refused && !was_good_ && !desk_.suspicious_)
      return decide_wrong(decide);
  }
  desk_.ask_nobody([this, present = std::weak_ptr(present_), answer,
                    decide = std::move(decide)](const Shape& nobody) {
    if (!present.expired()) decide_with(answer, nobody, decide);
  });
}

void TokenDesk::Gate::decide_with(const TokenAnswer& answer, const Shape& nobody,
                                  const std::function<void(Verdict)>& decide) {
  nobody_ = nobody;
  desk_.guard_.note_pbx(fingerprint_, nobody);
  if (!desk_.tick_) desk_.tick_after(kFirstPause);
  const bool as_usual = desk_.well_ && nobody == *desk_.well_;
  const bool otherwise = desk_.well_ ? !as_usual : nobody.rank == Shape::Rank::nothing;
  if (otherwise) {
    if (was_good_) desk_.suspect();
    return decide(Verdict::later);
  }
  if (answer.turned_away) {
    const bool judged = answer.shape.rank == Shape::Rank::judgement || answer.shape != nobody;
    if (judged || (as_usual && !was_good_)) return decide_wrong(decide);
    if (!was_good_) {
      // The PBX turns away whoever asks, and nobody was ever let in: told as a wrong password,
      // because that is what the user can do something about, and not remembered as one.
      provisional_ = true;
      return decide(Verdict::wrong);
    }
  } else if (!was_good_ || !answer.answered) {
    return decide(Verdict::later);
  }
  if (strike(answer.turned_away) == Verdict::wrong) return decide_wrong(decide);
  desk_.suspect();
  decide(Verdict::later);
}

/// It cannot be told whether it is the token or the PBX: this token waits for a second look. When
/// several users are met it is probably the PBX, and when the answer says nothing it may be; then
/// it takes more of them, so that it ends in any case.
uci::TokenGate::Verdict TokenDesk::Gate::strike(bool turned_away) {
  const auto now = desk_.scheduler_.now();
  const bool others_served = desk_.last_good_gate_ != nullptr && desk_.last_good_gate_ != this &&
                             desk_.last_good_sent_ > judged_sent_;
  ++strikes_;
  const bool clear = others_served || (turned_away && !desk_.several_struck());
  if (strikes_ >= (clear ? 2U : 4U)) return Verdict::wrong;
  not_before_ = now + kSecondLook;
  return Verdict::later;
}

void TokenDesk::Gate::decide_wrong(const std::function<void(Verdict)>& decide) {
  wrong_ = true;
  if (was_good_) {
    desk_.doubt_all();
    desk_.guard_.refused_later(fingerprint_, desk_.scheduler_.now());
    desk_.room_soon();
  }
  decide(Verdict::wrong);
}

LoginGuard::Outcome TokenDesk::Gate::outcome(const Result<void>& login) const {
  using Outcome = LoginGuard::Outcome;
  if (login) return Outcome::accepted;
  if (wrong_) return Outcome::refused;
  return last_answer_.sign == TokenSign::unsent ? Outcome::not_reached : Outcome::unknown;
}

void TokenDesk::Gate::finished() {
  if (nobody_) desk_.guard_.note_pbx(fingerprint_, *nobody_);
  desk_.room_soon();
}

Error TokenDesk::Gate::why() const {
  if (desk_.suspicious_) {
    return {uci::codes::kPbxError, "the PBX turns users away at the moment",
            "it is starting, or in trouble; try again in a moment"};
  }
  if (desk_.guard_.failures(desk_.scheduler_.now()) + 1 >= desk_.guard_.most()) {
    return {codes::kLoginPaused,
            "too many wrong passwords have reached the PBX lately; no further request goes there "
            "before it is known that this user's password still holds",
            "try again in some minutes"};
  }
  return {uci::codes::kTooManyWaiting, "too many calls of the user are under way",
          "wait for answers before calling again"};
}

}  // namespace sfteams::agent

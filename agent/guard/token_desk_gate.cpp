#include "agent/guard/token_desk_gate.h"

#include <algorithm>
#include <utility>

#include "agent/guard/codes.h"
#include "uci/codes.h"

namespace sfteams::agent {

using uci::TokenAnswer;
using uci::TokenSign;

/// One request. Its number in the guard is 0 for a call.
class TokenDesk::Gate::Ticket final : public Leave {
 public:
  Ticket(Gate& gate, Use use, LoginGuard::Number number, bool scout = false)
      : gate_(gate),
        present_(gate.present_),
        use_(use),
        number_(number),
        scout_(scout),
        sent_{++gate.desk_.last_sent_, gate.desk_.scheduler_.now()} {}
  ~Ticket() override {
    if (settled_ || present_.expired()) return;
    // Given up: nobody knows what the PBX made of it.
    if (use_ == Use::call) {
      gate_.count_call(false);
      gate_.note_open_doubt();
    } else if (number_ != 0) {
      gate_.desk_.guard_.keep(number_, 1, gate_.desk_.scheduler_.now());
    }
    if (scout_) gate_.desk_.scouts_.scout_ended();
    gate_.desk_.room_soon();
  }
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;

  void settle(const TokenAnswer& answer) override {
    if (std::exchange(settled_, true) || present_.expired()) return;
    if (scout_) gate_.desk_.scouts_.scout_ended();
    gate_.on_answer(use_, number_, sent_, answer);
  }

 private:
  Gate& gate_;
  std::weak_ptr<bool> present_;
  Use use_;
  LoginGuard::Number number_;
  bool scout_;
  Sent sent_;
  bool settled_ = false;
};

TokenDesk::Gate::Gate(TokenDesk& desk, std::string user, const LoginGuard::Fingerprint& fingerprint,
                      std::function<bool()> proven)
    : desk_(desk),
      user_(std::move(user)),
      fingerprint_(fingerprint),
      proven_(std::move(proven)),
      break_(desk.breaks_, *this) {
  desk_.gates_.push_back(this);
  ++desk_.with_calls_.at(0);
}

TokenDesk::Gate::~Gate() {
  drop_reserve();
  // Nobody will ask any more whether the token was still good then.
  keep_open_doubts();
  std::erase(desk_.gates_, this);
  if (desk_.last_good_gate_ == this) desk_.last_good_gate_ = nullptr;
  --desk_.with_calls_.at(calls_);
  desk_.guard_.set_calls(desk_.most_calls());
  if (was_good_) desk_.guard_.set_signed_in(--desk_.signed_in_);
  desk_.end_suspicion_of_nobody();
  desk_.room_soon();
}

bool TokenDesk::Gate::trusted() const {
  if (!was_good_ || doubt_ || epoch_ != desk_.epoch_) return false;
  return fresh() || room_left() > kLittleRoom;
}

void TokenDesk::Gate::note_refusal() {
  const auto now = desk_.scheduler_.now();
  LoginGuard& guard = desk_.guard_;
  // Nobody's fingerprint, so that no good token takes it back.
  guard.keep(guard.count(user_, LoginGuard::Fingerprint{}, 1, now), 1, now);
}

bool TokenDesk::Gate::fresh() const {
  return served_ && desk_.scheduler_.now() <= *served_ + kFresh;
}

/// In the guard, for what is not asked first whether it still holds.
std::size_t TokenDesk::Gate::room_left() const {
  const std::size_t counted = desk_.guard_.failures(desk_.scheduler_.now()) + desk_.open_doubts_;
  return desk_.guard_.most() > counted ? desk_.guard_.most() - counted : 0;
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
      // Told when one of them has ended, and not whenever anybody's has.
      if (calls_ >= kMostCalls) {
        waits_for_own_ = true;
        return nullptr;
      }
      if (!may_call()) break;
      count_call(true);
      return std::make_unique<Ticket>(*this, use, 0);
    case Use::logout:
      // In doubt the PBX is left to forget the user by itself.
      if (!was_good_ || !trusted()) return nullptr;
      return std::make_unique<Ticket>(
          *this, use, desk_.guard_.count(user_, fingerprint_, 1, desk_.scheduler_.now()));
  }
  if (!leave) {
    waits_ = true;
    desk_.somebody_waits();
  }
  return leave;
}

bool TokenDesk::Gate::may_call() const {
  if (!trusted() || wants_keep_alive_) return false;
  const std::size_t room = room_left();
  if (room == 0) return false;
  if (!fresh()) return calls_ == 0;
  // A keepAlive and a login follow a doubt, and then others still want to go on.
  const std::size_t beside = desk_.sign_in_waits_ ? 4 : 3;
  return calls_ < (room > beside ? room - beside : 1);
}

/// `wanted`, less when nothing is under way that could make more room, or 0.
std::size_t TokenDesk::Gate::room_for(std::size_t wanted) const {
  LoginGuard& guard = desk_.guard_;
  const std::size_t others = desk_.most_calls(calls_);
  const std::size_t taken = guard.failures(desk_.scheduler_.now()) + calls_ + open_doubts_;
  const std::size_t beside = others > 0 ? others - 1 : 0;
  if (taken + beside + wanted <= guard.most()) return wanted;
  if (wanted > 1 && !guard.under_way() && taken + beside + 1 <= guard.most()) return 1;
  return 0;
}

/// A token that was refused already leaves some room when it is sent again: others go on while this
/// user waits.
bool TokenDesk::Gate::leaves_room() const {
  if (strikes_ == 0 || desk_.signed_in_ < 2 || desk_.scouts_.suspicious()) return true;
  return room_for(1 + kRoomForOthers) == 1 + kRoomForOthers;
}

bool TokenDesk::Gate::may_ask() const {
  return desk_.scheduler_.now() >= not_before_ && desk_.may_scout();
}

std::function<void()> TokenDesk::Gate::stop_waiting() {
  if (!std::exchange(waits_, false)) return nullptr;
  return [this, present = std::weak_ptr(present_)] {
    if (present.expired() || !room_) return;
    const auto room = room_;
    room();
  };
}

void TokenDesk::Gate::count_call(bool more) {
  --desk_.with_calls_.at(calls_);
  calls_ = more ? calls_ + 1 : calls_ - 1;
  ++desk_.with_calls_.at(calls_);
  desk_.guard_.set_calls(desk_.most_calls());
  if (more || !std::exchange(waits_for_own_, false)) return;
  waits_ = true;
  desk_.somebody_waits();
}

std::unique_ptr<TokenDesk::Gate::Leave> TokenDesk::Gate::take_keep_alive() {
  const std::size_t weight = may_ask() && leaves_room() ? room_for(2) : 0;
  wants_keep_alive_ = weight == 0;
  if (weight == 0) {
    // They stay open, so that nobody else may use the room that they take.
    if (!desk_.guard_.under_way()) keep_open_doubts();
    return nullptr;
  }
  const bool scout = desk_.scouts_.send(desk_.scheduler_.now());
  asked_in_trust_ = was_good_ && !doubt_ && epoch_ == desk_.epoch_;
  drop_reserve();
  auto ticket = std::make_unique<Ticket>(
      *this, Use::keep_alive,
      desk_.guard_.count(user_, fingerprint_, weight, desk_.scheduler_.now()), scout);
  note_question();
  login_may_follow_ = weight > 1;
  return ticket;
}

std::unique_ptr<TokenDesk::Gate::Leave> TokenDesk::Gate::take_login() {
  LoginGuard::Number number = 0;
  bool scout = false;
  // A proven password is taken for one that was right just now.
  asked_in_trust_ = !was_good_;
  // The first one was counted by LoginGuard::begin().
  if (was_good_) {
    // The scout's own login is part of its errand.
    if (reserve_ == 0) {
      if (!may_ask() || !leaves_room() || room_for(1) == 0) return nullptr;
      scout = desk_.scouts_.send(desk_.scheduler_.now());
    }

    drop_reserve();
    number = desk_.guard_.count(user_, fingerprint_, 1, desk_.scheduler_.now());
  } else {
    scout = desk_.scouts_.send(desk_.scheduler_.now());
  }
  auto ticket = std::make_unique<Ticket>(*this, Use::login, number, scout);
  note_question();
  return ticket;
}

/// What was known when the request was sent that is going to be judged.
void TokenDesk::Gate::note_question() {
  if (desk_.last_good_gate_ != this) others_served_ = desk_.last_good_at_;
  well_before_.reset();
  if (desk_.last_good_sent_ != 0) well_before_ = desk_.well_at_;
}

void TokenDesk::Gate::note_open_doubt() {
  if (open_doubts_ == 0) doubted_at_ = desk_.scheduler_.now();
  ++open_doubts_;
  ++desk_.open_doubts_;
}

void TokenDesk::Gate::settle_open_doubts() {
  desk_.open_doubts_ -= std::exchange(open_doubts_, 0);
}

void TokenDesk::Gate::keep_open_doubts() {
  if (open_doubts_ == 0) return;
  const auto now = desk_.scheduler_.now();
  LoginGuard& guard = desk_.guard_;
  const LoginGuard::Number number = guard.count(user_, fingerprint_, open_doubts_, now);
  // They grow old from then on, however late they are counted.
  guard.keep(number, open_doubts_, doubted_at_);
  settle_open_doubts();
  kept_doubts_ = number;
  break_.note_counted(number);
}

LoginGuard::Number TokenDesk::Gate::count_calls(std::size_t calls) {
  const auto now = desk_.scheduler_.now();
  LoginGuard& guard = desk_.guard_;
  const LoginGuard::Number number = guard.count(user_, fingerprint_, calls, now);
  guard.keep(number, calls, now);
  return number;
}

void TokenDesk::Gate::forgive_calls(std::size_t in_doubt, LoginGuard::Number counted) {
  open_doubts_ -= in_doubt;
  desk_.open_doubts_ -= in_doubt;
  desk_.guard_.forget(counted);
}

void TokenDesk::Gate::drop_reserve() {
  const LoginGuard::Number number = std::exchange(reserve_, 0);
  if (number != 0) desk_.guard_.keep(number, 1, desk_.scheduler_.now());
}

void TokenDesk::Gate::on_answer(Use use, LoginGuard::Number number, const Sent& sent,
                                const TokenAnswer& answer) {
  const auto now = desk_.scheduler_.now();
  LoginGuard& guard = desk_.guard_;
  if (use == Use::call) return on_call_answer(answer, sent);
  if (use == Use::logout) {
    const bool harmless = answer.sign == TokenSign::good || answer.sign == TokenSign::unsent;
    if (harmless) {
      guard.forget(number);
    } else {
      guard.keep(number, 1, now);
    }
    // So the calls that were given up before it carried a good token.
    if (answer.sign == TokenSign::good) {
      settle_open_doubts();
      guard.release(fingerprint_);
      break_.end();
    }
    return desk_.room_soon();
  }
  last_answer_ = answer;
  kept_ = number;
  kept_doubts_ = 0;
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
    keep_open_doubts();
  }
  if (answer.shape.rank <= Shape::Rank::failure) desk_.doubt_all();
  desk_.room_soon();
}

void TokenDesk::Gate::on_call_answer(const TokenAnswer& answer, const Sent& sent) {
  count_call(false);
  if (answer.sign == TokenSign::good) {
    if (!doubt_) {
      served_ = desk_.scheduler_.now();
      desk_.on_good(*this, sent);
    }
  } else {
    doubt_ = true;
    if (answer.sign == TokenSign::odd) {
      break_.note(sent.at, desk_.scheduler_.now());
    } else if (answer.sign != TokenSign::unsent) {
      note_open_doubt();
    }
  }
  desk_.room_soon();
}

void TokenDesk::Gate::on_token_good(const Sent& sent) {
  if (!std::exchange(was_good_, true)) {
    // The subscriptions that follow need room, and so do others who sign in.
    desk_.guard_.taken(fingerprint_);
    desk_.guard_.set_signed_in(++desk_.signed_in_);
  }
  doubt_ = false;
  epoch_ = desk_.epoch_;
  served_ = desk_.scheduler_.now();
  settle_open_doubts();
  break_.end();
  strikes_ = 0;
  not_before_ = {};
  unanswered_.clear();
  desk_.guard_.release(fingerprint_);
  desk_.on_good(*this, sent);
}

}  // namespace sfteams::agent

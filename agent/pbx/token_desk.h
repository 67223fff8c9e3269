#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/pbx/login_guard.h"
#include "agent/pbx/token_verdict.h"
#include "base/error/error.h"
#include "transport/scheduler.h"
#include "uci/token_gate.h"

namespace sfteams::agent {

/// Gives leave for every request that carries a user's token, and judges every refusal: is it this
/// user's password, or the state of the PBX? It sees the answers to all users of one PBX, and may
/// ask the PBX a question without any token, which costs nothing.
///
/// **How often a wrong token can reach the PBX.** Sign-ins and keepAlives are counted in the guard
/// before they go out and wait for room there. Calls are not: they would be too slow. But of one
/// user only so many are under way as would fit into the guard if they all came back refused (four
/// at most), only one when the token was not served within the last second, and none before a
/// keepAlive when that was so and little room is left. The first doubtful answer stops that user's
/// calls; the first token that is no longer taken, and every outage, makes the tokens of all users
/// doubtful, and doubtful ones are asked about a few at a time. What is left is that the passwords
/// of several users are changed and all of these users call within one and the same round trip;
/// it is taken for impossible (note_break()).
///
/// **What a refusal means** is decided by agent/pbx/token_verdict.h. While the PBX seems to turn
/// everybody away no token is sent but for scouts, one at a time and with growing pauses; everybody
/// else waits until one of them is served.
class TokenDesk {
 public:
  using Duration = transport::Duration;
  using TimePoint = transport::TimePoint;
  using Shape = uci::AnswerShape;
  /// Asks the PBX without a token; the answer comes once, at once or in a later turn, or never
  /// after the desk is gone. Its rank is `nothing` when there was no answer.
  using AskNobody = std::function<void(std::function<void(const Shape&)>)>;

  static constexpr std::size_t kMostCalls = 4;  ///< of one user at once
  static constexpr Duration kFirstPause{1'000};
  /// Between two questions without a token, while users wait for the PBX: a fourth of the time that
  /// they have waited, within these bounds.
  static constexpr Duration kShortWait{5'000};
  static constexpr Duration kLongWait{60'000};
  /// Between two scouts at most, so that they alone do not use up what may be wrong in a window.
  static constexpr Duration kScoutPause{150'000};
  static constexpr Duration kScoutsOften{8'000};
  /// While the PBX answers nobody otherwise than usual: that may have changed for good.
  static constexpr Duration kScoutOtherwise{60'000};
  /// Twice as long each time that nothing has changed, because it is not known for certain that a
  /// PBX counts no request without a token.
  static constexpr Duration kLearnAgain{60'000};
  static constexpr Duration kLearnAtLeast{600'000};
  static constexpr Duration kLearnSoon{5'000};  ///< while it is not certain
  static constexpr unsigned kCertain = 3;
  /// Two passwords that were right before and are refused so shortly one after the other mean that
  /// it is the PBX.
  static constexpr Duration kTogether{10'000};

  static constexpr std::size_t kMostRefused = 64;  ///< such passwords that are known at once
  /// No PBX goes down and comes up within so short a time.
  static constexpr Duration kNoRestart{1'000};
  static constexpr Duration kFresh{1'000};  ///< a token that was served lately carries more calls
  static constexpr std::size_t kLittleRoom = 4;
  static constexpr std::size_t kRoomForOthers = 2;
  static constexpr Duration kLookAgain{5'000};  ///< for room, when nothing has happened

  /// `room` is called in a later turn when sign-ins that waited may have a chance.
  TokenDesk(transport::Scheduler& scheduler, LoginGuard& guard, AskNobody ask,
            std::function<void()> room);
  ~TokenDesk();
  TokenDesk(const TokenDesk&) = delete;
  TokenDesk& operator=(const TokenDesk&) = delete;

  class Gate;
  /// For one connection; the desk outlives it.
  /// `proven`: whether the password is the one that the PBX took last; asked when a login is
  /// refused.
  [[nodiscard]] std::unique_ptr<Gate> gate(std::string user,
                                           const LoginGuard::Fingerprint& fingerprint,
                                           std::function<bool()> proven = nullptr);

  /// A sign-in waits for room: calls leave it some.
  void sign_in_waits();
  /// The PBX seems to turn everybody away.
  [[nodiscard]] bool suspects_pbx() const { return suspicious_; }
  /// No token waits for the PBX to be well again, or one may go to see whether it is.
  [[nodiscard]] bool may_scout() const {
    return !suspicious_ || (scout_may_go_ && !scout_under_way_);
  }

 private:
  friend class Gate;
  void ask_nobody(std::function<void(const Shape&)> then);
  void on_shape(const Shape& shape);
  /// When a request was sent, and as which of all.
  struct Sent {
    std::uint64_t number = 0;
    TimePoint at{};
  };
  void on_good(const Gate& gate, const Sent& sent);
  void learn(std::uint64_t sent);
  void be_certain();
  [[nodiscard]] Refusal::Nobody compare_to_usual(const Shape& nobody) const;
  void doubt_all();
  void suspect();
  void tick();
  void tick_after(Duration pause);
  void watch_nobody();
  void note_refused(const LoginGuard::Fingerprint& fingerprint);
  [[nodiscard]] std::optional<TimePoint> first_refusal_of(
      const LoginGuard::Fingerprint& fingerprint) const;
  void end_suspicion_of_nobody();
  void note_break(Gate& gate, const Sent& sent);
  void end_break_of(Gate& gate);
  void room_soon();
  void somebody_waits();
  void count_call(Gate& gate, bool more);
  [[nodiscard]] std::size_t most_calls(const Gate* but_of = nullptr) const;
  [[nodiscard]] bool several_struck() const;

  transport::Scheduler& scheduler_;
  LoginGuard& guard_;
  AskNobody ask_;
  std::function<void()> room_;
  std::list<Gate*> gates_;
  std::uint64_t last_sent_ = 0;  ///< requests are numbered in the order in which they are sent
  std::uint64_t last_good_sent_ = 0;
  const Gate* last_good_gate_ = nullptr;
  TimePoint last_good_at_{};   ///< when such an answer came
  TimePoint well_at_{};        ///< the PBX was well then or later: when its request was sent
  std::uint64_t epoch_ = 1;    ///< tokens that were found good in an earlier one are doubtful
  std::optional<Shape> well_;  ///< what a well PBX answers to nobody, for certain
  /// Most probably that: it was answered just after somebody was served. It is certain when
  /// somebody is served by a request sent later, and no restart fits between the two, or when the
  /// same is answered kCertain times in a row, each just after somebody was served.
  std::optional<Shape> maybe_well_;
  std::uint64_t maybe_since_ = 0;
  TimePoint maybe_asked_at_{};
  unsigned maybe_times_ = 0;  ///< so often in a row
  bool learning_ = false;
  Duration learn_pause_ = kLearnAgain;
  TimePoint learn_next_{};
  std::array<std::size_t, kMostCalls + 1> with_calls_{};  ///< users with so many under way
  std::size_t signed_in_ = 0;
  std::size_t open_doubts_ = 0;  ///< of all gates
  bool somebody_waits_ = false;
  bool sign_in_waits_ = false;
  bool suspicious_ = false;
  bool scout_may_go_ = false;
  bool scout_under_way_ = false;
  TimePoint last_scout_{};
  TimePoint suspected_at_{};
  TimePoint suspected_until_{};  ///< at least, when no user waits
  /// Sign-ins with a proven password that were refused: when for the first time.
  struct Refused {
    LoginGuard::Fingerprint fingerprint{};
    TimePoint first;
    TimePoint last;
  };
  std::deque<Refused> refused_;
  /// When a call with a trusted token last got an answer that says nothing, which was sent after
  /// the one before; and whose calls, of those sent before that moment, count.
  TimePoint break_at_{};
  Gate* break_gate_ = nullptr;
  Duration pause_ = kFirstPause;
  Duration scout_pause_{0};
  std::unique_ptr<transport::Timer> tick_;
  std::unique_ptr<transport::Timer> look_again_;
  std::unique_ptr<transport::Timer> turn_;
  std::shared_ptr<bool> present_ = std::make_shared<bool>(true);
};

class TokenDesk::Gate final : public uci::TokenGate {
 public:
  Gate(TokenDesk& desk, std::string user, const LoginGuard::Fingerprint& fingerprint,
       std::function<bool()> proven);
  ~Gate() override;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  [[nodiscard]] std::unique_ptr<Leave> take(Use use) override;
  void on_room(std::function<void()> room) override { room_ = std::move(room); }
  [[nodiscard]] bool trusted() const override;
  void judge(const uci::TokenAnswer& answer, std::function<void(Verdict)> decide) override;
  [[nodiscard]] Error why() const override;

  /// What the end of the first login means for the guard.
  [[nodiscard]] LoginGuard::Outcome outcome(const Result<void>& login) const;
  /// For LoginGuard::finish() of the first login.
  [[nodiscard]] const LoginGuard::Circumstances& circumstances() const { return circumstances_; }
  /// It is certain that the PBX does not take the password (any more).
  [[nodiscard]] bool certainly_wrong() const { return wrong_; }

 private:
  friend class TokenDesk;
  class Ticket;
  [[nodiscard]] bool may_call() const;
  [[nodiscard]] std::size_t room_for(std::size_t wanted) const;
  [[nodiscard]] bool leaves_room() const;
  /// False: the PBX is suspected, and it is not this token's turn.
  [[nodiscard]] bool may_ask() const;
  /// Whether it is one, because the PBX is suspected.
  bool become_scout();
  [[nodiscard]] std::unique_ptr<Leave> take_keep_alive();
  [[nodiscard]] std::unique_ptr<Leave> take_login();
  [[nodiscard]] bool fresh() const;
  [[nodiscard]] std::size_t room_left() const;
  void note_question();
  void note_open_doubt();
  void settle_open_doubts();
  void keep_open_doubts();
  void forgive_break();
  void count_break();
  void on_answer(Use use, LoginGuard::Number number, const Sent& sent,
                 const uci::TokenAnswer& answer);
  void on_call_answer(const uci::TokenAnswer& answer, const Sent& sent);
  void on_token_good(const Sent& sent);
  void drop_reserve();
  void decide_with(const uci::TokenAnswer& answer, const Shape& nobody,
                   const std::function<void(Verdict)>& decide);
  [[nodiscard]] Refusal describe_refusal(const uci::TokenAnswer& answer, const Shape& nobody);
  [[nodiscard]] bool well_around() const;
  void note_unanswered();

  TokenDesk& desk_;
  std::string user_;
  LoginGuard::Fingerprint fingerprint_;
  std::function<bool()> proven_;
  std::function<void()> room_;
  bool was_good_ = false;
  bool doubt_ = false;
  std::uint64_t epoch_ = 0;
  std::size_t calls_ = 0;            ///< under way
  std::size_t open_doubts_ = 0;      ///< calls that the PBX may have counted, until it is known
  bool login_may_follow_ = false;    ///< the keepAlive under way has room for it
  LoginGuard::Number reserve_ = 0;   ///< of a keepAlive that a login has to follow, or 0
  std::optional<TimePoint> served_;  ///< last

  bool waits_ = false;          ///< for room
  bool waits_for_own_ = false;  ///< for one of its own calls to end
  bool wants_keep_alive_ = false;
  unsigned strikes_ = 0;  ///< refusals in a row
  /// Its part in the break of that moment (TokenDesk::note_break()).
  struct Break {
    TimePoint at{};
    std::size_t calls = 0;
    std::size_t open = 0;            ///< of these, in open_doubts_
    LoginGuard::Number counted = 0;  ///< in the guard, or 0
  };
  Break break_;
  std::vector<TimePoint> unanswered_;  ///< requests within the window, while the PBX was well
  TimePoint struck_at_{};              ///< first
  TimePoint not_before_{};
  TimePoint others_served_{};  ///< last, before the last request was sent that was no call
  std::optional<TimePoint> well_before_;  ///< what well_at_ was then
  uci::TokenAnswer last_answer_{};
  bool wrong_ = false;
  // In the guard: the last request that was no call, and the calls in doubt before it.
  LoginGuard::Number kept_ = 0;
  bool asked_in_trust_ = false;  ///< the former, with a token that nothing made doubtful
  LoginGuard::Number kept_doubts_ = 0;
  TimePoint doubted_at_{};  ///< the first of these calls
  LoginGuard::Circumstances circumstances_;
  std::shared_ptr<bool> present_ = std::make_shared<bool>(true);
};

}  // namespace sfteams::agent

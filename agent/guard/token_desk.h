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

#include "agent/guard/breaks.h"
#include "agent/guard/login_guard.h"
#include "agent/guard/scouts.h"
#include "agent/guard/usual_answer.h"
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
/// it is taken for impossible (agent/guard/breaks.h).
///
/// **What a refusal means** is decided by agent/guard/token_verdict.h; how the PBX answers without a
/// token when it is well is learned by agent/guard/usual_answer.h. While the PBX seems to turn
/// everybody away no token is sent but for scouts (agent/guard/scouts.h); everybody else waits until
/// one of them is served.
class TokenDesk {
 public:
  using Duration = transport::Duration;
  using TimePoint = transport::TimePoint;
  using Shape = uci::AnswerShape;
  /// Asks the PBX without a token; the answer comes once, at once or in a later turn, or never
  /// after the desk is gone. Its rank is `nothing` when there was no answer.
  using AskNobody = std::function<void(std::function<void(const Shape&)>)>;

  static constexpr std::size_t kMostCalls = 4;  ///< of one user at once
  /// Two passwords that were right before and are refused so shortly one after the other mean that
  /// it is the PBX.
  static constexpr Duration kTogether{10'000};

  static constexpr std::size_t kMostRefused = 64;  ///< such passwords that are known at once
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

  class Gate;  ///< agent/guard/token_desk_gate.h, which calls the private part
  /// For one connection; the desk outlives it.
  /// `proven`: whether the password is the one that the PBX took last; asked when a login is
  /// refused.
  [[nodiscard]] std::unique_ptr<Gate> gate(std::string user,
                                           const LoginGuard::Fingerprint& fingerprint,
                                           std::function<bool()> proven = nullptr);

  /// A sign-in waits for room: calls leave it some.
  void sign_in_waits();
  /// No token waits for the PBX to be well again, or one may go to see whether it is.
  [[nodiscard]] bool may_scout() const { return scouts_.may_go(); }

 private:
  void ask_nobody(std::function<void(const Shape&)> then);
  void on_shape(const Shape& shape);
  /// When a request was sent, and as which of all.
  struct Sent {
    std::uint64_t number = 0;
    TimePoint at{};
  };
  void on_good(const Gate& gate, const Sent& sent);
  void learn();
  void note_usual();
  /// From now on every token has to be asked about before it carries calls.
  void doubt_all() { ++epoch_; }
  void suspect();
  void tick();
  void tick_after(Duration pause);
  void watch_nobody();
  void note_refused(const LoginGuard::Fingerprint& fingerprint);
  [[nodiscard]] std::optional<TimePoint> first_refusal_of(
      const LoginGuard::Fingerprint& fingerprint) const;
  void end_suspicion_of_nobody();
  void room_soon();
  void somebody_waits();
  /// The most calls that one user has under way, apart from one user with so many.
  [[nodiscard]] std::size_t most_calls(std::optional<std::size_t> apart_from = std::nullopt) const;
  [[nodiscard]] bool several_struck() const;

  transport::Scheduler& scheduler_;
  LoginGuard& guard_;
  AskNobody ask_;
  std::function<void()> room_;
  std::list<Gate*> gates_;
  std::uint64_t last_sent_ = 0;  ///< requests are numbered in the order in which they are sent
  std::uint64_t last_good_sent_ = 0;
  const Gate* last_good_gate_ = nullptr;
  TimePoint last_good_at_{};  ///< when such an answer came
  TimePoint well_at_{};       ///< the PBX was well then or later: when its request was sent
  std::uint64_t epoch_ = 1;   ///< tokens that were found good in an earlier one are doubtful
  UsualAnswer usual_;
  Scouts scouts_;
  Breaks breaks_;
  std::array<std::size_t, kMostCalls + 1> with_calls_{};  ///< users with so many under way
  std::size_t signed_in_ = 0;
  std::size_t open_doubts_ = 0;  ///< of all gates
  bool somebody_waits_ = false;
  bool sign_in_waits_ = false;
  /// Sign-ins with a proven password that were refused: when for the first time.
  struct Refused {
    LoginGuard::Fingerprint fingerprint{};
    TimePoint first;
    TimePoint last;
  };
  std::deque<Refused> refused_;
  std::unique_ptr<transport::Timer> tick_;
  std::unique_ptr<transport::Timer> look_again_;
  std::unique_ptr<transport::Timer> turn_;
  std::shared_ptr<bool> present_ = std::make_shared<bool>(true);
};

}  // namespace sfteams::agent

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/guard/breaks.h"
#include "agent/guard/login_guard.h"
#include "agent/guard/token_desk.h"
#include "agent/guard/token_verdict.h"
#include "base/error/error.h"
#include "uci/token_gate.h"

namespace sfteams::agent {

/// One connection's part of the desk: counts its requests before they go out and judges their
/// refusals. The desk outlives it.
class TokenDesk::Gate final : public uci::TokenGate, private Breaks::User {
 public:
  /// `proven`: see TokenDesk::gate(); nullptr: it is not.
  Gate(TokenDesk& desk, std::string user, const LoginGuard::Fingerprint& fingerprint,
       std::function<bool()> proven);
  ~Gate() override;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  [[nodiscard]] std::unique_ptr<Leave> take(Use use) override;
  void on_room(std::function<void()> room) override { room_ = std::move(room); }
  void note_refusal() override;
  [[nodiscard]] bool trusted() const override;
  void judge(const uci::TokenAnswer& answer, std::function<void(Verdict)> decide) override;
  [[nodiscard]] Error why() const override;

  /// What the end of the first login means for the guard.
  [[nodiscard]] LoginGuard::Outcome outcome(const Result<void>& login) const;
  /// For LoginGuard::finish() of the first login.
  [[nodiscard]] const LoginGuard::Circumstances& circumstances() const { return circumstances_; }
  /// It is certain that the PBX does not take the password (any more).
  [[nodiscard]] bool certainly_wrong() const { return wrong_; }

  // For the desk.
  /// A request of this user waits until the PBX is well again.
  [[nodiscard]] bool waits_for_pbx() const { return was_good_ && doubt_; }
  /// The last request about the token was refused while the PBX seemed well.
  [[nodiscard]] bool struck() const { return strikes_ > 0; }
  /// What was turned away meanwhile may be asked again at once.
  void end_pause() { not_before_ = {}; }
  /// There may be room. Empty: nothing waits for it here. Otherwise it says so to the connection,
  /// and nothing once the gate has gone.
  [[nodiscard]] std::function<void()> stop_waiting();

 private:
  class Ticket;
  [[nodiscard]] bool may_call() const;
  [[nodiscard]] std::size_t room_for(std::size_t wanted) const;
  [[nodiscard]] bool leaves_room() const;
  /// False: the PBX is suspected, and it is not this token's turn.
  [[nodiscard]] bool may_ask() const;
  [[nodiscard]] std::unique_ptr<Leave> take_keep_alive();
  [[nodiscard]] std::unique_ptr<Leave> take_login();
  [[nodiscard]] bool fresh() const;
  [[nodiscard]] std::size_t room_left() const;
  void note_question();
  void count_call(bool more);
  void note_open_doubt();
  void settle_open_doubts();
  void keep_open_doubts();
  // Breaks::User
  void doubt_call() override { note_open_doubt(); }
  [[nodiscard]] LoginGuard::Number count_calls(std::size_t calls) override;
  void forgive_calls(std::size_t in_doubt, LoginGuard::Number counted) override;
  void on_answer(Use use, LoginGuard::Number number, const Sent& sent,
                 const uci::TokenAnswer& answer);
  void on_call_answer(const uci::TokenAnswer& answer, const Sent& sent);
  void on_token_good(const Sent& sent);
  void drop_reserve();
  void decide_issue(uci::TokenAnswer::Issue issue, const std::function<void(Verdict)>& decide);
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
  Breaks::Part break_;
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

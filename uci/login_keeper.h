#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/error/error.h"
#include "transport/alive.h"
#include "transport/scheduler.h"
#include "uci/dialect.h"
#include "uci/reply.h"
#include "uci/rpc_transport.h"
#include "uci/subscriptions.h"
#include "uci/token_gate.h"
#include "uci/value.h"
#include "uci/version_question.h"

namespace sfteams::uci {

/// Keeps one user logged in at the PBX: login, subscribe, keepAlive; login and subscribe again when
/// the PBX has forgotten the user; keepAlive with growing pauses while it cannot be reached. It has
/// at most one request of this kind on its way.
///
/// The PBX blacklists an address after too many wrong passwords, so the gate is asked before every
/// request and judges every refusal: a token that is wrong is never sent again (Phase::refused); a
/// PBX that turns everybody away is asked again later, as one that cannot be reached. The login is
/// never repeated on the mere suspicion of a broken network (a keepAlive has to answer first), and
/// two logins keep a distance.
class LoginKeeper {
 public:
  enum class Phase {
    idle,         ///< not started, or the first login could not be carried to the PBX
    first_login,  ///< on its way, with the first subscriptions
    up,           ///< logged in
    renewing,     ///< logging in and subscribing again
    unreachable,  ///< was logged in; the PBX gives no usable answer; retrying
    refused,      ///< the PBX does not take the token; for good
    stopped,      ///< stop() was called
  };

  /// `on_change` comes after each change of the phase and each renewed login, as the last thing
  /// that is done: it may destroy the keeper. All references outlive it.
  LoginKeeper(RpcTransport& transport, transport::Scheduler& scheduler, const Dialect& dialect,
              TokenGate& gate, std::function<void()> on_change);

  /// In idle only.
  void start();
  /// The PBX said that no login is active: log in again, now or after the distance between logins.
  void renew();
  /// Something went wrong, or well again: ask with a keepAlive now instead of later. Nothing when
  /// something is being asked already.
  void check();
  /// The gate may give leave now.
  void on_room();
  /// The gate gave no leave for what comes next.
  [[nodiscard]] bool waits_for_room() const { return blocked_ != nullptr; }
  /// Sends nothing more. on_change is not called.
  void stop();

  [[nodiscard]] Phase phase() const { return phase_; }
  /// Why it is not up, or what was refused on the way up.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  /// How many logins succeeded: tells whether a request was sent before or after the latest.
  [[nodiscard]] std::uint64_t logins() const { return logins_; }
  [[nodiscard]] const std::optional<Value>& server_version() const { return version_.version(); }
  [[nodiscard]] Subscriptions& subscriptions() { return subscriptions_; }
  [[nodiscard]] const Subscriptions& subscriptions() const { return subscriptions_; }

 private:
  using Handler = void (LoginKeeper::*)(Result<RpcReply>);
  using Step = void (LoginKeeper::*)();
  /// False, and `again` is called once there is room, when the gate gives no leave.
  [[nodiscard]] bool get_leave(TokenGate::Use use, Step again);
  void send(const std::string& method, const Array& params, bool announce,
            transport::Duration timeout, Handler handler);
  /// Tells the gate how the request that is on its way has ended.
  void settle(const TokenAnswer& answer);
  void judge(const TokenAnswer& answer, Error error);
  void give_up_request();
  void on_wrong(Error error, bool issued);
  void on_later(Error error);
  void log_in_again();
  /// Now, or by the timer when the latest login is too near.
  void log_in_when_due();
  void send_login();
  void on_login(Result<RpcReply> reply);
  void subscribe_next();
  void on_subscribed(Result<RpcReply> reply);
  void settle_subscription(bool granted);
  void send_keep_alive();
  void on_keep_alive(Result<RpcReply> reply);
  void keep_alive_after(transport::Duration delay);
  void ask_again();
  void become_unreachable(Error error);
  void enter(Phase phase);

  RpcTransport& transport_;
  transport::Scheduler& scheduler_;
  const Dialect& dialect_;
  TokenGate& gate_;
  std::function<void()> on_change_;

  Phase phase_ = Phase::idle;
  std::optional<Error> error_;
  std::uint64_t logins_ = 0;
  std::optional<transport::TimePoint> last_login_;  // sent, whatever came of it
  unsigned failures_ = 0;                           // in a row, since the PBX last answered
  Subscriptions subscriptions_;
  std::optional<Subscription> asked_;  // the subscription that is on its way

  std::unique_ptr<transport::Timer> timer_;
  std::unique_ptr<TokenGate::Leave> leave_;  // of the request that is on its way
  std::unique_ptr<RpcPending> pending_;
  VersionQuestion version_;
  Step blocked_ = nullptr;  // what waits for the gate's leave
  std::optional<transport::Alive>
      judging_{};  // while the gate judges; gone, its verdict counts no more
  /// The PBX answered the last login and did not take it: what is asked again is the login, because
  /// a keepAlive before it would only be one more wrong token.
  bool again_by_login_ = false;
};

}  // namespace sfteams::uci

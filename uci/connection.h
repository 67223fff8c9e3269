#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error/error.h"
#include "transport/scheduler.h"
#include "uci/dialect.h"
#include "uci/large_reply.h"
#include "uci/login_keeper.h"
#include "uci/rpc_transport.h"
#include "uci/token_gate.h"
#include "uci/value.h"
#include "uci/waiting_calls.h"

namespace sfteams::uci {

/// The one UCI connection of one user, shared by all of the user's sessions. It logs in once, stays
/// logged in (LoginKeeper), carries calls, and hands on events. Does no I/O of its own.
///
/// What a request goes through: it is sent at once, beside a few others, as the gate allows; more
/// of them wait in their order. An answer that casts doubt on the token stops them until a
/// keepAlive or a login has settled it, because each would be one more wrong token for the PBX to
/// count. When the PBX answers that no login is active, the request was not carried out: it is sent
/// once more after the next login, and never a third time. Every other failure ends the request;
/// whether the PBX carried it out is then unknown and it is not repeated.
///
/// Every callback but on_event may destroy the connection; callbacks that have not come by then
/// never come.
class Connection {
 public:
  enum class State {
    idle,          ///< not logged in; login() may be called (again)
    logging_in,    ///< the first login is on its way
    connected,     ///< calls and events pass
    reconnecting,  ///< was connected; see last_error()
    /// The PBX no longer takes the token; for good, the owner should drop the connection.
    refused,
    closing,  ///< logout() is under way
    closed,   ///< for good
  };

  struct Handlers {
    /// An event as it came, in any state from logging_in to reconnecting.
    std::function<void(const std::string& method, const Array& params)> on_event;
    /// In a turn of its own after changes, with the state that holds then. Coming back to connected
    /// from reconnecting means that events may have been missed: ask for the states of calls again.
    std::function<void(State)> on_state;
    /// In a turn of its own, once for all that came within kBetweenLosses: an event came that could
    /// not be taken, so ask for the states of calls again. Only while connected; afterwards
    /// on_state says as much.
    std::function<void()> on_events_lost{};
    /// Outlives the connection; nullptr: a LoneGate.
    TokenGate* gate = nullptr;
  };
  using Done = std::function<void(Result<void>)>;
  using Answer = std::function<void(Result<Value>)>;

  static constexpr transport::Duration kBetweenLosses{1'000};

  /// Calls that wait, for others of the user or while the token is in doubt; more fail with
  /// uci.too-many-waiting, and those that have waited for Dialect::call_timeout with what the gate
  /// says.
  static constexpr std::size_t kMaxWaiting = WaitingCalls::kMost;

  /// The references outlive the connection.
  /// `background`: where large answers are read; nullptr: in the loop.
  Connection(RpcTransport& transport, transport::Scheduler& scheduler, const Dialect& dialect,
             Handlers handlers, transport::Background* background = nullptr);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// In idle only, otherwise it fails at once with uci.not-connected. `done` comes once, when the
  /// user is logged in and the event services have been asked for (a service that was refused shows
  /// in services() and last_error() only) or cannot be asked for just now, or with
  ///   uci.login-refused                 final: State::refused
  ///   uci.unreachable, uci.timeout, uci.broken-reply, uci.pbx-error, uci.xml-…
  ///                                     idle again
  ///   uci.connection-closed             logout() was called meanwhile
  void login(Done done);

  /// Sends any method but connection.login and .logout (uci.method-reserved). `answer` comes once,
  /// perhaps before call() returns; it fails with
  ///   uci.fault, uci.access-refused     the PBX refused this call
  ///   uci.not-connected                 not logged in, or logged out twice while it was tried
  ///   uci.unreachable, uci.timeout, uci.broken-reply, uci.pbx-error, uci.xml-…
  ///                                     the PBX, or the way to it; see read_reply()
  ///   uci.login-refused                 the PBX no longer takes the token (State::refused)
  ///   uci.connection-closed             logout() was called
  ///   uci.too-many-waiting              kMaxWaiting calls wait already
  ///   uci.too-many-services             more than Subscriptions::kMost event services
  ///   uci.bad-service-name              an event service that is empty, has more than
  ///                                     Subscriptions::kMaxName bytes, or others than printable
  ///                                     ASCII without blanks
  ///   what write_call() refuses, and TokenGate::why() after a wait of Dialect::call_timeout
  /// Services subscribed by subscribeEvents or setProvidedServices are subscribed again after each
  /// login; unsubscribeEvents reaches the PBX only when no other session wants the service and it
  /// is no service of the dialect, and is otherwise answered with true here.
  /// With a `large`, a large value goes to large.deliver instead, as a text; events that came while
  /// it was worked on have been delivered before it.
  void call(std::string_view method, const Array& params, Answer answer, Rendering large = {});

  /// Waits for calls on their way (Dialect::logout_grace), logs out at the PBX, whose answer does
  /// not matter, and calls `done` once. Wait for it before logging the same user in again. May be
  /// called in every state and more than once.
  void logout(std::function<void()> done);

  /// An event from the callback.
  void deliver(const std::string& method, const Array& params);
  /// An event that the callback could not take.
  void lose_event();

  [[nodiscard]] State state() const;
  /// Why it is not connected, or which event service was refused.
  [[nodiscard]] const std::optional<Error>& last_error() const { return keeper_.error(); }
  /// The event services that are subscribed.
  [[nodiscard]] std::vector<std::string> services() const;
  /// What getServerVersion answered; unknown until then, and its type is not documented.
  [[nodiscard]] const std::optional<Value>& server_version() const {
    return keeper_.server_version();
  }

 private:
  struct Running {
    OutgoingCall call;
    std::unique_ptr<TokenGate::Leave> leave;
    std::unique_ptr<RpcPending> pending;
    std::unique_ptr<transport::BackgroundWork> reading{};  // its answer is here, and is large
  };
  enum class Closing { no, finishing_calls, logging_out, done };

  [[nodiscard]] std::optional<Error> reason_against(std::string_view method) const;
  void dispatch(OutgoingCall call);
  /// Leave for one call, or nullptr: it has to wait.
  [[nodiscard]] std::unique_ptr<TokenGate::Leave> leave_for_call();
  /// Sends those that wait, as far as the gate lets them.
  void send_waiting();
  void send_waiting_soon();
  void on_room();
  void send(OutgoingCall call, std::unique_ptr<TokenGate::Leave> leave);
  void on_reply(std::uint64_t id, Result<RpcReply> reply);
  void on_read(std::uint64_t id, ReadReply read);
  void on_no_login(OutgoingCall call, Error error);
  void on_login_change();
  void end_call();
  void log_out_now();
  void finish_soon();
  void on_logged_out();
  void announce_state();
  void announce_loss();

  RpcTransport& transport_;
  transport::Scheduler& scheduler_;
  const Dialect& dialect_;
  Handlers handlers_;
  transport::Background* background_;
  LoneGate lone_gate_;
  TokenGate& gate_;

  Done login_done_;
  Closing closing_ = Closing::no;
  bool known_to_pbx_ = false;  // whether logging out means telling the PBX
  std::vector<std::function<void()>> logout_done_;
  std::uint64_t next_id_ = 0;
  std::unordered_map<std::uint64_t, Running> running_;
  WaitingCalls waiting_;
  std::unique_ptr<transport::Timer> turn_;
  std::unique_ptr<transport::Timer> announcement_;
  std::unique_ptr<transport::Timer> loss_;
  std::optional<transport::TimePoint> last_loss_;  // when it was told
  std::unique_ptr<transport::Timer> grace_;
  std::unique_ptr<TokenGate::Leave> logout_leave_;
  std::unique_ptr<RpcPending> logout_pending_;
  LoginKeeper keeper_;
};

/// "connected" and so on, for status displays.
[[nodiscard]] std::string_view to_string(Connection::State state);

}  // namespace sfteams::uci

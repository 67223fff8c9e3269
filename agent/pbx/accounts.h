#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/guard/known_users.h"
#include "agent/guard/login_guard.h"
#include "agent/guard/sign_in_check.h"
#include "agent/guard/token_desk.h"
#include "agent/pbx/account.h"
#include "agent/pbx/pbx_access.h"
#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "transport/scheduler.h"

namespace sfteams::agent {

/// All users who are signed in at the PBX, one connection each, shared by their sessions. Only
/// through here does a login reach the PBX.
class Accounts final : private AccountOwner {
 public:
  using Duration = transport::Duration;
  using SignedIn = std::function<void(Result<std::unique_ptr<Seat>>)>;
  /// For other sign-ins to end, or the PBX to be well again.
  static constexpr Duration kPatience{15'000};

  struct Setup {
    PbxAccess& access;
    transport::Scheduler& scheduler;
    LoginGuard& guard;  ///< asks `known` whether anybody is proven
    /// How long a connection outlives its last session, so that a client that comes back costs the
    /// PBX nothing.
    Duration logout_delay{10'000};
    /// Whose passwords were right before; nullptr: nobody's.
    KnownUsers* known = nullptr;
    /// What the PBX took of this user before is worth nothing any more: it has refused it, or taken
    /// another password. May be empty.
    std::function<void(const std::string& user)> secret_ended{};
  };

  /// A sign-in under way. Destroyed, its callback does not come.
  class Waiting {
   public:
    virtual ~Waiting() = default;
  };

  explicit Accounts(const Setup& setup);
  ~Accounts() override;
  Accounts(const Accounts&) = delete;
  Accounts& operator=(const Accounts&) = delete;

  /// A user who is signed in already has to prove the password again; the PBX is asked only when it
  /// is another one. If it then takes the new one, the sessions under the old one are signed out.
  /// `done` comes in a later turn. Fails with rpc.invalid-params (a user name that is none),
  /// session.login-paused, what sign_out_all() was given, or what uci::Connection::login() fails
  /// with.
  [[nodiscard]] std::unique_ptr<Waiting> sign_in(std::string_view user,
                                                 const crypto::Secret& password, Guest& guest,
                                                 SignedIn done);

  /// The same with what the PBX took of this user before (Seat::secret()), which counts as proven.
  /// Refused by the PBX, or known to have been, it is reported to Setup::secret_ended before `done`
  /// comes, and even if nobody waits for that any more. `still_good` is asked before the secret is
  /// sent, and again before there is a seat; false fails with uci.login-refused.
  [[nodiscard]] std::unique_ptr<Waiting> sign_in_again(std::string_view user,
                                                       const crypto::Secret& secret,
                                                       std::function<bool()> still_good,
                                                       Guest& guest, SignedIn done);

  /// Signs every session out, which is told `why`, and logs every user out at the PBX; whoever
  /// comes from now on is told the same. `done` comes once, in a later turn, when the PBX has
  /// answered for all, or given no answer in time; of several, the last one.
  void sign_out_all(const Error& why, std::function<void()> done);

  /// From the next session on that leaves as the last one of its user.
  void set_logout_delay(Duration delay) { setup_.logout_delay = delay; }

  struct Summary {
    std::size_t users = 0;      ///< signed in
    std::size_t connected = 0;  ///< of these, whose connection is up
    /// Why one is not, or why the last login could not be carried out.
    std::optional<Error> error;
    /// What the PBX called its version when it was last asked, which happens when a user signs in.
    std::optional<std::string> server_version;
  };
  [[nodiscard]] Summary summary() const;

  /// Somebody who is signed in.
  struct User {
    std::string name;
    std::int64_t since = 0;    ///< Unix seconds
    std::size_t sessions = 0;  ///< 0: the connection outlives its last session for a moment
    bool connected = false;
  };
  [[nodiscard]] std::vector<User> users() const;
  /// Ends all sessions of a user, who is told why. False: that user is not signed in.
  bool sign_out(std::string_view user, const Error& why);

 private:
  class Request;

  [[nodiscard]] std::unique_ptr<Waiting> start(std::shared_ptr<Request> request);
  void proceed(const std::shared_ptr<Request>& request);
  /// Whether the password of a login under way is the one that the PBX took last.
  [[nodiscard]] bool is_proven(const Account& account);
  /// Waits for room, or for the PBX, for a while. False: it has waited long enough.
  [[nodiscard]] bool wait(const std::shared_ptr<Request>& request);
  void start_login(const std::shared_ptr<Request>& request,
                   const LoginGuard::Fingerprint& fingerprint);
  /// As SignInCheck::begin(), and tries again when the next password can be looked at.
  [[nodiscard]] Result<LoginGuard::Attempt> begin(Request& request,
                                                  const LoginGuard::Fingerprint& fingerprint);
  void tell_held_back();
  void end_secret(const std::string& user);
  void on_login(Account& account, const Result<void>& outcome);
  /// Lets those that waited for room in the guard's budget try again, in a later turn.
  void retry_queued();
  void give_seats(Account& account);
  void sign_out_older(const Account& newer);
  [[nodiscard]] bool join_older(Account& newer);
  /// The secret of somebody who signs in again is no password.
  [[nodiscard]] bool is_given_out(bool again) const;
  void end(Account& account);
  void on_logged_out(Account& account);
  void bury(const Account& account);

  // AccountOwner
  void on_deserted(Account& account, bool at_once) override;
  void on_refused(Account& account, const Error& error) override;

  /// An account, and who waits for it: for its login, or for its end to log in again.
  struct Entry {
    std::unique_ptr<Account> account;
    std::vector<std::shared_ptr<Request>> waiting;
    std::optional<LoginGuard::Attempt> attempt;
    crypto::Secret secret;  ///< until the login has ended
    bool again = false;     ///< somebody in it signs in with what the PBX took before
    std::unique_ptr<transport::Timer> logout;
  };
  [[nodiscard]] Entry& entry_of(const Account& account);

  Setup setup_;
  SignInCheck check_;
  TokenDesk desk_;
  /// At most one of a user that is live or ending; beside it those that try another password.
  std::list<Entry> entries_;
  std::list<Entry> buried_;
  /// Logins that wait until others, which count as failed while they are under way, have ended:
  /// after a restart everybody comes at once, and nobody of them is wrong.
  std::deque<std::shared_ptr<Request>> queued_;
  std::unique_ptr<transport::Timer> retry_;
  std::unique_ptr<transport::Timer> next_check_;  ///< when the next password can be looked at
  std::optional<transport::TimePoint> told_held_back_;
  std::unique_ptr<transport::Timer> burial_;
  std::optional<Error> last_error_;
  std::optional<std::string> server_version_;  ///< of connections that have ended
  std::function<void()> all_signed_out_;
  std::unique_ptr<transport::Timer> last_word_;
  std::optional<Error> closed_;  ///< why nobody is taken any more
};

}  // namespace sfteams::agent

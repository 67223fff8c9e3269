#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/guard/login_guard.h"
#include "agent/guard/token_desk.h"
#include "agent/pbx/pbx_access.h"
#include "base/error/error.h"
#include "rest/asking.h"
#include "rest/client.h"
#include "uci/connection.h"

namespace sfteams::agent {

/// A session whose user is signed in: told what happens at the PBX. It may give up its Seat in
/// on_signed_out() only.
class Guest {
 public:
  virtual ~Guest() = default;
  /// `notification` is a whole JSON-RPC text, made once for all sessions of the user.
  virtual void on_event(const std::string& notification) = 0;
  /// The PBX can no longer be reached (false), or events may have been missed (true): it can be
  /// reached again, or an event came that could not be taken.
  virtual void on_pbx(bool connected) = 0;
  /// The seat is worth nothing any more: the PBX no longer takes the password.
  virtual void on_signed_out(const Error& error) = 0;
};

class Account;

/// One session's part in its user's connection to the PBX.
class Seat {
 public:
  using Answer = uci::Connection::Answer;

  /// Both outlive the seat, or the account signs it out.
  Seat(Account& account, Guest& guest);
  /// Leaves; the last one to leave takes the connection down after a while.
  ~Seat();
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;

  /// `answer` comes once, perhaps before call() returns, unless the seat goes first. Fails as
  /// uci::Connection::call() does, and with session.signed-out.
  void call(std::string_view method, const uci::Array& params, Answer answer,
            uci::Rendering large = {});
  // The PBX's REST interface, for the user. Each answer comes once, in a later turn, unless the seat
  // goes first, or the user is signed out. Fail as rest::Client does, and with session.signed-out
  // and rest.disabled, which come at once.
  void search(std::string_view text, std::int64_t page, std::int64_t size,
              rest::Client::Got<rest::ContactPage> got);
  void me(rest::Client::Got<rest::Me> got);
  void colleagues(const std::function<std::string(const rest::Colleagues&)>& write,
                  rest::Client::Got<std::string> got);
  void avatar(std::string_view id, rest::Client::Got<rest::Avatar> got);
  void permissions(rest::Client::Got<rest::Permissions> got);
  /// Leaves because the user wants it: when this was the last seat, the user is logged out at the
  /// PBX at once.
  void sign_out();

  /// The event services that are subscribed.
  [[nodiscard]] std::vector<std::string> services() const;
  /// By what the user signs in again (Accounts::sign_in_again()); nullptr: signed out. Good for this
  /// turn.
  [[nodiscard]] const crypto::Secret* secret() const;
  /// What the PBX calls its version; nullopt until it has said so.
  [[nodiscard]] std::optional<uci::Value> server_version() const;

 private:
  friend class Account;
  /// How the client is asked for a T.
  template <typename T>
  using Ask = std::function<std::unique_ptr<rest::Asking>(rest::Client&, rest::Client::Got<T>)>;
  template <typename T>
  void ask_rest(rest::Client::Got<T> got, const Ask<T>& ask);

  Account* account_;  ///< nullptr: signed out
  Guest& guest_;
  std::list<std::unique_ptr<rest::Asking>> asked_;
  std::shared_ptr<const bool> present_ = std::make_shared<const bool>(true);
};

/// Who is told of an account's end. The account may not be destroyed inside these calls.
class AccountOwner {
 public:
  virtual ~AccountOwner() = default;
  /// The last seat has left.
  virtual void on_deserted(Account& account, bool at_once) = 0;
  /// The PBX no longer takes the password it once took. All seats have been signed out.
  virtual void on_refused(Account& account, const Error& error) = 0;
};

/// One user's connection to the PBX and the seats that share it.
class Account {
 public:
  enum class Phase { logging_in, live, ending };

  Account(AccountOwner& owner, std::string user, const LoginGuard::Fingerprint& fingerprint);
  ~Account();
  Account(const Account&) = delete;
  Account& operator=(const Account&) = delete;

  /// By what a user signs in.
  enum class By {
    password,  ///< what PbxAccess::secret_of() makes of it
    kept,      ///< what Seat::secret() was
  };
  /// Before anything else, once. Fails as PbxAccess::user() and user_again() do.
  [[nodiscard]] Result<void> open(PbxAccess& access, By by, const crypto::Secret& secret,
                                  std::unique_ptr<TokenDesk::Gate> gate);
  /// Goes on with what the newer account of the same user has proven. False: it cannot.
  [[nodiscard]] bool take_over(Account& newer);
  /// This one leads here as well.
  void add_kept_secret(const crypto::Secret& kept) { pbx_->add_kept_secret(kept); }
  void log_out(std::function<void()> done) { pbx_->log_out(std::move(done)); }
  /// After open().
  [[nodiscard]] TokenDesk::Gate& gate() { return *gate_; }

  [[nodiscard]] const std::string& user() const { return user_; }
  [[nodiscard]] bool has(const LoginGuard::Fingerprint& fingerprint) const;
  [[nodiscard]] const LoginGuard::Fingerprint& fingerprint() const { return fingerprint_; }
  /// As PbxUser::rest().
  [[nodiscard]] rest::Client* rest() { return pbx_->rest(); }
  [[nodiscard]] uci::Connection& connection() { return pbx_->connection(); }
  [[nodiscard]] const uci::Connection& connection() const { return pbx_->connection(); }
  [[nodiscard]] bool deserted() const { return seats_.empty(); }

  [[nodiscard]] Phase phase() const { return phase_; }
  void set_phase(Phase phase) { phase_ = phase; }
  /// When the PBX took the login, in Unix seconds.
  [[nodiscard]] std::int64_t since() const { return since_; }
  void set_since(std::int64_t since) { since_ = since; }
  [[nodiscard]] std::size_t sessions() const { return seats_.size(); }

  /// Every seat ends with this error.
  void sign_out_seats(const Error& error);

 private:
  friend class Seat;
  void leave(const Seat& seat, bool at_once);
  void on_event(const std::string& method, const uci::Array& params);
  void on_state(uci::Connection::State state);
  void on_events_lost();

  AccountOwner& owner_;
  std::string user_;
  LoginGuard::Fingerprint fingerprint_;          ///< of the first secret that was proven
  std::vector<LoginGuard::Fingerprint> others_;  ///< of those that were proven since
  crypto::Secret secret_;  ///< what each request carries comes of it; empty where that changes
  Phase phase_ = Phase::logging_in;
  std::int64_t since_ = 0;
  bool connected_ = true;  ///< what the seats have been told
  std::vector<Seat*> seats_;
  std::unique_ptr<TokenDesk::Gate> gate_;
  std::unique_ptr<PbxUser> pbx_;
};

}  // namespace sfteams::agent

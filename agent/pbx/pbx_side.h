#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "agent/guard/guard_book.h"
#include "agent/guard/known_users.h"
#include "agent/guard/login_guard.h"
#include "agent/pbx/accounts.h"
#include "agent/pbx/auth_watch.h"
#include "agent/pbx/pbx_access.h"
#include "agent/pbx/settings.h"
#include "base/error/error.h"
#include "transport/scheduler.h"

namespace sfteams::agent {

/// The PBX as it is reached just now, and who is signed in there: made as [uci] of the
/// configuration says, and made anew when that has changed or somebody wants it. Meanwhile, and
/// while it cannot be made, whoever asks for it is told why.
class PbxSide {
 public:
  using Duration = transport::Duration;
  /// Sends nothing yet. Fails when the port for the PBX's events is taken, for instance.
  using Open = std::function<Result<std::unique_ptr<PbxWay>>(const PbxSettings&)>;
  /// After it could not be made, it is tried again this much later.
  static constexpr Duration kAgain{10'000};

  struct Setup {
    transport::Scheduler& scheduler;
    Open open;
    /// It was made anew: what was known of the PBX is of another one.
    std::function<void()> renewed;
    /// Where failed logins are kept over a restart; empty: nowhere.
    std::filesystem::path guard_file{};
    /// Where it is kept whose password was right before; empty: in memory.
    std::filesystem::path known_users_file{};
    crypto::Secret identity{};  ///< for keys of what is kept in both files
    transport::Background* background = nullptr;
    /// As Accounts::Setup::secret_ended.
    std::function<void(const std::string& user)> secret_ended{};
    /// Another PBX, or another kind of sign-in: what was kept of users is worth nothing. May be
    /// empty.
    std::function<void()> judge_changed{};
    /// Needed where [uci] auth is automatic.
    AuthWatch::Find find_auth{};
  };

  explicit PbxSide(Setup setup);
  PbxSide(const PbxSide&) = delete;
  PbxSide& operator=(const PbxSide&) = delete;

  /// Before anything else, once. Fails with crypto.no-randomness only: what cannot be opened is
  /// tried again every kAgain, because it must not keep the agent from starting.
  [[nodiscard]] Result<void> start(const PbxSettings& uci);

  /// Takes in what can change while users are signed in: how many logins may fail, and how long a
  /// connection outlives its user's last session.
  void set_limits(const PbxSettings& uci);
  /// Everybody is signed out, and told so, before it is made anew: the callback's port may have to
  /// be free. When the URL, the CA file, the kind of sign-in or its client has changed, the agent forgets which
  /// passwords were right and which were wrong. It does not forget that logins have failed: the PBX
  /// may be the same one.
  void renew(const PbxSettings& uci);
  /// Everybody is signed out. `done` comes once, in a later turn.
  void stop(std::function<void()> done);

  /// Who is signed in; never nullptr. Fails with uci.disabled, with uci.unreachable while it is
  /// made anew, with why it cannot be made, and with session.shutting-down. The pointer is good for
  /// this turn.
  [[nodiscard]] Result<Accounts*> accounts() const;
  /// Stands for the PBX that takes the passwords at present, and for how it is asked: what another
  /// one has taken is worth nothing there.
  [[nodiscard]] std::string judge() const;
  /// How users sign in; nullopt: the PBX has not said so yet.
  [[nodiscard]] const std::optional<AuthChoice>& auth() const { return auth_.choice(); }
  /// As PbxAccess::forget_kept().
  void forget_kept(const std::string& user) {
    if (way_) way_->forget_kept(user);
  }
  /// As PbxWay::reload_certificate(): users stay signed in.
  [[nodiscard]] Result<void> reload_certificate() {
    return way_ ? way_->reload_certificate() : Result<void>();
  }
  /// As PbxWay::load(); nothing while there is none.
  [[nodiscard]] transport::HttpLoad load() const;
  /// Why there is no connection to the PBX, where there should be one.
  [[nodiscard]] std::optional<Error> problem() const;
  /// Whether the PBX answers; `answer` comes once, at once or in a later turn. Nothing, too, where
  /// the connection is switched off.
  void ask(const PbxProbe::Answer& answer);

 private:
  [[nodiscard]] Result<void> make_guard();
  [[nodiscard]] Result<void> open();
  /// Whether it is known, or nothing has to be; otherwise the PBX is asked.
  [[nodiscard]] bool knows_auth();
  void on_auth(const std::optional<Error>& why_not);
  void on_other_auth();
  void answer_asked_meanwhile();
  void try_again_later(const Error& why);
  /// As configured, with what is known of `auth`.
  [[nodiscard]] PbxSettings in_force() const;
  void note_judge();
  void try_to_open();
  void sign_out_and_open();
  void open_anew();
  /// Whether a user was signed in over this URL.
  [[nodiscard]] bool proven();

  Setup setup_;
  PbxSettings uci_;
  PbxSettings opened_;  ///< as it was when the way was opened last
  AuthWatch auth_;
  std::string judge_;                              ///< as configured
  std::vector<PbxProbe::Answer> asked_meanwhile_;  ///< answered when the PBX has said `auth`
  // Who is signed in goes before the way on which they are.
  std::unique_ptr<LoginGuard> guard_;
  std::unique_ptr<GuardBook> guard_book_;
  std::unique_ptr<KnownUsers> known_users_;
  std::unique_ptr<PbxWay> way_;
  std::unique_ptr<Accounts> accounts_;
  /// Why there are no accounts, or none for long.
  std::optional<Error> out_of_order_;
  std::unique_ptr<transport::Timer> next_try_;
  bool proven_ = false;    ///< of opened_.url, as far as it was looked at
  bool renewing_ = false;  ///< the old accounts are being signed out
  bool failed_ = false;    ///< it could not be made when it was last tried, which was logged
  bool stopping_ = false;
};

}  // namespace sfteams::agent

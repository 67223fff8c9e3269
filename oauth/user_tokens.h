#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "oauth/issuer.h"
#include "oauth/token.h"
#include "transport/scheduler.h"

namespace sfteams::oauth {

/// One user's tokens: asked for when the first is needed, renewed before their end. At most one
/// request is under way.
///
/// What the PBX refuses is not asked again: a refresh token that is over is dropped, and a password
/// that got no token, or a client that gets none, ends everything. With the password still at hand a
/// login, and nothing else, may ask for new tokens by it.
class UserTokens {
 public:
  using Duration = transport::Duration;

  /// So long before its end a token is renewed while it is still used …
  static constexpr Duration kEarly{60'000};
  /// … and so long before, none is used any more.
  static constexpr Duration kLate{5'000};
  /// After a renewal that failed, the next one waits so long while the token is still good.
  static constexpr Duration kAgain{10'000};

  struct Access {
    const crypto::Secret& token;  ///< good for the call only
    std::uint64_t number = 0;     ///< of this token, for over() and served()
  };
  using Ready = std::function<void(Result<Access>)>;

  /// Waits for a token; destroyed, its callback does not come.
  class Waiting {
   public:
    virtual ~Waiting() = default;
  };

  /// Either may be empty. The references outlive this.
  struct Start {
    std::string user;
    crypto::Secret password{};
    crypto::Secret refresh{};
  };
  struct Events {
    std::function<void()> rotated{};  ///< there is another refresh token
    /// The PBX has refused a token of which nobody else hears.
    std::function<void()> refused{};
  };
  UserTokens(Issuer& issuer, transport::Scheduler& scheduler, Start start, Events events);
  UserTokens(Issuer& issuer, transport::Scheduler& scheduler, Start start)
      : UserTokens(issuer, scheduler, std::move(start), Events()) {}
  ~UserTokens();
  UserTokens(const UserTokens&) = delete;
  UserTokens& operator=(const UserTokens&) = delete;

  /// `ready` comes once: at once, or in a later turn. Fails with what Issuer fails with, and with
  /// oauth.renewal-refused when there is nothing left to ask with, or revoke() was called meanwhile:
  /// for a login that is final, for others it means that a login may help.
  [[nodiscard]] std::unique_ptr<Waiting> get(bool login, Ready ready);

  /// The PBX served a request with it.
  void served(std::uint64_t number);
  /// The PBX turned away a request with it. True: it had served that token before, so that it is
  /// over before its time, or another one has come meanwhile: the next get() brings one, if there is
  /// anything to ask with. Those of all other users are over then as well, most probably: they renew
  /// theirs before the PBX sees them.
  [[nodiscard]] bool over(std::uint64_t number);

  /// What renews them; empty: nothing. It changes, see Events::rotated.
  [[nodiscard]] const crypto::Secret& refresh() const { return refresh_; }
  /// A login may still ask for new ones.
  [[nodiscard]] bool has_password() const { return !password_.empty(); }
  /// From now on those of the other, which is left with an access token that is not renewed.
  void take_over(UserTokens& newer);
  /// Makes them worthless at the PBX, as far as it can do that. `done` comes in a later turn.
  void revoke(std::function<void()> done);

 private:
  struct Wanted {
    Ready ready;
    bool login = false;
  };
  [[nodiscard]] bool usable() const;
  [[nodiscard]] bool due() const;
  /// It waits for a login, and still wants the token.
  [[nodiscard]] static bool is_login(const std::shared_ptr<Wanted>& wanted);
  void ask(bool login);
  void on_tokens(Result<Tokens> tokens);
  void answer_waiting(const std::optional<Error>& error);
  [[nodiscard]] static Error nothing_left();

  Issuer& issuer_;
  transport::Scheduler& scheduler_;
  std::string user_;
  Events events_;
  crypto::Secret password_;
  crypto::Secret refresh_;
  Endings::Generation refresh_came_ = 0;
  crypto::Secret access_;
  Endings::Generation access_came_ = 0;
  std::uint64_t number_ = 0;
  bool served_ = false;      ///< the present one
  bool by_refresh_ = false;  ///< what is being asked for
  bool lifetime_said_ = true;
  transport::TimePoint came_at_{};
  transport::TimePoint ends_{};
  transport::TimePoint renew_at_{};
  std::optional<Error> dead_;  ///< a refusal after which nothing is asked any more
  std::unique_ptr<Issuer::Asking> asking_;
  std::unique_ptr<Issuer::Asking> revoking_;
  std::unique_ptr<transport::Timer> turn_;
  std::list<std::shared_ptr<Wanted>> waiting_;
  std::shared_ptr<bool> present_ = std::make_shared<bool>(true);
};

}  // namespace sfteams::oauth

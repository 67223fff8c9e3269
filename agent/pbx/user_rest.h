#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/crypto/secret.h"
#include "oauth/user_tokens.h"
#include "rest/client.h"
#include "rest/credential.h"
#include "rest/nonce_credential.h"
#include "transport/background.h"
#include "transport/http_client.h"
#include "transport/scheduler.h"
#include "transport/url.h"
#include "uci/token_gate.h"

namespace sfteams::agent {

/// Keeps REST's logins from filling the PBX's blacklist. UCI has taken these passwords, so a refusal
/// means that one has just been changed, that this user may not sign in there, or that this PBX wants
/// something else than is known here: then it would refuse all of its users, one after the other. So
/// few are under way at once, none follows for kPause after one that was not granted, of this user,
/// nor of anybody after kMostRefused users' were not; and each counts in the user's gate like a
/// request whose token may be wrong.
class NonceLogins {
 public:
  static constexpr std::size_t kMostAtOnce = 3;
  static constexpr std::size_t kMostRefused = 2;
  static constexpr transport::Duration kPause{600'000};

  explicit NonceLogins(transport::Scheduler& scheduler) : scheduler_(scheduler) {}
  NonceLogins(const NonceLogins&) = delete;
  NonceLogins& operator=(const NonceLogins&) = delete;

  /// `gate` may be nullptr, otherwise it outlives what is returned. Fails with rest.busy. This
  /// outlives it, too.
  [[nodiscard]] Result<std::unique_ptr<rest::NonceCredential::Leave>> take(const std::string& user,
                                                                           uci::TokenGate* gate);

 private:
  class Leave;
  transport::Scheduler& scheduler_;
  std::size_t under_way_ = 0;
  std::map<std::string, transport::TimePoint> refused_;  ///< users, and until when none follows
};

/// The way to one PBX's REST interface, which its users share. The references outlive them.
struct RestWay {
  transport::HttpClient& http;
  transport::Scheduler& scheduler;
  transport::Background& background;
  transport::Url pbx;
  std::optional<std::filesystem::path> ca_file;
  NonceLogins& logins;
  transport::HttpClient* pictures = nullptr;  ///< as of rest::Client::Setup
};

/// One user's REST client: made when it is asked for the first time, signed out with the user.
class UserRest {
 public:
  using MakeCredential = std::function<std::unique_ptr<rest::Credential>()>;

  /// `way` outlives it.
  UserRest(const RestWay& way, std::string user, MakeCredential make)
      : way_(way), user_(std::move(user)), make_(std::move(make)) {}
  UserRest(const UserRest&) = delete;
  UserRest& operator=(const UserRest&) = delete;

  [[nodiscard]] rest::Client& client();

  /// How long the end of the other sign-in waits for this one.
  static constexpr transport::Duration kSignOutPatience{3'000};
  /// Ends REST's sign-in, if there is one, at the same time as the other, which calls what it is
  /// given when it is over. `done` comes when both are, in a later turn unless the other comes at
  /// once; not when this goes before.
  void log_out(const std::function<void(std::function<void()>)>& log_out_elsewhere,
               std::function<void()> done);

 private:
  void one_is_over();

  const RestWay& way_;
  std::string user_;
  MakeCredential make_;
  std::unique_ptr<rest::Client> client_;
  int under_way_ = 0;  ///< ends of sign-ins
  std::unique_ptr<transport::Timer> patience_;
  std::function<void()> done_;
};

/// By the nonce login, which needs no more of the password than uci::hash_password() makes. `gate`
/// as in NonceLogins::take().
[[nodiscard]] std::unique_ptr<rest::Credential> nonce_credential(
    const RestWay& way, const std::string& user, const crypto::Secret& password_sha512,
    uci::TokenGate* gate);

/// By the user's access token. `tokens` outlives it. Nothing is asked of them that costs another
/// login: only a renewal. Fails, in the words of rest/codes.h where those have some, as
/// UserTokens::get().
[[nodiscard]] std::unique_ptr<rest::Credential> token_credential(oauth::UserTokens& tokens);

}  // namespace sfteams::agent

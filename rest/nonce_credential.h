#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "rest/credential.h"
#include "transport/http_client.h"
#include "transport/scheduler.h"
#include "transport/url.h"

namespace sfteams::rest {

/// "authToken" for STARFACE 6.7 to 9: signs in when the first request needs it, and again when the
/// token is over. At most one login is under way.
///
/// get() fails with what rest/login.h and the HTTP client fail with. rest.login-refused and
/// rest.active-directory are final; after rest.not-offered, and when a new token was turned away
/// (rest.not-signed-in), the PBX is left alone for kPause.
class NonceCredential final : public Credential {
 public:
  using Duration = transport::Duration;

  /// The PBX lets a token be good for four hours.
  static constexpr Duration kLifetime{14'100'000};
  static constexpr Duration kPause{600'000};
  static constexpr Duration kPatience{10'000};  ///< for each of the two answers

  /// Leave to show the PBX the secret once: a wrong one counts for the PBX's blacklist. Destroyed
  /// before it is told, the login was given up under way.
  class Leave {
   public:
    virtual ~Leave() = default;
    virtual void granted() = 0;
    /// Or there was no answer that says so.
    virtual void refused() = 0;
  };

  /// The references outlive it.
  struct Setup {
    transport::HttpClient& http;
    transport::Scheduler& scheduler;
    transport::Url pbx;
    std::optional<std::filesystem::path> ca_file;
    std::string login;
    crypto::Secret password_sha512;  ///< lower-case hexadecimal
    /// Asked before each login; get() fails with what it fails with. Empty: there is always leave.
    std::function<Result<std::unique_ptr<Leave>>()> leave{};
  };
  explicit NonceCredential(Setup setup);
  ~NonceCredential() override;

  [[nodiscard]] std::unique_ptr<Asking> get(Ready ready) override;
  void served(std::uint64_t number) override;
  [[nodiscard]] bool refused(std::uint64_t number) override;
  /// DELETE /rest/login; nothing when there is no token.
  [[nodiscard]] std::optional<transport::HttpCall> sign_out() override;

 private:
  struct Waiting {
    Ready ready;  ///< empty: nobody waits any more
  };
  class Handle;

  [[nodiscard]] const Error* closed() const;
  [[nodiscard]] Shown shown() const;
  /// To the PBX, with what all calls of this user have in common.
  [[nodiscard]] transport::HttpCall login_call() const;
  void ask_nonce();
  void on_nonce(transport::HttpReply& reply);
  void on_token(transport::HttpReply& reply);
  void send(transport::HttpCall call, void (NonceCredential::*then)(transport::HttpReply&));
  void give(const std::optional<Error>& error);

  Setup setup_;
  crypto::Secret token_;
  std::uint64_t number_ = 0;
  bool served_ = false;  ///< the present token
  transport::TimePoint ends_{};
  std::optional<Error> closed_;
  std::optional<transport::TimePoint> closed_until_;  ///< nothing: for good
  std::unique_ptr<transport::HttpPending> pending_;
  std::unique_ptr<Leave> leave_;  ///< of the login under way
  std::list<std::shared_ptr<Waiting>> waiting_;
};

}  // namespace sfteams::rest

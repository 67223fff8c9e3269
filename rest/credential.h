#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "rest/asking.h"
#include "transport/http_client.h"

namespace sfteams::rest {

/// How one user's requests show who asks.
class Credential {
 public:
  struct Shown {
    transport::SecretHeader header;
    std::uint64_t number = 0;  ///< of what is shown, for served() and refused()
  };
  using Ready = std::function<void(Result<Shown>)>;

  Credential() = default;
  virtual ~Credential() = default;
  Credential(const Credential&) = delete;
  Credential& operator=(const Credential&) = delete;

  /// `ready` comes once: at once, and nullptr may be returned, or in a later turn. It may destroy
  /// the credential.
  [[nodiscard]] virtual std::unique_ptr<Asking> get(Ready ready) = 0;
  /// The PBX served a request that showed it.
  virtual void served(std::uint64_t number) = 0;
  /// The PBX turned such a request away. True: it is worth asking once more with what get() gives
  /// next.
  [[nodiscard]] virtual bool refused(std::uint64_t number) = 0;
  /// The request that makes worthless what was shown last, which is forgotten. Nothing where that is
  /// not this credential's to do.
  [[nodiscard]] virtual std::optional<transport::HttpCall> sign_out() { return std::nullopt; }
};

/// "Authorization: Bearer" for version 10, with an access token that somebody else keeps and renews.
class BearerCredential final : public Credential {
 public:
  struct Token {
    const crypto::Secret& token;  ///< good for the call only
    std::uint64_t number = 0;
  };
  using Got = std::function<void(Result<Token>)>;

  /// What Credential asks for, of the token.
  struct Source {
    std::function<std::unique_ptr<Asking>(Got)> get;
    std::function<void(std::uint64_t)> served;
    std::function<bool(std::uint64_t)> refused;
  };

  explicit BearerCredential(Source source) : source_(std::move(source)) {}

  [[nodiscard]] std::unique_ptr<Asking> get(Ready ready) override;
  void served(std::uint64_t number) override { source_.served(number); }
  [[nodiscard]] bool refused(std::uint64_t number) override { return source_.refused(number); }

 private:
  Source source_;
};

}  // namespace sfteams::rest

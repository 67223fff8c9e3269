#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "oauth/endings.h"
#include "oauth/provider.h"
#include "oauth/token.h"
#include "transport/http_client.h"
#include "transport/scheduler.h"

namespace sfteams::oauth {

/// Asks the PBX for tokens: finds out who gives them out, and sends the requests. One request is
/// sent once, whatever comes of it: a refused one may count for the PBX's blacklist.
///
/// Every callback comes in a later turn, or never when its Asking, or the issuer, goes first.
/// Failures are those of oauth/codes.h and of transport::HttpClient; one that has a retry_after comes
/// from here, and the PBX was not asked.
class Issuer {
 public:
  using Duration = transport::Duration;
  using Found = std::function<void(const Result<Provider>&)>;
  using Got = std::function<void(Result<Tokens>)>;

  /// What was found out holds for so long.
  static constexpr Duration kHolds{3'600'000};
  /// After the client itself was refused in a renewal, no further renewal is asked for so long: it
  /// would only be refused again, and counted.
  static constexpr Duration kClientPause{600'000};
  static constexpr int kMostRedirects = 4;
  static constexpr Duration kPatience{10'000};  ///< for each answer

  struct Setup {
    transport::HttpClient& http;
    transport::Scheduler& scheduler;
    Hosts hosts;
    std::optional<std::filesystem::path> ca_file;
    std::shared_ptr<const Client> client;
  };

  /// Something that was asked for; destroyed, its callback does not come.
  class Asking {
   public:
    virtual ~Asking() = default;
  };

  explicit Issuer(Setup setup);
  ~Issuer();
  Issuer(const Issuer&) = delete;
  Issuer& operator=(const Issuer&) = delete;

  /// Who gives out tokens. It costs nobody anything: no user is named.
  [[nodiscard]] std::unique_ptr<Asking> find(Found found);
  [[nodiscard]] std::unique_ptr<Asking> by_password(std::string user, crypto::Secret password,
                                                    Got got);
  [[nodiscard]] std::unique_ptr<Asking> by_refresh(crypto::Secret refresh, Got got);
  /// The token is worth nothing afterwards, if the PBX can do that. `done` comes whatever the PBX
  /// says.
  [[nodiscard]] std::unique_ptr<Asking> revoke(crypto::Secret refresh, std::function<void()> done);

  /// What the tokens of all users have in common.
  [[nodiscard]] Endings& endings() { return endings_; }

 private:
  class Search;
  class Request;

  void give(const Result<Provider>& found);
  [[nodiscard]] std::function<void(Result<transport::HttpReply>)> reader_of(Grant grant, Got got);
  [[nodiscard]] std::optional<Error> refused_client() const;

  Setup setup_;
  Client client_;  ///< with what login-config says of the resource
  Endings endings_;
  std::optional<Provider> provider_;
  transport::TimePoint provider_until_{};
  std::optional<Error> client_error_;
  transport::TimePoint client_until_{};
  std::shared_ptr<Search> search_;  ///< while one is under way
  std::unique_ptr<transport::Timer> search_over_;
  struct Waiting {
    Found found;
    std::unique_ptr<transport::Timer> turn;
  };
  std::list<std::shared_ptr<Waiting>> waiting_;
  std::shared_ptr<const bool> present_ = std::make_shared<const bool>(true);
};

}  // namespace sfteams::oauth

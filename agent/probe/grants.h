#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agent/probe/pbx_line.h"
#include "agent/probe/tokens.h"
#include "oauth/provider.h"
#include "oauth/token.h"

namespace sfteams::probe {

/// Who gives out tokens, as it was found: asks nobody's password.
struct Whereabouts {
  Reply login_config;
  Reply document;  ///< the last answer of the search
  int redirects = 0;
  /// Where tokens are asked for; fails as oauth::parse_discovery(), and with oauth.elsewhere.
  Result<oauth::Provider> provider;
  std::string resource{};  ///< which requests for tokens have to name; mostly empty
};
[[nodiscard]] Whereabouts find_provider(PbxLine& line);

/// The requests for tokens of one user. What is refused is not asked again.
class Grants {
 public:
  /// The references outlive it.
  Grants(PbxLine& line, const oauth::Provider& provider, const oauth::Client& client)
      : line_(line), provider_(provider), client_(client) {}

  [[nodiscard]] TokenReply by_password(const std::string& user, const crypto::Secret& password);
  [[nodiscard]] TokenReply by_refresh(const crypto::Secret& refresh);
  /// Nothing where there is no such endpoint. How it was answered; empty: it was not asked.
  std::string revoke(const crypto::Secret& refresh);

 private:
  [[nodiscard]] Reply post(const std::string& url, crypto::Secret form);

  PbxLine& line_;
  const oauth::Provider& provider_;
  const oauth::Client& client_;
};

/// A user's tokens over their renewals. Their first one is the one of start().
class LivingToken {
 public:
  LivingToken(PbxLine& line, Grants& grants, TokenReply first);

  /// The token that is good now is the first one, and none has been renewed.
  void start();
  /// Renewed before it is over; the first one stays what it is in first(). When a renewal was
  /// refused, the last one that came.
  [[nodiscard]] const crypto::Secret& current();
  /// The latest one is not over, and will not be at once. Another one may count as a wrong password.
  [[nodiscard]] bool is_good() const;
  [[nodiscard]] const crypto::Secret& latest() const { return tokens_.access; }
  [[nodiscard]] const crypto::Secret& first() const { return first_; }
  /// Renews it now; false: it was refused, or there is nothing to renew it by.
  bool renew();
  [[nodiscard]] int renewals() const { return renewals_; }
  /// How the latest renewal was answered; empty: there was none.
  [[nodiscard]] const std::string& renewal_form() const { return form_; }
  [[nodiscard]] std::optional<std::chrono::seconds> lifetime() const { return lifetime_; }
  /// When the first one is over.
  [[nodiscard]] transport::TimePoint first_ends() const { return first_ends_; }
  [[nodiscard]] const crypto::Secret& refresh() const { return tokens_.refresh; }

 private:
  void take(TokenReply reply);

  PbxLine& line_;
  Grants& grants_;
  oauth::Tokens tokens_;
  crypto::Secret first_;
  std::optional<std::chrono::seconds> lifetime_;
  transport::TimePoint renew_at_{};
  transport::TimePoint ends_{};  ///< the latest one
  transport::TimePoint first_ends_{};
  int renewals_ = 0;
  bool renewable_ = true;
  std::string form_;
};

}  // namespace sfteams::probe

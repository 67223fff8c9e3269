#pragma once

#include <string>
#include <string_view>

#include <json/value.h>

#include "simulator/oauth.h"
#include "tests/simulator/house.h"

namespace sfteams::simulator::test {

inline constexpr std::string_view kTokenEndpoint = "/auth/realms/pbx/oauth2/token";
inline constexpr std::string_view kRevocationEndpoint = "/auth/realms/pbx/oauth2/revoke";

/// The access and the refresh token of an answer; "" for what is not there.
struct Tokens {
  std::string access;
  std::string refresh;
};

/// What a program does that signs in by OAuth.
class OauthClient {
 public:
  explicit OauthClient(House& house) : house_(house) {}

  Reply get(std::string_view path, std::string_view host = "127.0.0.1:8080", bool secure = false);
  /// Fails the test when it is no JSON with that status.
  Json::Value get_json(std::string_view path, int status = 200);
  Reply post(std::string_view path, std::string_view form);

  /// The client's own part of a form: "&client_id=…&client_secret=…", unless it identifies itself
  /// by `authorization`.
  [[nodiscard]] std::string itself() const;
  Reply password(std::string_view user, std::string_view password = "Geheim");
  Reply refresh(std::string_view token);
  Reply revoke(std::string_view token);
  /// Fails the test when it is refused.
  Tokens sign_in(std::string_view user);
  Tokens renew(std::string_view refresh_token);

  std::string client_id = "rest-client-headless";
  std::string client_secret = "simulator-client-secret";
  std::string authorization;
  std::string address = std::string(kAddress);

 private:
  House& house_;
};

/// The JSON of an answer; fails the test when there is none or its status is another.
Json::Value json_of(const Reply& reply, int status = 200);
Tokens tokens_of(const Reply& reply);
/// "401 invalid_client".
std::string refusal_of(const Reply& reply);
/// The outcomes in the journal of requests for tokens: "password granted".
std::vector<std::string> token_entries(House& house);

/// Puts an access token in place of the legacy one.
Client& with_jwt(Client& client, const std::string& access);

}  // namespace sfteams::simulator::test

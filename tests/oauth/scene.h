#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "oauth/issuer.h"
#include "tests/oauth/scripted_http.h"

namespace sfteams::oauth::test {

using sfteams::test::FakeScheduler;

inline constexpr const char* kLogin = "/rpc/oauth/login-config";
inline constexpr const char* kDiscovery = "/.well-known/openid-configuration";
inline constexpr const char* kToken = "/oauth2/token";
inline constexpr const char* kRevoke = "/oauth2/revoke";
inline const std::string kDocument = R"({"token_endpoint":"https://pbx.example/oauth2/token",)"
                                     R"("revocation_endpoint":"https://pbx.example/oauth2/revoke",)"
                                     R"("grant_types_supported":["password","refresh_token"]})";

inline crypto::Secret secret(std::string_view text) {
  return crypto::Secret::from_text(text);
}
inline transport::HttpReply tokens_reply(const std::string& access, const std::string& refresh = {},
                                         int lifetime = 300) {
  std::string body = R"({"access_token":")" + access + R"(","token_type":"Bearer","expires_in":)" +
                     std::to_string(lifetime);
  if (!refresh.empty()) body += R"(,"refresh_token":")" + refresh + "\"";
  return reply_of(200, body + "}");
}
inline transport::HttpReply refused(const std::string& error, int status = 400) {
  return reply_of(status, R"({"error":")" + error + "\"}");
}

/// An issuer whose PBX the test plays.
struct Scene {
  explicit Scene(std::vector<std::string> named = {}, const std::string& its_secret = "s3cret")
      : issuer(std::make_unique<Issuer>(Issuer::Setup{
            http,
            scheduler,
            {transport::parse_url("https://pbx.example").value(), std::move(named)},
            "/ca.pem",
            std::make_shared<const Client>(Client{"client", secret(its_secret), "login", {}})})) {}

  /// From now on the PBX says where tokens are given out.
  void offers_oauth(const std::string& document = kDocument) {
    http.answers(kLogin, 404, "");
    http.answers(kDiscovery, 200, document);
  }

  FakeScheduler scheduler;
  ScriptedHttp http{scheduler};
  std::unique_ptr<Issuer> issuer;
};

/// What a callback brought, and how often.
struct Arrived {
  int times = 0;
  std::string code = "nothing";  ///< "" for success
  std::string access;
  std::string refresh;
  std::function<void()> then;  ///< is called from it

  [[nodiscard]] Issuer::Got got() {
    return [this](Result<Tokens> tokens) {
      ++times;
      code = tokens ? "" : std::string(tokens.error().code.id);
      if (tokens) access = tokens->access.text();
      if (tokens) refresh = tokens->refresh.text();
      if (then) then();
    };
  }
  [[nodiscard]] Issuer::Found found() {
    return [this](const Result<Provider>& provider) {
      ++times;
      code = provider ? "" : std::string(provider.error().code.id);
      if (provider) access = provider->token_url;
      if (then) then();
    };
  }
};

}  // namespace sfteams::oauth::test

#pragma once

#include <cstdint>
#include <string>

#include "simulator/refusal.h"

namespace sfteams::simulator {

// How a STARFACE 10 signs users in. What was not seen at a real one is an enumeration here;
// docs/simulator.md says where each variant comes from.

/// Whether the PBX knows OAuth; external: it does, but another server holds the passwords.
enum class OauthMode { no, yes, external };
/// How a client may say who it is.
enum class ClientAuth { both, basic, post };
/// What is found where clients look for the endpoints.
enum class Discovery {
  redirect,  ///< to the document, by an absolute URL
  relative,  ///< the same by a path
  direct,    ///< the document
  missing,   ///< HTTP 404
  other_host,
  loop,  ///< a redirect that comes back
  page,  ///< a web page with HTTP 200
  huge,  ///< the document with megabytes in it
  wrong_json,
};
/// The host in the URL of the token endpoint.
enum class TokenHost { same, localhost, foreign };
/// How `expires_in` is written.
enum class LifetimeShape { number, text, missing };
/// What becomes of refresh tokens.
enum class RefreshTokens {
  rotate,         ///< a new one each time, the old one is dead
  rotate_strict,  ///< the same; whoever shows the old one ends all of the sign-in
  rotate_lax,     ///< a new one each time, the old one stays good
  keep,           ///< the first one stays good, and no new one comes
  none,           ///< there are none
};
/// How a request for tokens is refused.
enum class TokenRefusal { invalid_grant, unauthorized, plain_401, page, http_500, close };
/// What becomes of a login when its client goes on with a newer access token.
enum class AfterRenewal { kept, lost };
/// What events carry, when the login was made with an access token.
enum class CallbackAuth { token, none, legacy };
/// The answer to /rpc/oauth/login-config.
enum class LoginConfig { missing, empty, yes };

struct OauthOptions {
  OauthMode mode = OauthMode::no;
  std::string client_id = "rest-client-headless";
  std::string client_secret = "simulator-client-secret";  ///< empty: a public client
  std::string scope = "login";
  ClientAuth client_auth = ClientAuth::both;
  Discovery discovery = Discovery::redirect;
  TokenHost token_host = TokenHost::same;
  std::int64_t lifetime = 300;  ///< of access tokens, in seconds; dead at once from 0 downwards
  LifetimeShape lifetime_as = LifetimeShape::number;
  std::int64_t refresh_lifetime = 21'600;  ///< of refresh tokens, likewise
  RefreshTokens refresh = RefreshTokens::rotate;
  bool revocation = true;
  TokenRefusal refusal = TokenRefusal::invalid_grant;
  bool failures_count = true;               ///< for the blacklist of addresses
  Refusal jwt_refusal = Refusal::http_401;  ///< of an access token at /xml-rpc
  AfterRenewal after_renewal = AfterRenewal::kept;
  CallbackAuth callback_auth = CallbackAuth::token;
  LoginConfig login_config = LoginConfig::missing;
};

}  // namespace sfteams::simulator

#include <array>

#include "simulator/switch_access.h"

namespace sfteams::simulator {
namespace {

constexpr std::array kOauthModes{Choice<OauthMode>{"no", OauthMode::no},
                                 Choice<OauthMode>{"yes", OauthMode::yes},
                                 Choice<OauthMode>{"external", OauthMode::external}};
constexpr std::array kClientAuths{Choice<ClientAuth>{"both", ClientAuth::both},
                                  Choice<ClientAuth>{"basic", ClientAuth::basic},
                                  Choice<ClientAuth>{"post", ClientAuth::post}};
constexpr std::array kDiscoveries{Choice<Discovery>{"redirect", Discovery::redirect},
                                  Choice<Discovery>{"direct", Discovery::direct},
                                  Choice<Discovery>{"missing", Discovery::missing},
                                  Choice<Discovery>{"other-host", Discovery::other_host},
                                  Choice<Discovery>{"loop", Discovery::loop},
                                  Choice<Discovery>{"page", Discovery::page},
                                  Choice<Discovery>{"huge", Discovery::huge},
                                  Choice<Discovery>{"wrong-json", Discovery::wrong_json},
                                  Choice<Discovery>{"relative", Discovery::relative}};
constexpr std::array kTokenHosts{Choice<TokenHost>{"same", TokenHost::same},
                                 Choice<TokenHost>{"localhost", TokenHost::localhost},
                                 Choice<TokenHost>{"foreign", TokenHost::foreign}};
constexpr std::array kLifetimeShapes{Choice<LifetimeShape>{"number", LifetimeShape::number},
                                     Choice<LifetimeShape>{"text", LifetimeShape::text},
                                     Choice<LifetimeShape>{"missing", LifetimeShape::missing}};
constexpr std::array kRefreshing{
    Choice<RefreshTokens>{"rotate", RefreshTokens::rotate},
    Choice<RefreshTokens>{"rotate-strict", RefreshTokens::rotate_strict},
    Choice<RefreshTokens>{"rotate-lax", RefreshTokens::rotate_lax},
    Choice<RefreshTokens>{"keep", RefreshTokens::keep},
    Choice<RefreshTokens>{"none", RefreshTokens::none}};
constexpr std::array kTokenRefusals{
    Choice<TokenRefusal>{"invalid-grant", TokenRefusal::invalid_grant},
    Choice<TokenRefusal>{"unauthorized", TokenRefusal::unauthorized},
    Choice<TokenRefusal>{"plain-401", TokenRefusal::plain_401},
    Choice<TokenRefusal>{"page", TokenRefusal::page},
    Choice<TokenRefusal>{"http-500", TokenRefusal::http_500},
    Choice<TokenRefusal>{"close", TokenRefusal::close}};
constexpr std::array kAfterRenewal{Choice<AfterRenewal>{"kept", AfterRenewal::kept},
                                   Choice<AfterRenewal>{"lost", AfterRenewal::lost}};
constexpr std::array kCallbackAuths{Choice<CallbackAuth>{"token", CallbackAuth::token},
                                    Choice<CallbackAuth>{"none", CallbackAuth::none},
                                    Choice<CallbackAuth>{"legacy", CallbackAuth::legacy}};
constexpr std::array kLoginConfigs{Choice<LoginConfig>{"missing", LoginConfig::missing},
                                   Choice<LoginConfig>{"empty", LoginConfig::empty},
                                   Choice<LoginConfig>{"yes", LoginConfig::yes}};

/// 31 years: the clock goes no further than nanoseconds in 64 bits.
constexpr std::int64_t kMostSeconds = 1'000'000'000;
constexpr std::size_t kMostName = 200;

constexpr std::array kOauthSwitches{
    Switch{"oauth", "no | yes | external",
           "whether there is OAuth; external: another server holds the passwords",
           kChoice<&OauthOptions::mode, kOauthModes>},
    Switch{"oauth-client-id", "text", "the client that is known",
           kText<&OauthOptions::client_id, 1, kMostName>},
    Switch{"oauth-client-secret", "text", "its secret; empty: a public client",
           kText<&OauthOptions::client_secret, 0, kMostName>},
    Switch{"oauth-scope", "text", "what it may ask for", kText<&OauthOptions::scope, 1, kMostName>},
    Switch{"oauth-client-auth", "both | basic | post", "how the client may say who it is",
           kChoice<&OauthOptions::client_auth, kClientAuths>},
    Switch{"oauth-discovery",
           "redirect | direct | missing | other-host | loop | page | huge | wrong-json | relative",
           "what is found at /.well-known/openid-configuration",
           kChoice<&OauthOptions::discovery, kDiscoveries>},
    Switch{"oauth-token-host", "same | localhost | foreign", "the host of the token endpoint",
           kChoice<&OauthOptions::token_host, kTokenHosts>},
    Switch{"oauth-lifetime", "-1000000000..1000000000", "seconds that an access token lives",
           kNumber<&OauthOptions::lifetime, -kMostSeconds, kMostSeconds>},
    Switch{"oauth-lifetime-as", "number | text | missing", "how the answer says it",
           kChoice<&OauthOptions::lifetime_as, kLifetimeShapes>},
    Switch{"oauth-refresh-lifetime", "-1000000000..1000000000",
           "seconds that a refresh token lives",
           kNumber<&OauthOptions::refresh_lifetime, -kMostSeconds, kMostSeconds>},
    Switch{"oauth-refresh", "rotate | rotate-strict | rotate-lax | keep | none",
           "what becomes of refresh tokens", kChoice<&OauthOptions::refresh, kRefreshing>},
    Switch{"oauth-revocation", "yes | no", "whether tokens can be revoked",
           kChoice<&OauthOptions::revocation, kYesNo>},
    Switch{"oauth-refusal", "invalid-grant | unauthorized | plain-401 | page | http-500 | close",
           "how a request for tokens is refused", kChoice<&OauthOptions::refusal, kTokenRefusals>},
    Switch{"oauth-failures-count", "yes | no", "whether the blacklist counts what OAuth refuses",
           kChoice<&OauthOptions::failures_count, kYesNo>},
    Switch{"jwt-refusal", kRefusalNames, "how a wrong or expired access token is turned away",
           kChoice<&OauthOptions::jwt_refusal, kRefusals>},
    Switch{"login-after-renewal", "kept | lost",
           "whether a login outlives the access token that it was made with",
           kChoice<&OauthOptions::after_renewal, kAfterRenewal>},
    Switch{"callback-auth", "token | none | legacy",
           "what events carry when the login was made with an access token",
           kChoice<&OauthOptions::callback_auth, kCallbackAuths>},
    Switch{"login-config", "missing | empty | yes", "the answer to /rpc/oauth/login-config",
           kChoice<&OauthOptions::login_config, kLoginConfigs>},
};

}  // namespace

std::span<const Switch> oauth_switches() {
  return kOauthSwitches;
}

}  // namespace sfteams::simulator

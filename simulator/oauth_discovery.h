#pragma once

#include <string>
#include <string_view>

#include "simulator/options.h"
#include "simulator/reply.h"
#include "transport/url.h"

namespace sfteams::simulator {

inline constexpr std::string_view kWellKnownPath = "/.well-known/openid-configuration";
inline constexpr std::string_view kDocumentPath =
    "/auth/realms/pbx/.well-known/openid-configuration";
inline constexpr std::string_view kIssuerPath = "/auth/realms/pbx";
inline constexpr std::string_view kTokenPath = "/auth/realms/pbx/oauth2/token";
inline constexpr std::string_view kRevokePath = "/auth/realms/pbx/oauth2/revoke";
inline constexpr std::string_view kAuthorizePath = "/auth/realms/pbx/oauth2/auth";
inline constexpr std::string_view kKeysPath = "/auth/realms/pbx/oauth2/jwks";
inline constexpr std::string_view kLoginConfigPath = "/rpc/oauth/login-config";

/// What a client finds out before it signs in (OpenID Connect Discovery 1.0, RFC 8414). `here` is
/// the address under which the client has reached the PBX; its path does not matter.
[[nodiscard]] Reply answer_discovery(const Options& options, const transport::Url& here,
                                     std::string_view path);
[[nodiscard]] Reply answer_login_config(const Options& options, const transport::Url& here);

/// "http://127.0.0.1:8080/auth/realms/pbx".
[[nodiscard]] std::string issuer_of(const transport::Url& here);

}  // namespace sfteams::simulator

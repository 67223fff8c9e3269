#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "transport/http_client.h"

namespace sfteams::rest {

// Signing in to REST as STARFACE 6.7 to 9 has it, bytes in and bytes out: GET kLoginPath brings a
// nonce, POST to the same path an answer made with it; the token that comes of it goes into the
// header authToken.

inline constexpr std::string_view kLoginPath = "/rest/login";
inline constexpr std::string_view kTokenHeader = "authToken";
/// Bytes of a nonce, and of a token.
inline constexpr std::size_t kMostNonce = 1'024;
inline constexpr std::size_t kMostToken = 4'096;

/// The nonce. Fails with rest.active-directory, when the PBX has passwords checked elsewhere and so
/// wants the password itself, with rest.not-offered, rest.pbx-error and rest.broken-reply.
[[nodiscard]] Result<std::string> read_nonce(const transport::HttpReply& reply);

/// login ":" sha512(login + nonce + sha512(password)), both digests as lower-case hexadecimal.
/// `password_sha512` is the inner one.
[[nodiscard]] crypto::Secret login_secret(std::string_view login, std::string_view nonce,
                                          const crypto::Secret& password_sha512);
/// The JSON that is posted: {loginType: "Internal", nonce, secret}.
[[nodiscard]] crypto::Secret login_body(std::string_view login, std::string_view nonce,
                                        const crypto::Secret& password_sha512);

/// The token; `reply.body` is wiped. Fails with rest.login-refused, which is final: another attempt
/// would count for the PBX's blacklist; with rest.not-offered, rest.pbx-error and
/// rest.broken-reply.
[[nodiscard]] Result<crypto::Secret> read_token(transport::HttpReply& reply);

}  // namespace sfteams::rest

#pragma once

#include <string_view>

#include "base/crypto/secret.h"

namespace sfteams::uci {

/// How an account proves its password to the PBX. Either token is as good as the password itself.
enum class TokenKind {
  sha512,  ///< login ":" sha512(login "*" sha512(password)); STARFACE 6.4.2.19 and later
  md5,     ///< md5(login "*" password); up to STARFACE 6.4.2.12
};

/// "sha512" or "md5".
[[nodiscard]] std::string_view to_string(TokenKind kind);

/// sha512(password) in lower-case hexadecimal: all of the password that sha512 tokens need, and as
/// good as the password itself.
[[nodiscard]] crypto::Secret hash_password(const crypto::Secret& password);
/// The token of kind sha512, by what hash_password() makes.
[[nodiscard]] crypto::Secret make_token(std::string_view login,
                                        const crypto::Secret& password_sha512);

/// The value of de.vertico.starface.auth, with lower-case hexadecimal digests. Text is hashed as
/// UTF-8.
[[nodiscard]] crypto::Secret make_token(TokenKind kind, std::string_view login,
                                        const crypto::Secret& password);

}  // namespace sfteams::uci

#pragma once

#include <string_view>

#include "base/crypto/secret.h"
#include "base/error/error.h"

namespace sfteams::uci {

/// How an account proves its password to the PBX. Either token is as good as the password itself.
enum class TokenKind {
  sha512,  ///< login ":" sha512(login "*" sha512(password)); STARFACE 6.4.2.19 and later
  md5,     ///< md5(login "*" password); up to STARFACE 6.4.2.12
};

/// "sha512" or "md5"; fails with uci.dialect-unknown.
[[nodiscard]] Result<TokenKind> parse_token_kind(std::string_view text);

/// The value of de.vertico.starface.auth, with lower-case hexadecimal digests. Text is hashed as
/// UTF-8.
[[nodiscard]] crypto::Secret make_token(TokenKind kind, std::string_view login,
                                        const crypto::Secret& password);

}  // namespace sfteams::uci

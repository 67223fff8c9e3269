#include "uci/token.h"

#include <span>
#include <string>

#include <fmt/format.h>

#include "base/crypto/hash.h"
#include "base/text/encoding.h"
#include "uci/codes.h"

namespace sfteams::uci {
namespace {

using crypto::bytes_of;
using crypto::Secret;

/// The digest as lower-case hexadecimal; the digest itself is wiped.
template <typename Digest>
Secret hex_of(Digest&& digest) {
  std::string text = text::to_hex(digest);
  crypto::wipe(digest);
  Secret hex = Secret::from_text(text);
  crypto::wipe(text);
  return hex;
}

}  // namespace

std::string_view to_string(TokenKind kind) {
  return kind == TokenKind::md5 ? "md5" : "sha512";
}

crypto::Secret hash_password(const crypto::Secret& password) {
  return hex_of(crypto::sha512({password.bytes()}));
}

crypto::Secret make_token(std::string_view login, const crypto::Secret& password_sha512) {
  const Secret outer =
      hex_of(crypto::sha512({bytes_of(login), bytes_of("*"), password_sha512.bytes()}));
  std::string token;
  token.reserve(login.size() + 1 + outer.size());
  token.append(login).append(":").append(outer.text());
  Secret result = Secret::from_text(token);
  crypto::wipe(token);
  return result;
}

crypto::Secret make_token(TokenKind kind, std::string_view login, const crypto::Secret& password) {
  if (kind == TokenKind::md5)
    return hex_of(crypto::md5({bytes_of(login), bytes_of("*"), password.bytes()}));
  return make_token(login, hash_password(password));
}

}  // namespace sfteams::uci

#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/crypto/secret.h"
#include "base/error/error.h"

namespace sfteams::oauth {

/// Who asks for tokens (RFC 6749, section 2.3).
struct Client {
  std::string id;
  crypto::Secret secret{};  ///< empty: a public client
  std::string scope;        ///< empty: none is named
  std::string resource;     ///< RFC 8707; empty: none is named
};

/// What a user is given.
struct Tokens {
  crypto::Secret access;
  crypto::Secret refresh;           ///< empty: none came
  bool lifetime_said = true;        ///< false: it is assumed
  std::chrono::seconds lifetime{};  ///< of `access`: kShortest to kLongest, whatever was said
  std::chrono::seconds refresh_lifetime{};  ///< 0: not known
};

// A PBX may say anything about lifetimes, or nothing.
inline constexpr std::chrono::seconds kUsualLifetime{300};
inline constexpr std::chrono::seconds kShortest{30};
inline constexpr std::chrono::hours kLongest{24};
/// Bytes of one token: they travel in a URL.
inline constexpr std::size_t kMostToken = 6'000;
/// Bytes of a reply.
inline constexpr std::size_t kMostReply = 65'536;

// Forms (application/x-www-form-urlencoded). With `secret_in_body` they name the client's id and
// secret; without, only the header of basic_authorization() does: both at once is an error (RFC
// 6749, section 2.3). A public client always names its id.

[[nodiscard]] crypto::Secret password_form(const Client& client, bool secret_in_body,
                                           std::string_view user, const crypto::Secret& password);
[[nodiscard]] crypto::Secret refresh_form(const Client& client, bool secret_in_body,
                                          const crypto::Secret& refresh);
/// RFC 7009.
[[nodiscard]] crypto::Secret revocation_form(const Client& client, bool secret_in_body,
                                             const crypto::Secret& refresh);
/// The value of the Authorization header; empty for a public client.
[[nodiscard]] crypto::Secret basic_authorization(const Client& client);

/// oauth.no-password-grant: nobody gets a token for a password there.
[[nodiscard]] Error no_password_grant();

enum class Grant { password, refresh };

/// What a token request was answered; `body` is wiped. Fails with a code of oauth/codes.h; its texts
/// hold nothing of the answer but the name of an error that RFC 6749 knows.
[[nodiscard]] Result<Tokens> read_token_reply(Grant grant, int status, std::string& body);

}  // namespace sfteams::oauth

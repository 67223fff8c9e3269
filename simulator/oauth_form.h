#pragma once

#include <string>
#include <string_view>

#include "base/crypto/secret.h"

namespace sfteams::simulator {

/// A request to the token endpoint (RFC 6749 section 3.2) or for a revocation (RFC 7009).
struct OauthForm {
  std::string grant_type;
  std::string client_id;
  crypto::Secret client_secret;
  bool client_in_header = false;  ///< the client says who it is by Basic, otherwise in the body
  std::string username;
  crypto::Secret password;
  crypto::Secret refresh_token;
  crypto::Secret token;  ///< to be revoked
  std::string scope;
  /// Why it is an invalid_request, as a sentence without anything of the content; empty: it is not.
  std::string problem;
};

/// Takes a body of at most 16 KiB and 32 fields, each at most once (RFC 6749 section 3.1), in
/// percent-encoding; other names are ignored. A client that says twice who it is, in the header
/// and in the body, is a problem.
[[nodiscard]] OauthForm read_oauth_form(std::string_view content_type,
                                        std::string_view authorization, std::string_view body);

}  // namespace sfteams::simulator

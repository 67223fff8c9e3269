#include "agent/pbx/auth_choice.h"

#include "oauth/codes.h"
#include "oauth/token.h"
#include "uci/http_binding.h"

namespace sfteams::agent {

bool is_oauth_client(const PbxSettings& settings) {
  return settings.client_secret_file || settings.client_id != PbxSettings().client_id;
}

Result<AuthChoice> choose_auth(const Result<oauth::Provider>& found, const PbxSettings& settings) {
  namespace codes = oauth::codes;
  if (found && !found->password_grant) {
    return AuthChoice{SignInBy::oauth, "the PBX offers OAuth, though not for passwords",
                      oauth::no_password_grant()};
  }
  if (found && is_oauth_client(settings))
    return AuthChoice{SignInBy::oauth, "the PBX offers OAuth"};
  if (found) {
    return AuthChoice{SignInBy::sha512,
                      "the PBX offers OAuth, but [uci] client-secret-file is not set"};
  }
  const Error& error = found.error();
  // Who has set up a client wants to hear why OAuth does not come about.
  const bool certain = error.code == codes::kNotOffered ||
                       (!is_oauth_client(settings) &&
                        (error.code == codes::kElsewhere || error.code == codes::kBadDocument));
  if (!certain) return fail(error.code.id.starts_with("oauth.") ? error : uci::from_http(error));
  // That there is no OAuth needs nothing to be done about it.
  const bool advice = error.code != codes::kNotOffered && !error.hint.empty();
  return AuthChoice{SignInBy::sha512,
                    advice ? error.message + " (" + error.hint + ")" : error.message};
}

}  // namespace sfteams::agent

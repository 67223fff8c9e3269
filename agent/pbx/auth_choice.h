#pragma once

#include <optional>
#include <string>

#include "agent/pbx/settings.h"
#include "base/error/error.h"
#include "oauth/provider.h"

namespace sfteams::agent {

/// How users sign in at this PBX, and why so, as a part of a sentence: "the PBX offers OAuth".
struct AuthChoice {
  SignInBy by = SignInBy::sha512;
  std::string why;
  std::optional<Error> problem{};  ///< nobody can sign in so
};

/// The administrator has told the agent who it is to the PBX's OAuth.
[[nodiscard]] bool is_oauth_client(const PbxSettings& settings);

/// For [uci] auth = automatic, from what the PBX says about its OAuth. Fails when it cannot tell at
/// the moment: with the errors of oauth::Issuer that mean "not now".
[[nodiscard]] Result<AuthChoice> choose_auth(const Result<oauth::Provider>& found,
                                             const PbxSettings& settings);

}  // namespace sfteams::agent

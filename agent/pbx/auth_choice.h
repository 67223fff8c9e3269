#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/pbx/settings.h"
#include "base/error/error.h"
#include "oauth/provider.h"
#include "transport/network.h"

namespace sfteams::agent {

/// How users sign in at this PBX, and why so, as a part of a sentence: "the PBX offers OAuth".
struct AuthChoice {
  SignInBy by = SignInBy::sha512;
  std::string why;
};

/// For [uci] auth = automatic, from what the PBX says about its OAuth. Fails when it cannot tell at
/// the moment: with the errors of oauth::Issuer that mean "not now".
[[nodiscard]] Result<AuthChoice> choose_auth(const Result<oauth::Provider>& found,
                                             const PbxSettings& settings);

/// The PBX is being asked; destroyed, the answer does not come.
class AuthQuestion {
 public:
  using Answer = std::function<void(Result<AuthChoice>)>;
  virtual ~AuthQuestion() = default;
  /// Names no user and no password, so it costs nothing. `answer` comes once, in a later turn, and
  /// may destroy the question. Fails as transport::HttpClient::create() does.
  [[nodiscard]] static Result<std::unique_ptr<AuthQuestion>> ask(transport::Network& network,
                                                                 const PbxSettings& settings,
                                                                 Answer answer);
};

}  // namespace sfteams::agent

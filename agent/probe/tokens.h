#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "agent/probe/reply_form.h"
#include "oauth/token.h"

namespace sfteams::probe {

/// What a request for tokens was answered.
struct TokenReply {
  std::string form;  ///< see form_of()
  std::optional<oauth::Tokens> tokens{};
  /// Of the access token, as the PBX says; oauth::Tokens brings it within bounds. Nothing: it says
  /// none, or nonsense.
  std::optional<std::chrono::seconds> lifetime{};
};

/// Takes the tokens out of `reply`, whose body is wiped.
[[nodiscard]] TokenReply read_tokens(oauth::Grant grant, Reply reply);

/// The longest life of a token whose end is waited for.
inline constexpr std::chrono::seconds kLongestWait{900};

/// Why the end of a token is not waited for; empty: it is.
[[nodiscard]] std::string why_no_wait(const std::optional<std::chrono::seconds>& lifetime);

}  // namespace sfteams::probe

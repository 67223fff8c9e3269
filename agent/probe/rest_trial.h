#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agent/probe/finding.h"
#include "agent/probe/reply_form.h"

namespace sfteams::probe {

struct RestTrial {
  std::string by;     ///< "a token of OAuth", "a nonce"
  std::string login;  ///< how the sign-in to REST was answered; empty: none was needed
  bool signed_in = true;
  bool unanswered = false;                               ///< the sign-in
  std::vector<std::pair<std::string, Reply>> answers{};  ///< by path
};

inline constexpr const char* kRestPaths[] = {"/rest/users/me", "/rest/contacts?page=0&pagesize=1",
                                             "/rest/accounts", "/rest/permissions",
                                             "/rest/server/version"};

/// Check 8.
[[nodiscard]] Finding judge_rest(const RestTrial& trial);

}  // namespace sfteams::probe

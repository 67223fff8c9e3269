#pragma once

#include <string>
#include <vector>

#include "agent/probe/finding.h"
#include "agent/probe/grants.h"
#include "base/crypto/secret.h"

namespace sfteams::probe {

/// Check 7: three requests for a token with a made-up password, no more, and one with the right one.
/// The tokens that come are revoked. None follows once `line` is broken off.
[[nodiscard]] Finding try_wrong_passwords(const PbxLine& line, Grants& grants,
                                          const std::string& user, const crypto::Secret& password);
/// The same from what was answered: `wrong` in its order.
[[nodiscard]] Finding judge_wrong_passwords(const std::vector<std::string>& wrong,
                                            const TokenReply& right);

}  // namespace sfteams::probe

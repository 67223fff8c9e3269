#pragma once

#include <string>

#include "agent/probe/pbx_line.h"
#include "agent/probe/rest_trial.h"
#include "base/crypto/secret.h"

namespace sfteams::probe {

/// Asks REST what kRestPaths has, with an access token.
[[nodiscard]] RestTrial try_rest(PbxLine& line, const crypto::Secret& access);
/// The same after a sign-in by a nonce, as before version 10; signs out again. Only with a password
/// that the PBX has taken: a wrong one may count.
[[nodiscard]] RestTrial try_rest(PbxLine& line, const std::string& user,
                                 const crypto::Secret& password);

}  // namespace sfteams::probe

#pragma once

#include <string>

#include "base/crypto/secret.h"

namespace sfteams::diagnosis {

/// Whom to sign in for a trial.
struct UserAccess {
  std::string name;  ///< the STARFACE login
  crypto::Secret password;
};

}  // namespace sfteams::diagnosis

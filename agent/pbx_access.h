#pragma once

#include <memory>
#include <string>

#include "crypto/secret.h"
#include "error/error.h"
#include "uci/connection.h"

namespace sfteams::agent {

/// One user's connection to the PBX with everything below it.
class PbxUser {
 public:
  virtual ~PbxUser() = default;
  [[nodiscard]] virtual uci::Connection& connection() = 0;
};

/// The way to the PBX: HTTP in the program (agent/http_pbx.h), a script in a test.
class PbxAccess {
 public:
  virtual ~PbxAccess() = default;
  /// Sends nothing yet. The password is needed for this call only. Fails with crypto.no-randomness.
  [[nodiscard]] virtual Result<std::unique_ptr<PbxUser>> user(
      const std::string& name, const crypto::Secret& password,
      uci::Connection::Handlers handlers) = 0;
};

}  // namespace sfteams::agent

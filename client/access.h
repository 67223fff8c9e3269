#pragma once

#include <memory>
#include <string>

#include "base/crypto/ed25519.h"
#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "keygen/derive.h"
#include "keygen/key_file.h"
#include "transport/url.h"

namespace sfteams::client {

/// What a key file gives: where the PBX is to be found, and what proves that we may reach it.
/// Derived once and shared by all connections of a process.
class Access {
 public:
  /// Fails with keygen.bad-connector or transport.bad-url when the connector's URL in the key file
  /// is none, or is ws:// towards another host.
  [[nodiscard]] static Result<std::shared_ptr<const Access>> from(const keygen::KeyFile& key_file);

  [[nodiscard]] const std::string& name() const { return name_; }
  /// The connector's URL with the path of the client's endpoint.
  [[nodiscard]] const transport::Url& connector() const { return connector_; }
  [[nodiscard]] const keygen::KeyId& key_id() const { return key_id_; }
  [[nodiscard]] const crypto::Ed25519Key& admission_key() const { return admission_key_; }
  [[nodiscard]] const crypto::Secret& pre_shared_key() const { return pre_shared_key_; }

 private:
  Access(const keygen::KeyFile& key_file, transport::Url connector);

  std::string name_;
  transport::Url connector_;
  keygen::KeyId key_id_;
  crypto::Ed25519Key admission_key_;
  crypto::Secret pre_shared_key_;
};

}  // namespace sfteams::client

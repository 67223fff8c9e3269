#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "base/crypto/hash.h"
#include "base/crypto/secret.h"
#include "simulator/credentials.h"
#include "simulator/directory.h"
#include "simulator/options.h"

namespace sfteams::simulator {

/// Finds the user whose token it is.
class Gate {
 public:
  /// Makes the tokens of all users. Both outlive this.
  Gate(const Directory& directory, const Options& options);

  /// nullptr when the token is wrong, of a kind that Options::tokens does not take (none while
  /// another server holds the passwords), or another
  /// user's than the one that the request names. A request need not name one.
  [[nodiscard]] const User* check(const Credentials& credentials) const;
  /// As far as the PBX itself knows passwords.
  [[nodiscard]] bool is_password(const User& user, const crypto::Secret& password) const;
  /// sha512(password) in hexadecimal, of which a login by REST makes its secret.
  [[nodiscard]] const crypto::Secret& password_hash(const User& user) const {
    return hashes_[user.index];
  }
  /// The newest kind of token.
  [[nodiscard]] const crypto::Secret& token_of(const User& user) const {
    return sha512_[user.index];
  }
  void change_password(const User& user, const crypto::Secret& password);

 private:
  const Directory& directory_;
  const Options& options_;
  std::vector<crypto::Secret> sha512_;  ///< by User::index
  std::vector<crypto::Secret> hashes_;  ///< likewise
  /// MD5 tokens name no user, so they are looked for by their digest; that keeps the tree from
  /// telling how much of a guess is right.
  std::map<crypto::Sha256Digest, std::size_t> md5_;
};

/// The login that a refused token or parameter claims, for the journal: at most 64 bytes.
[[nodiscard]] std::string claimed_user(const Credentials& credentials);

}  // namespace sfteams::simulator

#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/crypto/hash.h"
#include "base/crypto/secret.h"
#include "base/error/error.h"

namespace sfteams::connector {

/// What stands for a name on the bus: 32 hexadecimal digits. Without the log secret nobody can tell
/// whose it is.
using NameHash = std::string;

/// What all nodes of a cluster share. Two things, because they live differently:
///
/// - The *log secret* hides names and seals what the registry's log says of them. The log is written
///   once and for ever, so this is never changed.
/// - The *cluster key* is what nodes prove themselves by, on their links and on the bus. It is
///   rotated: a second one is taken as well, on every node, before it becomes the first.
class ClusterKeys {
 public:
  static constexpr std::size_t kSize = 32;  ///< bytes of each

  /// A file of mode 0600 or 0640 with "name = 64 hexadecimal digits" on each line: log-secret, key,
  /// and also-key (may be missing); '#' begins a comment. Fails with connector.cluster-key-unreadable
  /// or connector.cluster-key-malformed, which never quote what stands there.
  [[nodiscard]] static Result<ClusterKeys> read(const std::filesystem::path& file);
  /// `text` as the file has it; `origin` is named in errors.
  [[nodiscard]] static Result<ClusterKeys> parse(std::string_view text, const std::string& origin);
  /// The text of a new file. Fails with crypto.no-randomness.
  [[nodiscard]] static Result<crypto::Secret> make_file();

  [[nodiscard]] NameHash hash_of(std::string_view name) const;
  /// 32 bytes, for AES-256-GCM.
  [[nodiscard]] crypto::Secret log_key() const;

  /// HMAC-SHA256 with a key that is derived from the cluster key for this purpose: "bus" or "node";
  /// another one is a programmer's error (std::invalid_argument), here and in verifies().
  [[nodiscard]] crypto::Sha256Digest mac(
      std::string_view purpose, std::initializer_list<std::span<const std::uint8_t>> parts) const;
  /// Whether `mac`, whole or the first 16 bytes of it, is that of one of the keys that are taken.
  [[nodiscard]] bool verifies(std::string_view purpose, std::span<const std::uint8_t> mac,
                              std::initializer_list<std::span<const std::uint8_t>> parts) const;

  /// Eight hexadecimal digits by which an operator can compare what two nodes have: of the log
  /// secret, and of the key that is in use. They tell nothing of either.
  [[nodiscard]] std::string log_fingerprint() const;
  [[nodiscard]] std::string key_fingerprint() const;
  /// Of the second key that is taken while the first is changed; nullopt: there is none.
  [[nodiscard]] std::optional<std::string> also_key_fingerprint() const;

 private:
  /// A cluster key with what is derived from it, once: thousands of words a second need it.
  struct ClusterKey {
    explicit ClusterKey(crypto::Secret made);
    [[nodiscard]] const crypto::Secret& for_purpose(std::string_view purpose) const;

    crypto::Secret whole;
    crypto::Secret bus;
    crypto::Secret node;
  };

  ClusterKeys(crypto::Secret log_secret, crypto::Secret key, std::optional<crypto::Secret> also);

  crypto::Secret log_secret_;
  crypto::Secret names_key_;  ///< derived from the log secret, once
  ClusterKey key_;
  std::optional<ClusterKey> also_key_;
};

}  // namespace sfteams::connector

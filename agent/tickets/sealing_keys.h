#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock/unix_time.h"
#include "base/crypto/secret.h"
#include "base/error/error.h"

namespace sfteams::agent {

/// The keys under which tickets are sealed, in a file of the state directory that only the agent's
/// user may read. Each seals for kTurn; then another one is made, and the old one opens what it has
/// sealed until that has certainly ended. A key is on disk before anything is sealed under it.
///
/// A file that cannot be read is logged and replaced with the next key: what was sealed cannot be
/// opened any more, and users sign in with their passwords.
///
/// A sealed text is base64url without padding of
///   format u8 = 1 | key u32 | nonce[12] | AES-256-GCM of the content, with its tag
/// and has as associated data "starface-teams/1 ticket seal" ␀ | format | key | binding.
class SealingKeys {
 public:
  static constexpr clock::UnixSeconds kTurn = 15L * 86'400;
  /// No longer does anything live that is sealed here.
  static constexpr clock::UnixSeconds kLongestLife = 90L * 86'400;
  /// More than come together in that time; beyond them the oldest goes.
  static constexpr std::size_t kMostKeys = 16;

  /// Reads the file, if there is one.
  explicit SealingKeys(std::filesystem::path file);

  /// `content` is for this `binding` only: who opens it has to have the same bytes. Fails with
  /// crypto.no-randomness, and as files::write_file_atomically() when a new key is due.
  [[nodiscard]] Result<std::string> seal(std::span<const std::uint8_t> content,
                                         std::span<const std::uint8_t> binding,
                                         clock::UnixSeconds now);
  /// nullopt when it was not sealed here for this binding, or its key is gone.
  [[nodiscard]] std::optional<crypto::Secret> open(std::string_view text,
                                                   std::span<const std::uint8_t> binding) const;

  [[nodiscard]] std::size_t size() const { return keys_.size(); }

 private:
  struct Key {
    std::uint32_t id = 0;
    clock::UnixSeconds made = 0;
    crypto::Secret bytes;
  };
  void load();
  [[nodiscard]] Result<void> turn(clock::UnixSeconds now);
  [[nodiscard]] Result<void> save(const Key& newest, std::size_t from) const;

  std::filesystem::path file_;
  std::vector<Key> keys_;  ///< the newest last
};

}  // namespace sfteams::agent

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <json/value.h>

#include "base/clock/unix_time.h"
#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "transport/scheduler.h"

namespace sfteams::agent {

/// The refresh tokens of users who may sign in again without their passwords (agent/tickets/). They
/// change every few minutes, so that no ticket can hold one: a ticket holds a key instead, under
/// which the newest is sealed here. Neither the file nor a ticket alone is worth anything.
///
/// In the file (mode 0600, in the state directory) are no names, but a keyed hash of each; per key
/// its own hash, and the token under AES-256-GCM. It is written at once, many changes together, and
/// outlives a kill; after a power failure users may have to type their passwords. A file that cannot be read
/// is logged, and replaced.
class RefreshBook {
 public:
  using UnixSeconds = clock::UnixSeconds;
  static constexpr std::size_t kMostEntries = 4'000;  ///< beyond them the oldest goes
  static constexpr std::size_t kMostOfUser = 16;
  static constexpr std::size_t kMostToken = 16'000;  ///< bytes
  /// Longer than any ticket lives.
  static constexpr UnixSeconds kKept = 90L * 86'400;
  static constexpr transport::Duration kSoon{100};  ///< between two writings

  /// `file` empty: only in memory. `name_key`: 32 bytes that outlive the process.
  RefreshBook(transport::Scheduler& scheduler, std::filesystem::path file, crypto::Secret name_key);
  /// Writes what is left to be written.
  ~RefreshBook();
  RefreshBook(const RefreshBook&) = delete;
  RefreshBook& operator=(const RefreshBook&) = delete;

  /// 43 characters of 32 random bytes. Fails with crypto.no-randomness.
  [[nodiscard]] static Result<crypto::Secret> new_key();

  /// The newest token under this key, in the place of the former one. One without bytes, or with more
  /// than kMostToken, is not taken.
  void put(std::string_view user, const crypto::Secret& key, const crypto::Secret& refresh);
  /// nullopt: there is none under this key.
  [[nodiscard]] std::optional<crypto::Secret> get(std::string_view user,
                                                  const crypto::Secret& key) const;
  void forget(std::string_view user);
  void forget_all();

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  using Mark = std::array<std::uint8_t, 16>;
  struct Entry {
    Mark user{};
    Mark key{};
    UnixSeconds put = 0;
    std::vector<std::uint8_t> sealed;  ///< nonce, then ciphertext and tag
  };

  [[nodiscard]] Mark user_mark(std::string_view user) const;
  void make_room(const Mark& user);
  void load();
  [[nodiscard]] bool take_in(const Json::Value& document);
  void write_soon();
  void write();

  transport::Scheduler& scheduler_;
  std::filesystem::path file_;
  crypto::Secret name_key_;
  std::vector<Entry> entries_;  ///< the one that was put longest ago first
  std::optional<transport::TimePoint> written_;
  bool told_ = false;  ///< that it cannot be written
  std::unique_ptr<transport::Timer> soon_;
};

}  // namespace sfteams::agent

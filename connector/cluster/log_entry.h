#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto/aes_gcm.h"
#include "base/error/error.h"
#include "connector/cluster/cluster_keys.h"
#include "connector/registry/log_replica.h"

namespace sfteams::connector {

/// What a subject of the log of names says without its value.
struct LogSubject {
  NameHash hash;
  std::uint32_t generation = 1;
  LogEntry::Kind kind = LogEntry::Kind::enrolled;
  std::uint32_t number = 0;

  friend bool operator==(const LogSubject&, const LogSubject&) = default;
};

/// Subjects and values of the log. `cluster` is [cluster] name.
///
/// A value is a random nonce of 12 bytes and what AES-256-GCM makes with ClusterKeys::log_key() of
/// the content, with the subject as associated data: so nobody without the key reads it, makes one,
/// or moves one to another subject.
class LogSeal {
 public:
  LogSeal(const ClusterKeys& keys, const std::string& cluster);

  /// "sft1.<cluster>.reg.<hash>.<generation>.<e, p, f or s1>"
  [[nodiscard]] std::string subject(const LogEntry& entry) const;
  /// "sft1.<cluster>.keys.<hash>"
  [[nodiscard]] std::string keys_subject(std::string_view name) const;
  /// What subject() makes, in its one form; nullopt for everything else.
  [[nodiscard]] std::optional<LogSubject> parse_subject(std::string_view subject) const;

  /// Subject and value; the sequence is 0. Fails with crypto.no-randomness.
  [[nodiscard]] Result<LogReplica::Stored> seal(const LogEntry& entry) const;
  [[nodiscard]] Result<std::vector<std::uint8_t>> seal_keys(const LogKeys& keys) const;

  /// nullopt when it is not one that a node of this cluster has sealed for this subject.
  [[nodiscard]] std::optional<LogEntry> open(std::string_view subject,
                                             std::span<const std::uint8_t> value) const;
  [[nodiscard]] std::optional<LogKeys> open_keys(std::string_view subject,
                                                 std::span<const std::uint8_t> value) const;

  [[nodiscard]] const std::string& names_stream() const { return names_stream_; }
  [[nodiscard]] const std::string& keys_stream() const { return keys_stream_; }
  /// "sft1.<cluster>.reg." and "sft1.<cluster>.keys."
  [[nodiscard]] const std::string& names_prefix() const { return names_prefix_; }
  [[nodiscard]] const std::string& keys_prefix() const { return keys_prefix_; }

 private:
  [[nodiscard]] Result<std::vector<std::uint8_t>> seal(std::string_view subject,
                                                       std::span<const std::uint8_t> content) const;
  [[nodiscard]] std::optional<std::vector<std::uint8_t>> unseal(
      std::string_view subject, std::span<const std::uint8_t> value) const;

  const ClusterKeys& keys_;
  std::string names_stream_;
  std::string keys_stream_;
  std::string names_prefix_;
  std::string keys_prefix_;
  mutable crypto::AesGcm cipher_;
};

/// The content of a value, without its seal. What the subject says (generation, kind, number) is
/// not in it, except in that of keys. Strict: one form for each meaning, nothing behind it.
[[nodiscard]] std::vector<std::uint8_t> pack_entry(const LogEntry& entry);
[[nodiscard]] std::optional<LogEntry> unpack_entry(LogEntry::Kind kind,
                                                   std::span<const std::uint8_t> content);
[[nodiscard]] std::vector<std::uint8_t> pack_keys(const LogKeys& keys);
[[nodiscard]] std::optional<LogKeys> unpack_keys(std::span<const std::uint8_t> content);

}  // namespace sfteams::connector

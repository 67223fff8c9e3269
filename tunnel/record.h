#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "base/error/error.h"
#include "tunnel/wire_code.h"

/// What stands inside a Noise transport message: records, one after the other, each
/// type u8 | length u16 | body (docs/protocol.md, "Records"). A pure codec: numbering, states and
/// limits of a session are in tunnel/session_channel.h.
namespace sfteams::tunnel {

enum class RecordType : std::uint8_t {
  open = 0x01,
  opened = 0x02,
  resume = 0x03,
  resumed = 0x04,
  refused = 0x05,
  message = 0x10,
  ack = 0x11,
  ping = 0x12,
  pong = 0x13,
  close = 0x14,
};

using SessionId = std::array<std::uint8_t, 16>;
using Proof = std::array<std::uint8_t, 32>;
/// Bytes of an OpenedRecord's secret.
inline constexpr std::size_t kResumeSecret = 32;

/// The views point into the plaintext.
struct OpenRecord {
  std::uint8_t version = 1;
  std::string_view software;  ///< printable ASCII, at most 64 bytes
};
struct OpenedRecord {
  SessionId session_id{};
  std::span<const std::uint8_t> resume_secret;  ///< 32 bytes
  std::uint32_t window = 0;                     ///< seconds; 0: this agent does not resume
};
struct ResumeRecord {
  std::uint8_t version = 1;
  SessionId session_id{};
  Proof proof{};
  std::uint64_t received = 0;
};
struct ResumedRecord {
  std::uint64_t received = 0;
};
struct RefusedRecord {
  WireCode code = WireCode::internal;
  std::string_view reason;
};
struct MessageRecord {
  bool more = false;         ///< fragments of the same message follow
  std::uint64_t number = 0;  ///< at least 1
  std::span<const std::uint8_t> fragment;
};
struct AckRecord {
  std::uint64_t number = 0;
};
struct PingRecord {
  std::array<std::uint8_t, 8> data{};
};
struct PongRecord {
  std::array<std::uint8_t, 8> data{};
};
struct CloseRecord {
  WireCode code = WireCode::normal;
  std::string_view reason;
};

using Record = std::variant<OpenRecord, OpenedRecord, ResumeRecord, ResumedRecord, RefusedRecord,
                            MessageRecord, AckRecord, PingRecord, PongRecord, CloseRecord>;

/// Bytes that a MESSAGE record costs beside its fragment: header, flags, number.
inline constexpr std::size_t kMessageOverhead = 3 + 1 + 8;

/// Takes a plaintext apart without copying it.
class RecordReader {
 public:
  explicit RecordReader(std::span<const std::uint8_t> plaintext) : plaintext_(plaintext) {}

  /// The next record; nullopt after the last. Fails with tunnel.record-malformed (length, flags,
  /// number 0, text) and tunnel.record-unknown-type. An empty plaintext has no record and is legal.
  [[nodiscard]] Result<std::optional<Record>> next();

 private:
  std::span<const std::uint8_t> plaintext_;
};

/// Writes records one after the other into a fixed buffer.
class RecordWriter {
 public:
  explicit RecordWriter(std::span<std::uint8_t> out) : out_(out) {}

  /// False, and nothing is written, when the record does not fit. A reason that is too long is cut
  /// at a character's border. An OpenedRecord without 32 bytes of secret, an empty fragment or a
  /// software text that is too long is a programmer's error (std::invalid_argument).
  [[nodiscard]] bool write(const Record& record);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t room() const { return out_.size() - size_; }

 private:
  std::span<std::uint8_t> out_;
  std::size_t size_ = 0;
};

/// HMAC-SHA256(resume_secret, "starface-teams/1 resume" 0x00 | handshake hash): what RESUME proves.
[[nodiscard]] Proof resume_proof(std::span<const std::uint8_t> resume_secret,
                                 std::span<const std::uint8_t> handshake_hash);

}  // namespace sfteams::tunnel

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "connector/cluster/cluster_keys.h"
#include "connector/cluster/node_identity.h"
#include "transport/bus/bus.h"

namespace sfteams::connector {

/// The payloads of words. Each reader returns nullopt when the payload is malformed, and ignores what
/// stands behind the fields that it knows: a later version adds fields there.

/// The 16 bytes that a NameHash has as text.
using HashBytes = std::array<std::uint8_t, 16>;
/// nullopt: not 32 hexadecimal digits.
[[nodiscard]] std::optional<HashBytes> hash_bytes(const NameHash& hash);
[[nodiscard]] NameHash hash_text(const HashBytes& hash);

/// Epochs from here on are malformed, so that there is always one above.
inline constexpr Epoch kEpochEnd = Epoch{1} << 62U;

/// epoch u64 | old link u8
struct ClaimWord {
  Epoch epoch = 0;
  bool old_link = false;  ///< that is claimed again: it was registered a while ago
};
[[nodiscard]] bus::Bytes pack(const ClaimWord& claim);
[[nodiscard]] std::optional<ClaimWord> read_claim(std::span<const std::uint8_t> payload);

/// hash 16 | epoch u64
struct HeldWord {
  HashBytes hash{};
  Epoch epoch = 0;
};
[[nodiscard]] bus::Bytes pack(const HeldWord& held);
[[nodiscard]] std::optional<HeldWord> read_held(std::span<const std::uint8_t> payload);

/// epoch u64 | length of url u8 | url
struct PlaceWord {
  Epoch epoch = 0;
  std::string url;  ///< 1 to 255 bytes, printable ASCII without spaces
};
[[nodiscard]] bus::Bytes pack(const PlaceWord& place);
[[nodiscard]] std::optional<PlaceWord> read_place(std::span<const std::uint8_t> payload);

/// length of url u8 | url | length of version u8 | version | agents u32 | clients u32 | draining u8 |
/// uptime u64
struct BeatWord {
  std::string url;      ///< as PlaceWord's
  std::string version;  ///< of the program: 1 to 64 bytes, printable ASCII
  std::uint32_t agents = 0;
  std::uint32_t clients = 0;
  bool draining = false;
  std::uint64_t uptime = 0;  ///< seconds since its start
};
[[nodiscard]] bus::Bytes pack(const BeatWord& beat);
[[nodiscard]] std::optional<BeatWord> read_beat(std::span<const std::uint8_t> payload);

/// hash 16
[[nodiscard]] std::optional<HashBytes> read_throttled(std::span<const std::uint8_t> payload);

}  // namespace sfteams::connector

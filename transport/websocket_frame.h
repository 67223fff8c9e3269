#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sfteams::transport {

/// RFC 6455 section 5.2.
enum class Opcode : std::uint8_t { binary = 0x2, close = 0x8, ping = 0x9, pong = 0xa };

using MaskingKey = std::array<std::uint8_t, 4>;

/// The most that stands in front of a payload of up to 65,535 bytes.
inline constexpr std::size_t kFrameRoom = 8;

/// Makes a whole message, unmasked, out of the `length` (at most 65,535) bytes at `payload`. The
/// header is written into the kFrameRoom bytes before it; what is returned begins there and ends
/// with the payload.
[[nodiscard]] std::span<std::uint8_t> frame_in_place(Opcode opcode, std::uint8_t* payload,
                                                     std::size_t length);

/// The same, masked, as it has to be from a client to a server.
[[nodiscard]] std::span<std::uint8_t> frame_in_place(Opcode opcode, std::uint8_t* payload,
                                                     std::size_t length, const MaskingKey& key);

/// Masks or unmasks (RFC 6455 section 5.3), from the key's first byte on.
void apply_mask(std::span<std::uint8_t> data, const MaskingKey& key);

/// Keys that nobody can foresee (RFC 6455 section 10.3), fetched from the system many at a time.
class MaskingKeys {
 public:
  [[nodiscard]] MaskingKey next();

 private:
  std::array<std::uint8_t, 1024> bytes_{};
  std::size_t used_ = bytes_.size();
};

}  // namespace sfteams::transport

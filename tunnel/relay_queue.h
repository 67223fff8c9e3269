#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error/error.h"
#include "tunnel/limits.h"
#include "tunnel/outbox.h"

namespace sfteams::tunnel {

/// One direction of a stream inside the connector: packets on their way, and the check that both
/// ends keep to the credit. At most 65,536 bytes wait here, because only the receiver gives credit,
/// and only for bytes that have left this queue. Nothing is allocated while it is empty.
///
/// It is the PacketSource of the receiver's link. WINDOW frames of the receiver are checked here
/// and then passed to the sender's Outbox::Stream::window().
class RelayQueue : public PacketSource {
 public:
  /// A DATA came from the sender. Fails with tunnel.credit-overrun when it had no credit for it. A
  /// packet of 0 or more than 4,080 bytes is a programmer's error (std::length_error): FrameReader
  /// lets none through.
  [[nodiscard]] Result<void> push(std::span<const std::uint8_t> packet);

  /// A WINDOW came from the receiver. Fails with tunnel.credit-zero for 0, and with
  /// tunnel.credit-overflow when it returns bytes that it has not got yet.
  [[nodiscard]] Result<void> window(std::uint32_t credit);

  [[nodiscard]] Pull next_packet(std::span<std::uint8_t> out) override;

  [[nodiscard]] bool empty() const { return head_ == bytes_.size(); }
  /// Payload bytes that wait.
  [[nodiscard]] std::size_t waiting() const { return waiting_; }

 private:
  std::vector<std::uint8_t> bytes_;  ///< length u16 | packet, one after the other
  std::size_t head_ = 0;
  std::uint32_t waiting_ = 0;     ///< came from the sender, not yet given to the link
  std::uint32_t unreturned_ = 0;  ///< given to the receiver's link, not yet returned as credit
};

}  // namespace sfteams::tunnel

#pragma once

#include <cstddef>
#include <cstdint>

#include "base/error/error.h"
#include "tunnel/limits.h"

/// Flow control of one stream and direction, counted in payload bytes of DATA frames: 65,536 at
/// opening, never more outstanding. Credit is end to end between client and agent; the connector
/// only checks it (tunnel/relay_queue.h).
namespace sfteams::tunnel {

/// The sending end.
class SendCredit {
 public:
  [[nodiscard]] std::uint32_t available() const { return available_; }

  /// Spends credit for a packet. More than available() is a programmer's error (std::logic_error).
  void spend(std::size_t bytes);

  /// A WINDOW came. Fails with tunnel.credit-zero for 0 and tunnel.credit-overflow when more than
  /// 65,536 would be outstanding; the stream is then over.
  [[nodiscard]] Result<void> add(std::uint32_t bytes);

 private:
  std::uint32_t available_ = kMaxCredit;
};

/// The receiving end. The one who reads calls consumed() when it has really dealt with the bytes:
/// not doing so is how it slows the sender down.
class ReceiveCredit {
 public:
  /// A packet came. Fails with tunnel.credit-overrun when the peer had no credit for it.
  [[nodiscard]] Result<void> arrived(std::size_t bytes);

  /// Bytes that had arrived are dealt with. More than that is a programmer's error
  /// (std::logic_error).
  void consumed(std::size_t bytes);

  /// What to put into a WINDOW now: 0 until half of the credit (kCreditBatch) has been consumed,
  /// then all of it at once, so that WINDOW frames are rare.
  [[nodiscard]] std::uint32_t take_update();

  /// Bytes that arrived and are not consumed yet.
  [[nodiscard]] std::uint32_t held() const { return held_; }

 private:
  std::uint32_t available_ = kMaxCredit;  ///< what the peer may still send
  std::uint32_t held_ = 0;
  std::uint32_t returnable_ = 0;
};

}  // namespace sfteams::tunnel

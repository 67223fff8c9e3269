#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/error/error.h"
#include "tunnel/message_queue.h"

namespace sfteams::tunnel {

/// What of a session outlives its streams: our messages that the peer has not acknowledged, and how
/// many of its messages have come. While there is no stream, messages go on being queued here.
class SessionLedger {
 public:
  /// `largest`: the longest message that may be sent; `most`: the bytes of memory that messages may
  /// take (MessageQueue::held()).
  SessionLedger(std::size_t largest, std::size_t most) : largest_(largest), most_(most) {}

  /// Queues a message of at least 1 byte. Fails with tunnel.too-large and tunnel.queue-full (the
  /// peer does not take what is sent: give the session up with WireCode::too_slow); neither changes
  /// anything.
  [[nodiscard]] Result<void> send(std::string_view message);

  /// True when a peer that has everything up to `number` can go on from here: it is not more than
  /// was sent, and what follows is still kept.
  [[nodiscard]] bool can_go_on_after(std::uint64_t number) const;
  /// The peer has everything up to `number`; what follows is sent again. Only when
  /// can_go_on_after(number).
  void go_on_after(std::uint64_t number);

  MessageQueue queue;
  std::uint64_t received = 0;  ///< the number of the peer's last message that came whole

 private:
  std::size_t largest_;
  std::size_t most_;
};

}  // namespace sfteams::tunnel

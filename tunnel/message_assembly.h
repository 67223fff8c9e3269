#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/error/error.h"
#include "tunnel/record.h"
#include "tunnel/wiped_bytes.h"

namespace sfteams::tunnel {

/// Puts the fragments of messages together again and sees to it that each message comes once and in
/// order. Holds no memory between messages.
class MessageAssembly {
 public:
  /// `limit`: the largest message, in bytes.
  explicit MessageAssembly(std::size_t limit) : limit_(limit) {}

  enum class Outcome {
    whole,      ///< message() is there
    part,       ///< more fragments have to come
    duplicate,  ///< of a message that was received before: dropped, to be acknowledged again
  };

  /// A message of one fragment is not copied: message() is then the fragment itself. Fails with
  /// tunnel.number-gap (a number was left out), .fragment-order (another message in between) and
  /// .too-large.
  [[nodiscard]] Result<Outcome> take(const MessageRecord& record);

  /// The message that take() called whole; until the next call of take() or release().
  [[nodiscard]] std::span<const std::uint8_t> message() const { return message_; }
  /// Wipes and frees a message that has been dealt with.
  void release();

  /// Bytes of memory that the beginning of a message takes.
  [[nodiscard]] std::size_t held() const { return parts_.capacity(); }

  /// Everything up to this number was received whole.
  [[nodiscard]] std::uint64_t received() const { return received_; }
  /// Everything up to `number` had come on an earlier stream. Before the first take().
  void go_on_after(std::uint64_t number) { received_ = number; }

 private:
  std::size_t limit_;
  std::uint64_t received_ = 0;
  bool in_parts_ = false;  ///< parts_ is the beginning of message received_ + 1
  WipedBytes parts_;
  std::span<const std::uint8_t> message_;
};

}  // namespace sfteams::tunnel

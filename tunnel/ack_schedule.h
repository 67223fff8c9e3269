#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "tunnel/limits.h"

namespace sfteams::tunnel {

/// When an ACK has to leave: after 16 messages or 64 KiB of them, 200 ms after the first of them,
/// or at once for a message that came again. Whatever else is sent before takes it along.
class AckSchedule {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `size`: the message's bytes.
  void message_came(Time now, std::size_t size) {
    if (waiting_++ == 0) due_ = now + kAckDelay;
    bytes_ += size;
    if (waiting_ >= kAckEvery || bytes_ >= kAckEveryBytes) due_ = std::min(due_, now);
  }
  void duplicate_came(Time now) { due_ = waiting_++ == 0 ? now : std::min(due_, now); }
  void sent() { waiting_ = bytes_ = 0; }

  [[nodiscard]] bool waiting() const { return waiting_ > 0; }
  [[nodiscard]] bool due(Time now) const { return waiting() && now >= due_; }
  [[nodiscard]] std::optional<Time> deadline() const {
    return waiting() ? std::optional<Time>(due_) : std::nullopt;
  }

 private:
  std::uint64_t waiting_ = 0;
  std::uint64_t bytes_ = 0;
  Time due_{};
};

}  // namespace sfteams::tunnel

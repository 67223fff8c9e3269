#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "tunnel/wiped_bytes.h"

namespace sfteams::tunnel {

/// Messages that wait to be sent, numbered from 1. Holds no memory while it is empty, and wipes
/// what it frees.
class MessageQueue {
 public:
  /// At least 1 byte; less is a programmer's error (std::invalid_argument).
  void push(std::string_view message);

  [[nodiscard]] bool empty() const { return head_ == bytes_.size(); }
  /// Bytes of messages that have not been taken.
  [[nodiscard]] std::size_t size() const { return size_; }

  /// What is left of the first message; not for an empty queue.
  [[nodiscard]] std::span<const std::uint8_t> front() const;
  /// Its number.
  [[nodiscard]] std::uint64_t number() const { return taken_ + 1; }
  /// The first `size` bytes of front() have been taken. The message goes with its last byte.
  void take(std::size_t size);
  /// Messages taken whole: the number of the last one.
  [[nodiscard]] std::uint64_t taken() const { return taken_; }

  /// Drops what waits.
  void clear();

 private:
  WipedBytes bytes_;  ///< length u32 of what is left | message, one after the other
  std::size_t head_ = 0;
  std::size_t size_ = 0;
  std::uint64_t taken_ = 0;
};

}  // namespace sfteams::tunnel

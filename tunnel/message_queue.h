#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "tunnel/wiped_bytes.h"

namespace sfteams::tunnel {

/// Messages of one direction, numbered from 1, each kept until the peer has acknowledged it: first
/// those that have been sent, then those that wait. Holds no memory while it is empty, and wipes
/// what it lets go.
class MessageQueue {
 public:
  /// At least 1 byte; less is a programmer's error (std::invalid_argument).
  void push(std::string_view message);

  /// Nothing waits to be sent.
  [[nodiscard]] bool empty() const { return next_ == bytes_.size(); }
  /// Bytes of all messages that are kept, sent or not.
  [[nodiscard]] std::size_t size() const { return size_; }

  /// What is left of the next message to be sent; not for an empty queue.
  [[nodiscard]] std::span<const std::uint8_t> front() const;
  /// Its number.
  [[nodiscard]] std::uint64_t number() const { return taken_ + 1; }
  /// The first `size` bytes of front() have been sent.
  void take(std::size_t size);
  /// The number of the last message that was sent whole.
  [[nodiscard]] std::uint64_t taken() const { return taken_; }

  /// The number of the last message that the peer has.
  [[nodiscard]] std::uint64_t acknowledged() const { return acknowledged_; }
  /// The peer has everything up to `number`, which is at most taken(): lets it go. More is a
  /// programmer's error (std::logic_error); less than before changes nothing.
  void acknowledge(std::uint64_t number);
  /// Whatever is not acknowledged waits to be sent again, whole and under its old number.
  void rewind();

  /// Lets everything go; nothing of it is sent again.
  void clear();

 private:
  [[nodiscard]] std::size_t length_at(std::size_t position) const;
  void compact();

  WipedBytes bytes_;      ///< length u32 | message, one after the other
  std::size_t head_ = 0;  ///< of the first message that is kept
  std::size_t next_ = 0;  ///< of the next message to be sent
  std::size_t part_ = 0;  ///< bytes of it that have been sent
  std::size_t size_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t acknowledged_ = 0;
};

}  // namespace sfteams::tunnel

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <span>
#include <string_view>

#include "tunnel/wiped_bytes.h"

namespace sfteams::tunnel {

/// Messages of one direction, numbered from 1, each kept until the peer has acknowledged it: first
/// those that have been sent, then those that wait. Holds no memory while it is empty, frees each
/// message with its acknowledgement, and wipes what it frees.
class MessageQueue {
 public:
  /// What keeping a message costs beside its bytes: a list's node and what the heap adds to both.
  static constexpr std::size_t kMessageCost = 96;

  MessageQueue() = default;
  /// next_ points into messages_.
  MessageQueue(const MessageQueue&) = delete;
  MessageQueue& operator=(const MessageQueue&) = delete;

  /// At least 1 byte; less is a programmer's error (std::invalid_argument).
  void push(std::string_view message);

  /// Nothing waits to be sent.
  [[nodiscard]] bool empty() const { return next_ == messages_.end(); }
  /// Bytes of all messages that are kept, sent or not.
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Bytes of memory that they take.
  [[nodiscard]] std::size_t held() const { return size_ + messages_.size() * kMessageCost; }

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
  /// The peer has everything up to `number`: frees it. More than taken() is a programmer's error
  /// (std::logic_error); less than before changes nothing.
  void acknowledge(std::uint64_t number);
  /// What is not acknowledged waits to be sent again, whole and under its old number.
  void rewind();

  /// Shows every message that is kept, oldest first.
  void each(const std::function<void(std::span<const std::uint8_t>)>& look) const;

  /// Frees everything; nothing of it is sent again.
  void clear();

 private:
  using Messages = std::list<WipedBytes>;  // empty, it has no memory on the heap

  Messages messages_;
  Messages::iterator next_ = messages_.end();  ///< the next message to be sent
  std::size_t part_ = 0;                       ///< bytes of it that have been sent
  std::size_t size_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t acknowledged_ = 0;
};

}  // namespace sfteams::tunnel

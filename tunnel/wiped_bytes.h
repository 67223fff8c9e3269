#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace sfteams::tunnel {

/// Growing bytes for plaintexts on their way: wipes whatever memory it gives back, also when it
/// grows, so that no copy of a password stays behind, and does not zero what is about to be
/// overwritten.
class WipedBytes {
 public:
  WipedBytes() = default;
  ~WipedBytes() { release(); }
  WipedBytes(const WipedBytes&) = delete;
  WipedBytes& operator=(const WipedBytes&) = delete;

  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return {data_.get(), size_}; }
  [[nodiscard]] std::span<std::uint8_t> bytes() { return {data_.get(), size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  /// Bytes of memory that it holds.
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

  /// Appends `count` bytes of any value and returns them.
  std::span<std::uint8_t> extend(std::size_t count);
  /// Appends a copy, which may not be part of these bytes.
  void append(std::span<const std::uint8_t> bytes);
  /// Moves what stands behind the first `count` bytes to the front.
  void drop_front(std::size_t count);
  /// Wipes and frees everything.
  void release();

 private:
  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t size_ = 0;
  std::size_t touched_ = 0;  ///< bytes from the front that have ever held something
  std::size_t capacity_ = 0;
};

}  // namespace sfteams::tunnel

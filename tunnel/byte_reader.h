#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "tunnel/byte_order.h"

namespace sfteams::tunnel {

/// Reads fields one after the other. Reading past the end gives zeros and is remembered: ask
/// complete() once at the end instead of checking every field.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] std::uint8_t u8() { return static_cast<std::uint8_t>(integer<1>()); }
  [[nodiscard]] std::uint16_t u16() { return static_cast<std::uint16_t>(integer<2>()); }
  [[nodiscard]] std::uint32_t u32() { return static_cast<std::uint32_t>(integer<4>()); }
  [[nodiscard]] std::uint64_t u64() { return integer<8>(); }

  template <std::size_t kSize>
  [[nodiscard]] std::array<std::uint8_t, kSize> array() {
    std::array<std::uint8_t, kSize> out{};
    const auto in = bytes(kSize);
    std::copy(in.begin(), in.end(), out.begin());
    return out;
  }

  /// `size` bytes as a view; empty, and remembered, when there are fewer.
  [[nodiscard]] std::span<const std::uint8_t> bytes(std::size_t size) {
    if (size > bytes_.size() - position_) {
      position_ = bytes_.size();
      overrun_ = true;
      return {};
    }
    const auto out = bytes_.subspan(position_, size);
    position_ += size;
    return out;
  }
  [[nodiscard]] std::string_view text(std::size_t size) {
    const auto in = bytes(size);
    // A byte may be looked at as a char ([basic.lval]).
    return {reinterpret_cast<const char*>(in.data()), in.size()};
  }
  [[nodiscard]] std::string_view rest_text() { return text(left()); }

  [[nodiscard]] std::size_t left() const { return bytes_.size() - position_; }
  [[nodiscard]] std::size_t position() const { return position_; }
  /// Every field was there, so far.
  [[nodiscard]] bool intact() const { return !overrun_; }
  /// Every field was there, and nothing is left over.
  [[nodiscard]] bool complete() const { return !overrun_ && left() == 0; }

 private:
  template <std::size_t kSize>
  [[nodiscard]] std::uint64_t integer() {
    const auto in = bytes(kSize);
    return in.size() == kSize ? load(in.first<kSize>()) : 0;
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t position_ = 0;
  bool overrun_ = false;
};

}  // namespace sfteams::tunnel

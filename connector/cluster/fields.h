#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/crypto/hash.h"
#include "transport/bus/bus.h"

namespace sfteams::connector {

/// Puts fields behind each other; numbers are big-endian.
class FieldWriter {
 public:
  template <typename Number>
  FieldWriter& number(Number value) {
    for (std::size_t byte = sizeof(Number); byte-- > 0;)
      bytes_.push_back(static_cast<std::uint8_t>(std::uint64_t{value} >> (8 * byte)));
    return *this;
  }
  FieldWriter& bytes(std::span<const std::uint8_t> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  /// With its length in one byte: at most 255 bytes, the rest is cut.
  FieldWriter& text(std::string_view text) {
    text = text.substr(0, 255);
    return number(static_cast<std::uint8_t>(text.size())).bytes(crypto::bytes_of(text));
  }
  [[nodiscard]] bus::Bytes take() { return std::move(bytes_); }

 private:
  bus::Bytes bytes_;
};

/// Takes fields off the front. After one that was not there whole, all are empty and ok() is false.
class FieldReader {
 public:
  explicit FieldReader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

  template <typename Number>
  [[nodiscard]] Number number() {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes(sizeof(Number)))
      value = value << 8U | byte;
    return static_cast<Number>(value);
  }
  [[nodiscard]] std::span<const std::uint8_t> bytes(std::size_t size) {
    if (size > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  template <std::size_t kSize>
  [[nodiscard]] std::array<std::uint8_t, kSize> array() {
    std::array<std::uint8_t, kSize> result{};
    std::ranges::copy(bytes(kSize), result.begin());
    return result;
  }
  [[nodiscard]] std::string text() {
    const auto taken = bytes(number<std::uint8_t>());
    return {taken.begin(), taken.end()};
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::span<const std::uint8_t> rest() const { return rest_; }

 private:
  std::span<const std::uint8_t> rest_;
  bool ok_ = true;
};

}  // namespace sfteams::connector

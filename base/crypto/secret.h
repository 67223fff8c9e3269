#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sfteams::crypto {

/// Overwrites memory in a way the compiler may not drop (OPENSSL_cleanse).
void wipe(std::span<std::uint8_t> bytes) noexcept;

/// True when both are equal; takes the same time for every content of one length.
/// The length itself is not hidden.
[[nodiscard]] bool equal_constant_time(std::span<const std::uint8_t> a,
                                       std::span<const std::uint8_t> b) noexcept;

/// Bytes that are wiped when they go: keys, passwords, tokens. Move-only, so that no copy is made
/// unseen; it has no operator<<, so that none is printed by accident.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::size_t size) : bytes_(size) {}
  explicit Secret(std::span<const std::uint8_t> bytes) : bytes_(bytes.begin(), bytes.end()) {}
  /// Copies the text; the caller still has to wipe its own copy.
  [[nodiscard]] static Secret from_text(std::string_view text);

  ~Secret();
  Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) { other.bytes_.clear(); }
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  /// A copy where one is meant.
  [[nodiscard]] Secret clone() const { return Secret(bytes()); }

  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return bytes_; }
  [[nodiscard]] std::span<std::uint8_t> bytes() { return bytes_; }
  [[nodiscard]] std::string_view text() const;
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }

  /// Constant time for one length.
  friend bool operator==(const Secret& a, const Secret& b) noexcept {
    return equal_constant_time(a.bytes(), b.bytes());
  }

 private:
  std::vector<std::uint8_t> bytes_;
};

/// Wipes a std::string's content (and its small-string buffer) and clears it; for texts that a
/// library insists on having as std::string.
void wipe(std::string& text) noexcept;

}  // namespace sfteams::crypto

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sfteams::connector {

/// An IP address. IPv4 is kept in its IPv4-mapped form (RFC 4291 section 2.5.5.2), so that one
/// host is one address whichever way the kernel or a proxy writes it.
class Address {
 public:
  /// 0.0.0.0/0 of nobody: what an unreadable address counts as.
  Address() = default;

  /// Dotted IPv4 or IPv6, without brackets, port or zone; nullopt for anything else.
  [[nodiscard]] static std::optional<Address> parse(std::string_view text);

  /// From bytes(), as another node sends them.
  [[nodiscard]] static Address from_bytes(const std::array<std::uint8_t, 16>& bytes) {
    Address address;
    address.bytes_ = bytes;
    return address;
  }

  [[nodiscard]] bool is_v4() const;
  [[nodiscard]] bool is_loopback() const;
  [[nodiscard]] std::string to_string() const;
  /// What counts as one sender: an IPv4 address, or the /64 that one IPv6 customer has at least.
  [[nodiscard]] Address sender() const;
  [[nodiscard]] const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }

  friend bool operator==(const Address&, const Address&) = default;

 private:
  friend class AddressBlock;
  std::array<std::uint8_t, 16> bytes_{};
};

struct AddressHash {
  [[nodiscard]] std::size_t operator()(const Address& address) const;
};

/// "192.0.2.7", "10.0.0.0/8" or "2001:db8::/32".
class AddressBlock {
 public:
  /// nullopt when it is none of these, or has bits set behind its prefix.
  [[nodiscard]] static std::optional<AddressBlock> parse(std::string_view text);
  [[nodiscard]] bool contains(const Address& address) const;

 private:
  Address base_;
  unsigned prefix_ = 128;  ///< bits of the mapped form
};

/// Who really sent a request that came from `peer` with this X-Forwarded-For header. The header is
/// believed only from trusted proxies, and from its right end, where they append: the first address
/// that is no trusted proxy is the sender; when all are, the leftmost. nullopt when a trusted proxy
/// does not say for whom it asks: without the header, or with one in whose place something else
/// stands. Then everybody behind it would count as one sender, and as the proxy.
[[nodiscard]] std::optional<Address> sender_behind(const Address& peer,
                                                   std::string_view forwarded_for,
                                                   std::span<const AddressBlock> trusted);

}  // namespace sfteams::connector

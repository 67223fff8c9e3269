#include "connector/address.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/text/trimmed.h"

namespace sfteams::connector {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned kMappedBits = 96;

std::optional<unsigned> parse_number(std::string_view text, unsigned most) {
  unsigned value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || value > most) return std::nullopt;
  return value;
}

/// One element of X-Forwarded-For: an address, some proxies add a port.
std::optional<Address> parse_hop(std::string_view hop) {
  hop = text::trimmed(hop);
  if (hop.starts_with('[')) {
    const std::size_t end = hop.find(']');
    return end == std::string_view::npos ? std::nullopt : Address::parse(hop.substr(1, end - 1));
  }
  if (std::ranges::count(hop, ':') == 1) hop = hop.substr(0, hop.find(':'));
  return Address::parse(hop);
}

bool is_trusted(const Address& address, std::span<const AddressBlock> trusted) {
  return std::ranges::any_of(trusted,
                             [&](const AddressBlock& block) { return block.contains(address); });
}

}  // namespace

std::optional<Address> Address::parse(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  const std::string terminated(text);
  Address address;
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes_.data() + kMapped.size()) == 1) {
    std::ranges::copy(kMapped, address.bytes_.begin());
    return address;
  }
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes_.data()) == 1) return address;
  return std::nullopt;
}

bool Address::is_v4() const {
  return std::equal(kMapped.begin(), kMapped.end(), bytes_.begin());
}

bool Address::is_loopback() const {
  if (is_v4()) return bytes_[kMapped.size()] == 127;
  return bytes_.back() == 1 &&
         std::all_of(bytes_.begin(), bytes_.end() - 1, [](std::uint8_t byte) { return byte == 0; });
}

std::string Address::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool v4 = is_v4();
  inet_ntop(v4 ? AF_INET : AF_INET6, bytes_.data() + (v4 ? kMapped.size() : 0), text.data(),
            text.size());
  return text.data();
}

Address Address::sender() const {
  Address sender = *this;
  if (!is_v4()) std::fill(sender.bytes_.begin() + 8, sender.bytes_.end(), std::uint8_t{0});
  return sender;
}

std::size_t AddressHash::operator()(const Address& address) const {
  // The upper half tells IPv6 senders apart, the lower one IPv4.
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::memcpy(&high, address.bytes().data(), sizeof high);
  std::memcpy(&low, address.bytes().data() + sizeof high, sizeof low);
  return std::hash<std::uint64_t>{}(high * 0x9e3779b97f4a7c15ULL ^ low);
}

std::optional<AddressBlock> AddressBlock::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::optional<Address> base = Address::parse(text.substr(0, slash));
  if (!base) return std::nullopt;
  AddressBlock block;
  block.base_ = *base;
  if (slash != std::string_view::npos) {
    const unsigned offset = base->is_v4() ? kMappedBits : 0;
    const std::optional<unsigned> prefix = parse_number(text.substr(slash + 1), 128 - offset);
    if (!prefix) return std::nullopt;
    block.prefix_ = *prefix + offset;
  }
  for (unsigned bit = block.prefix_; bit < 128; ++bit) {
    if ((block.base_.bytes_[bit / 8] & (0x80U >> (bit % 8))) != 0) return std::nullopt;
  }
  return block;
}

bool AddressBlock::contains(const Address& address) const {
  const unsigned whole = prefix_ / 8;
  if (!std::equal(base_.bytes_.begin(), base_.bytes_.begin() + whole, address.bytes_.begin()))
    return false;
  if (prefix_ % 8 == 0) return true;
  const unsigned difference = base_.bytes_[whole] ^ address.bytes_[whole];
  return (difference >> (8 - prefix_ % 8)) == 0;
}

std::optional<Address> sender_behind(const Address& peer, std::string_view forwarded_for,
                                     std::span<const AddressBlock> trusted) {
  if (!is_trusted(peer, trusted)) return peer;
  while (true) {
    const std::size_t comma = forwarded_for.rfind(',');
    const bool last = comma == std::string_view::npos;
    const std::optional<Address> hop =
        parse_hop(last ? forwarded_for : forwarded_for.substr(comma + 1));
    if (!hop || last || !is_trusted(*hop, trusted)) return hop;
    forwarded_for = forwarded_for.substr(0, comma);
  }
}

}  // namespace sfteams::connector

#include "simulator/reach.h"

#include <charconv>
#include <string>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "simulator/codes.h"
#include "transport/url.h"

namespace sfteams::simulator {
namespace {

constexpr unsigned kBits = 128;
constexpr unsigned kMapped = 96;  ///< bits before an IPv4 address

}  // namespace

std::optional<Reach::Bytes> Reach::bytes_of(std::string_view address) {
  const std::string text(address);
  Bytes bytes{};
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
  bytes = {};
  bytes[10] = bytes[11] = 0xff;
  if (::inet_pton(AF_INET, text.c_str(), bytes.data() + kMapped / 8) == 1) return bytes;
  return std::nullopt;
}

Result<Reach> Reach::parse(std::string_view text) {
  Reach reach;
  if (text.empty()) return reach;
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  reach.base_ = bytes_of(address);
  const bool v4 = address.find(':') == std::string_view::npos;
  unsigned prefix = v4 ? kBits - kMapped : kBits;
  const unsigned most = prefix;
  bool good = reach.base_.has_value();
  if (good && slash != std::string_view::npos) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + slash + 1, end, prefix);
    good = error == std::errc() && stop == end && prefix <= most;
  }
  if (!good) {
    return fail(codes::kBadReach, fmt::format("`{}` is no network", text),
                "write ADDRESS/PREFIX, like 192.0.2.0/24 or 2001:db8::/64");
  }
  reach.prefix_ = v4 ? kMapped + prefix : prefix;
  return reach;
}

bool Reach::contains(std::string_view host) const {
  if (transport::is_loopback(host)) return true;
  const std::optional<Bytes> bytes = base_ ? bytes_of(host) : std::nullopt;
  if (!bytes) return false;
  for (unsigned bit = 0; bit < prefix_; ++bit) {
    const unsigned mask = 0x80U >> (bit % 8);
    if (((bytes->at(bit / 8) ^ base_->at(bit / 8)) & mask) != 0) return false;
  }
  return true;
}

}  // namespace sfteams::simulator

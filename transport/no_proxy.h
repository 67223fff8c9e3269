#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error/error.h"
#include "transport/url.h"

namespace sfteams::transport {

/// The list in NO_PROXY: which hosts are reached without the proxy. Commas or blanks separate its
/// entries, each of which is one of
///   *                               every host
///   pbx.example.com, example.com    this host, and every host below it
///   .example.com, *.example.com     every host below it; with the dot alone also itself
///   192.0.2.7, 2001:db8::1          an address
///   10.0.0.0/8, 2001:db8::/32       the addresses of a network
/// A name and an address may be followed by :port (an IPv6 address in brackets then), which holds
/// the entry to this port. Addresses and networks are compared with URLs that have an address;
/// no name is looked up for it. Case does not matter.
class NoProxy {
 public:
  static constexpr std::size_t kMostEntries = 1000;  ///< what stands behind them is not read

  [[nodiscard]] static NoProxy parse(std::string_view list);

  [[nodiscard]] bool exempts(const Url& url) const;
  /// transport.no-proxy-entry for each entry that is none of the above and so exempts nothing.
  /// Quotes entries only that could be names or addresses.
  [[nodiscard]] const std::vector<Error>& warnings() const { return warnings_; }

 private:
  struct Network {
    bool v6 = false;
    std::array<std::uint8_t, 16> bytes{};  ///< IPv4: the first four
    unsigned prefix = 0;                   ///< bits
  };
  struct Entry {
    std::optional<Network> network;
    std::string domain;  ///< lower case, without a dot in front; empty with a network or for "*"
    bool itself = true;  ///< whether the domain's own name is meant, too
    std::optional<std::uint16_t> port;
  };

  [[nodiscard]] static std::optional<Entry> read(std::string_view item);
  [[nodiscard]] static std::optional<Network> read_network(std::string_view text);
  [[nodiscard]] static bool fits(const Entry& entry, const Url& url);

  std::vector<Entry> entries_;
  std::vector<Error> warnings_;
};

}  // namespace sfteams::transport

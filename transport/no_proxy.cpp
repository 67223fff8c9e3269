#include "transport/no_proxy.h"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

#include "base/text/ascii.h"
#include "transport/codes.h"

namespace sfteams::transport {
namespace {

constexpr std::size_t kMostQuoted = 100;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

/// Whether an entry may be repeated: nothing in it that only a password would have.
bool is_quotable_entry(std::string_view item) {
  return item.size() <= kMostQuoted && std::ranges::all_of(item, [](char c) {
           return is_name_character(c) || std::string_view("*:/[]").find(c) != std::string::npos;
         });
}

template <typename Number>
std::optional<Number> whole_number(std::string_view text) {
  Number value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  if (fault != std::errc() || stop != end) return std::nullopt;
  return value;
}

bool same_bits(const std::array<std::uint8_t, 16>& a, const std::array<std::uint8_t, 16>& b,
               unsigned bits) {
  const std::size_t whole = bits / 8;
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin()))
    return false;
  const unsigned rest = bits % 8;
  return rest == 0 || (a[whole] >> (8 - rest)) == (b[whole] >> (8 - rest));
}

}  // namespace

NoProxy NoProxy::parse(std::string_view list) {
  constexpr std::string_view kBetween = ", \t\r\n";
  NoProxy result;
  std::size_t number = 0;
  for (std::size_t begin = list.find_first_not_of(kBetween);
       begin != std::string_view::npos && number < kMostEntries;) {
    const std::size_t end = std::min(list.find_first_of(kBetween, begin), list.size());
    const std::string item = text::lower_case(list.substr(begin, end - begin));
    ++number;
    if (std::optional<Entry> entry = read(item)) {
      result.entries_.push_back(std::move(*entry));
    } else {
      result.warnings_.push_back(
          {codes::kNoProxyEntry,
           (is_quotable_entry(item) ? "\"" + item + "\"" : "entry " + std::to_string(number)) +
               " in NO_PROXY is not understood and exempts no host",
           "write a name, .domain, *.domain, an address or a network such as 10.0.0.0/8, with "
           "commas between"});
    }
    begin = list.find_first_not_of(kBetween, end);
  }
  return result;
}

std::optional<NoProxy::Network> NoProxy::read_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  std::string address(text.substr(0, slash));
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  Network network;
  network.v6 = address.find(':') != std::string::npos;
  if (::inet_pton(network.v6 ? AF_INET6 : AF_INET, address.c_str(), network.bytes.data()) != 1)
    return std::nullopt;
  const unsigned most = network.v6 ? 128 : 32;
  network.prefix = most;
  if (slash == std::string_view::npos) return network;
  const auto prefix = whole_number<unsigned>(text.substr(slash + 1));
  if (!prefix || *prefix > most) return std::nullopt;
  network.prefix = *prefix;
  return network;
}

std::optional<NoProxy::Entry> NoProxy::read(std::string_view item) {
  Entry entry;
  entry.network = read_network(item);
  if (entry.network || item == "*") return entry;
  // Behind the last colon stands a port: what has several was no IPv6 address.
  const std::size_t colon = item.rfind(':');
  if (colon != std::string_view::npos) {
    entry.port = whole_number<std::uint16_t>(item.substr(colon + 1));
    if (!entry.port || *entry.port == 0) return std::nullopt;
    item = item.substr(0, colon);
    entry.network = read_network(item);
    if (entry.network || item == "*") return entry;
  }
  if (item.starts_with("*.")) {
    entry.itself = false;
    item.remove_prefix(2);
  } else if (item.starts_with('.')) {
    item.remove_prefix(1);
  }
  if (item.ends_with('.')) item.remove_suffix(1);  // the root
  const bool name = !item.empty() && item.front() != '.' &&
                    item.find("..") == std::string_view::npos &&
                    std::ranges::all_of(item, is_name_character);
  // What ends in digits is a half address: no host's name does.
  const std::string_view last = item.substr(item.rfind('.') + 1);
  if (!name || last.find_first_not_of("0123456789") == std::string_view::npos) return std::nullopt;
  entry.domain = item;
  return entry;
}

bool NoProxy::fits(const Entry& entry, const Url& url) {
  if (entry.port && *entry.port != url.port) return false;
  const std::optional<Network> address = read_network(url.host);
  if (entry.network) {
    return address && address->v6 == entry.network->v6 &&
           same_bits(address->bytes, entry.network->bytes, entry.network->prefix);
  }
  if (entry.domain.empty()) return true;
  if (address) return false;
  const std::string_view host = url.host;
  if (host == entry.domain) return entry.itself;
  return host.size() > entry.domain.size() && host.ends_with(entry.domain) &&
         host[host.size() - entry.domain.size() - 1] == '.';
}

bool NoProxy::exempts(const Url& url) const {
  return std::ranges::any_of(entries_, [&](const Entry& entry) { return fits(entry, url); });
}

}  // namespace sfteams::transport

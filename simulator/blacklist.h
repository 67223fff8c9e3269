#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/options.h"
#include "transport/scheduler.h"

namespace sfteams::simulator {

/// Addresses that sent too many wrong tokens. They are ignored entirely for a while; a right token
/// spares an address for a day (knowledge base of the vendor: "Black- und Whitelist").
class Blacklist {
 public:
  /// `options` outlives this and may change.
  explicit Blacklist(const Options& options) : options_(options) {}

  [[nodiscard]] bool ignores(std::string_view address, transport::TimePoint now) const;
  void failed(std::string_view address, transport::TimePoint now);
  void succeeded(std::string_view address, transport::TimePoint now);
  /// Forgets every address.
  void clear() { addresses_.clear(); }
  [[nodiscard]] std::vector<std::string> ignored(transport::TimePoint now) const;
  /// The most wrong tokens that any address had to its name at once: how near to the threshold.
  [[nodiscard]] std::size_t most() const { return most_; }

 private:
  struct Address {
    std::deque<transport::TimePoint> failures;  ///< those that count, oldest first
    transport::TimePoint ignored_until{};
    transport::TimePoint spared_until{};
  };

  Address& entry(std::string_view address, transport::TimePoint now);

  const Options& options_;
  std::map<std::string, Address, std::less<>> addresses_;
  std::size_t most_ = 0;
};

}  // namespace sfteams::simulator

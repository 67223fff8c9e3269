#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>

#include "connector/address.h"
#include "transport/scheduler.h"

namespace sfteams::connector {

/// How long the attempts of a sender are put off after failures: nothing without one, then `first`,
/// doubled with each further one up to `longest`. Every `forget_after` without a failure takes one
/// failure back. Waiting is the caller's; others are never held up.
///
/// At most `capacity` senders are remembered; the one whose last failure is oldest goes first.
class Throttle {
 public:
  struct Options {
    transport::Duration first{250};
    transport::Duration longest{5'000};
    transport::Duration forget_after{60'000};
    std::size_t capacity = 20'000;
  };

  explicit Throttle(const Options& options);

  /// How long the next attempt of this sender has to wait before it is looked at.
  [[nodiscard]] transport::Duration delay(const Address& sender, transport::TimePoint now) const;

  struct Noted {
    unsigned level = 0;    ///< failures that count, from 1
    bool topmost = false;  ///< the delay has just reached its longest
  };
  /// An attempt of this sender has failed.
  Noted failed(const Address& sender, transport::TimePoint now);

  /// Senders remembered now.
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    unsigned level = 0;
    transport::TimePoint last{};
    std::list<Address>::iterator place;
  };
  [[nodiscard]] unsigned level_of(const Entry& entry, transport::TimePoint now) const;
  void drop_old(transport::TimePoint now);

  Options options_;
  unsigned highest_ = 1;       ///< the level whose delay is the longest
  std::list<Address> oldest_;  ///< by last failure, oldest in front
  std::unordered_map<Address, Entry, AddressHash> entries_;
};

}  // namespace sfteams::connector

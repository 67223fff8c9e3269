#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error/error.h"
#include "transport/loop.h"
#include "transport/resolver.h"

namespace sfteams::uci {

/// Who may connect to the callback for events: the PBX, by its address. Where the addresses are not
/// named they are those of the PBX's host, looked up beside the loop at once, again now and then,
/// and when somebody else comes; a look-up that fails leaves what was known.
class CallbackGate {
 public:
  static constexpr transport::Duration kAgain{300'000};
  /// After one that failed, and at least between two look-ups.
  static constexpr transport::Duration kSoon{10'000};

  struct Setup {
    transport::Loop& loop;
    std::string host;               ///< the PBX's: a name, or an address without brackets
    std::vector<std::string> from;  ///< as transport::canonical_address(); empty: the host's
    /// Hears of everybody who is not admitted: uci.callback-stranger. May be empty.
    std::function<void(const Error&)> refused{};
    transport::Resolver::System system{};  ///< empty: getaddrinfo(3)
  };

  explicit CallbackGate(Setup setup);
  CallbackGate(const CallbackGate&) = delete;
  CallbackGate& operator=(const CallbackGate&) = delete;

  /// `peer` is numeric. Where the PBX is on this host, all of this host's addresses are its own.
  [[nodiscard]] bool admits(const std::string& peer);

 private:
  void look_up();
  void on_addresses(const Result<transport::Resolver::Addresses>& addresses);
  void look_up_after(transport::Duration pause);
  [[nodiscard]] bool is_known(const std::string& peer) const;
  [[nodiscard]] Error stranger(const std::string& peer) const;

  Setup setup_;
  transport::Resolver resolver_;
  std::set<std::string> addresses_;
  bool on_this_host_ = false;
  std::optional<transport::TimePoint> looked_up_;
  std::unique_ptr<transport::Lookup> lookup_;
  std::unique_ptr<transport::Timer> next_;
};

}  // namespace sfteams::uci

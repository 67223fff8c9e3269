#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error/error.h"
#include "transport/loop.h"

namespace sfteams::transport {

/// A pending look-up. Destroying it cancels it: the callback is then not called. It may be
/// destroyed from inside the callback.
class Lookup {
 public:
  virtual ~Lookup() = default;
};

/// Turns host names into addresses beside the loop. getaddrinfo(3) can neither be cancelled nor
/// given a deadline, and libuv waits for its own threads when the process ends; so each look-up has
/// a thread that is left behind when nobody waits for it any more, and a dead name server delays
/// neither the loop nor an exit.
class Resolver {
 public:
  /// Numeric addresses without brackets, the best first, at least one.
  using Addresses = std::vector<std::string>;
  using Callback = std::function<void(Result<Addresses>)>;
  /// Blocks, on a thread of its own, and may outlive the Resolver.
  using System = std::function<Result<Addresses>(const std::string& host)>;

  /// At most this many look-ups run at once; the others wait for their turn.
  static constexpr std::size_t kMaxRunning = 8;

  explicit Resolver(Loop& loop);
  /// With another source than getaddrinfo(3), for tests.
  Resolver(Loop& loop, System system);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// Calls back once, in a later turn, with the addresses or transport.resolve-failed. An address,
  /// and "localhost" (RFC 6761 section 6.3), is answered without a look-up. Everybody who asks for
  /// one name at the same time shares one look-up. There is no deadline: that is the caller's.
  [[nodiscard]] std::unique_ptr<Lookup> resolve(const std::string& host, Callback callback);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sfteams::transport

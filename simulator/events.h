#pragma once

#include <string>
#include <vector>

#include "base/error/error.h"
#include "simulator/extension.h"
#include "simulator/leg.h"
#include "simulator/logins.h"
#include "simulator/options.h"
#include "simulator/outbox.h"
#include "simulator/wire.h"
#include "uci/value.h"

namespace sfteams::simulator {

/// The service that a client names to get events of calls: "ucp.v30.events.call"; in v20 the client
/// says that it provides "ucp.v20.client.communication.call".
[[nodiscard]] std::string call_events(Dialect dialect);
/// All services of events that a client of `dialect` may ask for.
[[nodiscard]] std::vector<std::string> provided_events(Dialect dialect);

/// Tells clients what happens: picks the logins that asked for it and writes it in their dialect.
class Events {
 public:
  /// All outlive this.
  Events(const Options& options, Logins& logins, Outbox& outbox, WallClock wall);

  void call_state(const Leg& leg);
  /// For a login that the PBX has ended.
  void reset(const Login& login);
  /// Any event to all logins of a user that have a callback, asked for or not; how many. Fails as
  /// uci::write_call() does.
  Result<std::size_t> send(const User& user, const std::string& method, const uci::Array& params);

 private:
  const Options& options_;
  Logins& logins_;
  Outbox& outbox_;
  WallClock wall_;
};

}  // namespace sfteams::simulator

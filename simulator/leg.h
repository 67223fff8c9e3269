#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/directory.h"
#include "simulator/extension.h"

namespace sfteams::simulator {

/// `requested` is never signalled: the client assumes it after it has placed a call.
enum class CallState {
  requested,
  incoming,
  ringing,
  proceeding,
  ringback,
  connected,
  conference,
  hangup
};

/// "REQUESTED", "INCOMING", …: as UCI writes them.
[[nodiscard]] std::string_view to_string(CallState state);

/// One end of a call.
struct Party {
  const User* user = nullptr;  ///< nullptr: somebody outside
  std::string number;
  std::string name;  ///< empty: unknown
};

/// A call as one of our users sees it; what UCI calls a call. Two users who talk have one each.
struct Leg {
  std::string id;  ///< UUID; chosen by the client, or ours
  const User* owner = nullptr;
  bool outgoing = false;
  CallState state = CallState::requested;
  Party caller;
  Party called;
  std::string phone_id;  ///< of the owner, when the client named one
  std::string group_id;  ///< when a group was called
  std::string forward_type = "NONE";
  Party forwarder;  ///< who sent the call here
  bool held = false;
  WallTime started{};
  WallTime changed{};  ///< when `state` came about
  std::optional<WallTime> connected{};
  std::uint64_t conversation = 0;
  int announced = 0;  ///< events so far

  [[nodiscard]] const Party& peer() const { return outgoing ? called : caller; }
  [[nodiscard]] Party& peer() { return outgoing ? called : caller; }
};

}  // namespace sfteams::simulator

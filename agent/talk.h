#pragma once

#include <string_view>

#include "tunnel/wire_code.h"

namespace sfteams::agent {

/// A session as seen by what talks over it.
class Speaker {
 public:
  virtual ~Speaker() = default;
  /// Queues one message. False when it is larger than a client takes: nothing was sent. Does
  /// nothing once the session is ending. A client that does not read loses its session (too-slow),
  /// which happens in here.
  virtual bool say(std::string_view text) = 0;
  /// Sends what is queued, then ends the session.
  virtual void end(tunnel::WireCode code, std::string_view reason) = 0;
};

/// What talks over a session: JSON-RPC (agent/conversation.h), or a script in a test. Destroyed
/// soon after the session has come to its end, never inside one of these calls.
class Talk {
 public:
  virtual ~Talk() = default;
  /// The client has proven that it holds the system key. `software` is what it calls itself:
  /// printable ASCII.
  virtual void on_opened(std::string_view software) = 0;
  /// One whole message. It may hold a password; the view is wiped after the call.
  virtual void on_message(std::string_view text) = 0;
  /// The client went without a word and will not be heard of again. Never comes inside say().
  virtual void on_abandoned() = 0;
};

}  // namespace sfteams::agent

#pragma once

#include <string_view>

#include "base/crypto/hash.h"
#include "tunnel/control.h"
#include "tunnel/wire_code.h"

namespace sfteams::agent {

/// How far the sign-in of a session's user has come.
enum class SignIn {
  none,
  under_way,  ///< the PBX has been asked
  done,
};

/// A session as seen by what talks over it.
class Speaker {
 public:
  virtual ~Speaker() = default;
  /// Queues one message. False when it is larger than a client takes: nothing was sent. Does
  /// nothing once the session is ending. A client that does not read loses its session (too-slow),
  /// which happens in here; so may another session that holds more than the limits allow.
  virtual bool say(std::string_view text) = 0;
  /// Sends what is queued, unless the client takes nothing, then ends the session.
  virtual void end(tunnel::WireCode code, std::string_view reason) = 0;
  /// At every change; before the first one it is SignIn::none. `user` only with SignIn::done. A
  /// session without a sign-in is not kept for a client that goes, and has to make room for others.
  virtual void on_sign_in(SignIn state, std::string_view user) = 0;
};

/// How a session began. It stays so when the session is resumed on another stream.
struct Opening {
  std::string_view software;  ///< what the client calls itself: printable ASCII
  tunnel::KeyId key{};        ///< by which the client was admitted
  /// Of the handshake that opened the session.
  crypto::Sha256Digest handshake_hash{};
};

/// What talks over a session: JSON-RPC (agent/sessions/conversation.h), or a script in a test.
/// Destroyed soon after the session has come to its end, never inside one of these calls.
class Talk {
 public:
  virtual ~Talk() = default;
  /// The client has proven that it holds the system key. `opening` is good for this call only.
  virtual void on_opened(const Opening& opening) = 0;
  /// One whole message. It may hold a password; the view is wiped after the call.
  virtual void on_message(std::string_view text) = 0;
  /// The client went without a word and will not be heard of again. Never comes inside say().
  virtual void on_abandoned() = 0;
};

}  // namespace sfteams::agent

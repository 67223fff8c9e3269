#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/error/error.h"
#include "transport/scheduler.h"

namespace sfteams::uci {

/// What came back over HTTP, whatever its status.
struct RpcReply {
  int status = 200;
  std::string content_type;
  std::string body;
  /// Kept for as long as there is work on a large body (transport::HttpReply). Destroyed on the
  /// loop.
  std::shared_ptr<const void> held{};
  /// The request carried a token that the PBX had given out for the user's sign-in: whatever it says
  /// now, the password is right.
  bool token_issued = false;
};

/// A request on its way. Gives it up when destroyed; its callback is then not called. May be
/// destroyed from inside that callback.
class RpcPending {
 public:
  virtual ~RpcPending() = default;
};

/// Carries the requests of one account to the PBX: HTTP in a program (uci/http_binding.h), a fake
/// in tests.
class RpcTransport {
 public:
  using Callback = std::function<void(Result<RpcReply>)>;
  virtual ~RpcTransport() = default;

  /// Sends one XML-RPC document; many may be on their way at once. The callback comes once, in a
  /// later turn of the loop. It fails with uci.unreachable (the request was certainly or probably
  /// not carried out), uci.timeout or uci.broken-reply (the connection broke in the middle of the
  /// answer). `announce` marks the login: the request that has to carry the callback's address in
  /// any case.
  [[nodiscard]] virtual std::unique_ptr<RpcPending> send(std::string body, bool announce,
                                                         transport::Duration timeout,
                                                         Callback callback) = 0;
};

}  // namespace sfteams::uci

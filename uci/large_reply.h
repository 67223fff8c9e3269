#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/error/error.h"
#include "transport/background.h"
#include "uci/dialect.h"
#include "uci/rpc_transport.h"
#include "uci/token_gate.h"
#include "uci/xmlrpc.h"

namespace sfteams::uci {

/// Reading a document takes some 30 ms a megabyte, and freeing what was made of it again a part of
/// that: one beyond this many bytes is read beside the loop. Smaller ones are not worth the way.
inline constexpr std::size_t kReadInLoop = 32'768;

/// How a caller wants a large value, which is given to nobody as a tree: as a text that is made
/// beside the loop, too.
struct Rendering {
  /// Called on another thread: uses what it holds and nothing else.
  std::function<std::string(const Value&)> write{};
  /// Gets the text, in place of the call's answer.
  std::function<void(std::string)> deliver{};
};

struct ReadReply {
  TokenAnswer token{};
  Result<Response> response;          ///< with a text: nil in place of the value
  std::optional<std::string> text{};  ///< what `write` has made of the value
};

/// read_call(), and for a value write(); everything in between is gone when it returns.
[[nodiscard]] ReadReply read_and_write(RpcReply reply, const Dialect& dialect,
                                       const std::function<std::string(const Value&)>& write);

/// read_and_write() beside the loop, with a dialect of its own, because it may outlive the
/// connection. `reply.held` goes when `done` has been called, or would have been.
[[nodiscard]] std::unique_ptr<transport::BackgroundWork> read_beside(
    transport::Background& background, RpcReply reply, Dialect dialect,
    std::function<std::string(const Value&)> write, std::function<void(ReadReply)> done);

}  // namespace sfteams::uci

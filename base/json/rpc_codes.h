#pragma once

#include <optional>
#include <string_view>

#include "base/error/error.h"

namespace sfteams::json::rpc::codes {

inline constexpr Code kInvalidRequest{"rpc.invalid-request", Exit::protocol};
inline constexpr Code kBatch{"rpc.batch-refused", Exit::protocol};
inline constexpr Code kNotification{"rpc.notification-refused", Exit::protocol};
inline constexpr Code kMethodNotFound{"rpc.method-not-found", Exit::protocol};
inline constexpr Code kInvalidParams{"rpc.invalid-params", Exit::data_error};
/// A response came that is none, or fits no call.
inline constexpr Code kBadResponse{"rpc.bad-response", Exit::protocol};
/// The other side sent an error whose code this version does not know.
inline constexpr Code kRemote{"rpc.remote-error", Exit::failure};

}  // namespace sfteams::json::rpc::codes

namespace sfteams::json::rpc {

/// JSON-RPC 2.0, section 5.1.
inline constexpr int kParseError = -32700;
inline constexpr int kInvalidRequest = -32600;
inline constexpr int kMethodNotFound = -32601;
inline constexpr int kInvalidParams = -32602;
/// For every code without a number of its own. The string in `data.code` is what counts.
inline constexpr int kServerError = -32000;

/// The number that goes with a code in `error.code`.
[[nodiscard]] int number_of(std::string_view code_id);

/// The code of that name among those that cross this interface; nullopt when it is not in the
/// table.
[[nodiscard]] std::optional<Code> known_code(std::string_view code_id);

}  // namespace sfteams::json::rpc

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <json/value.h>

#include "base/error/error.h"
#include "base/json/json.h"
#include "base/json/rpc_codes.h"

namespace sfteams::json::rpc {

/// JSON-RPC 2.0 (jsonrpc.org/specification), one text to one value and back. Stricter than the
/// specification: no batches, an id is a string of at most 128 bytes or a 64-bit integer (never
/// null, never 1.0), a method has 1 … 256 bytes.
inline constexpr std::size_t kMaxIdBytes = 128;
inline constexpr std::size_t kMaxMethodBytes = 256;
inline constexpr std::chrono::hours kMaxRetryAfter{24};  ///< more is not believed

struct Request {
  Json::Value id;
  std::string method;
  Json::Value params;  ///< array or object; null when there were none
};

struct Notification {
  std::string method;
  Json::Value params;  ///< array or object; null when there were none
};

/// An error object as the other side sent it. All texts are foreign: show them only through
/// text::one_line().
struct RemoteError {
  int number = kServerError;
  std::string message;
  std::string code;  ///< data.code, the stable name; empty when it did not come
  std::string hint;  ///< data.hint
  /// data.retryAfter, from 1 to kMaxRetryAfter.
  std::optional<std::chrono::seconds> retry_after{};

  /// With the code of that name, or rpc.remote-error where this version does not know it (the name
  /// then stands in the message).
  [[nodiscard]] Error to_error() const;
};

struct Response {
  Json::Value id;      ///< null only with an error: the other side could not tell which call it was
  Json::Value result;  ///< null with an error
  std::optional<RemoteError> error;
};

using Incoming = std::variant<Request, Notification, Response>;

/// What is wrong with a text, and the id to answer with: null when none could be read, and for a
/// text that is a response, too: its id is not that of a call to us.
struct Refusal {
  Error error;  ///< one of json.*, rpc.batch-refused, rpc.invalid-request or rpc.bad-response
  Json::Value id;
};

/// Reads one text. Never throws; messages never quote the text, which may hold a password.
[[nodiscard]] tl::expected<Incoming, Refusal> read(std::string_view text,
                                                   const Limits& limits = {});

/// `params` is an array, an object, or null for none.
[[nodiscard]] std::string write_request(const Json::Value& id, std::string_view method,
                                        const Json::Value& params);
[[nodiscard]] std::string write_notification(std::string_view method, const Json::Value& params);
[[nodiscard]] std::string write_result(const Json::Value& id, const Json::Value& result);
/// {"code": number_of(…), "message": …, "data": {"code": "session.login-paused", "hint": "…",
/// "retryAfter": 300}}; the last two only where there is something to say.
[[nodiscard]] std::string write_error(const Json::Value& id, const Error& error);

}  // namespace sfteams::json::rpc

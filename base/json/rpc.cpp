#include "base/json/rpc.h"

#include <utility>

#include "base/json/codes.h"

namespace sfteams::json::rpc {
namespace {

using Outcome = tl::expected<Incoming, Refusal>;

tl::unexpected<Refusal> refuse(Code code, std::string message, Json::Value id = {}) {
  return tl::unexpected<Refusal>(Refusal{Error{code, std::move(message), {}}, std::move(id)});
}

bool is_id(const Json::Value& value) {
  if (const auto text = text_of(value)) return text->size() <= kMaxIdBytes;
  // type(), because jsoncpp's isInt64() is also true for 1.0.
  return value.type() == Json::intValue || value.type() == Json::uintValue;
}

/// The id to answer with. Null where there is none, and for what is a response as well: its id is
/// that of a call in the other direction.
Json::Value usable_id(const Json::Value& text) {
  if (member(text, "result") != nullptr || member(text, "error") != nullptr) return {};
  const Json::Value* id = member(text, "id");
  return id != nullptr && is_id(*id) ? *id : Json::Value();
}

std::string text_or_empty(const Json::Value* object, const char* name) {
  if (object == nullptr) return {};
  return std::string(string_member(*object, name).value_or(std::string_view{}));
}

std::optional<std::chrono::seconds> retry_after_in(const Json::Value* object) {
  const Json::Value* const value = object == nullptr ? nullptr : member(*object, "retryAfter");
  constexpr auto kMost = std::chrono::seconds(kMaxRetryAfter).count();
  // type(), because jsoncpp's isInt64() is also true for 1.0.
  const bool good = value != nullptr &&
                    (value->type() == Json::intValue || value->type() == Json::uintValue) &&
                    value->isInt64() && value->asInt64() > 0 && value->asInt64() <= kMost;
  if (!good) return std::nullopt;
  return std::chrono::seconds(value->asInt64());
}

Outcome read_call(const Json::Value& text) {
  const Json::Value id = usable_id(text);
  const auto method = string_member(text, "method");
  if (!method || method->empty() || method->size() > kMaxMethodBytes) {
    return refuse(codes::kInvalidRequest, "\"method\" has to be a text of 1 to 256 bytes", id);
  }
  if (member(text, "result") != nullptr || member(text, "error") != nullptr) {
    return refuse(codes::kInvalidRequest, "the message is a call and a response at once", id);
  }
  const Json::Value* params = member(text, "params");
  if (params != nullptr && !params->isArray() && !params->isObject()) {
    return refuse(codes::kInvalidRequest, "\"params\" has to be an array or an object", id);
  }
  Json::Value given = params == nullptr ? Json::Value() : *params;
  const Json::Value* wanted = member(text, "id");
  if (wanted == nullptr) return Notification{std::string(*method), std::move(given)};
  if (!is_id(*wanted)) {
    return refuse(codes::kInvalidRequest,
                  "\"id\" has to be an integer or a text of at most 128 bytes");
  }
  return Request{*wanted, std::string(*method), std::move(given)};
}

Outcome read_error_response(Json::Value id, const Json::Value& error) {
  const Json::Value* number = member(error, "code");
  const auto message = string_member(error, "message");
  if (number == nullptr || number->type() != Json::intValue || !number->isInt() || !message) {
    return refuse(codes::kBadResponse, "the error of a response lacks its code or its message");
  }
  const Json::Value* data = member(error, "data");
  RemoteError remote{number->asInt(), std::string(*message), text_or_empty(data, "code"),
                     text_or_empty(data, "hint"), retry_after_in(data)};
  return Response{std::move(id), Json::Value(), std::move(remote)};
}

Outcome read_response(const Json::Value& text) {
  const Json::Value* id = member(text, "id");
  const Json::Value* result = member(text, "result");
  const Json::Value* error = member(text, "error");
  if ((result == nullptr) == (error == nullptr)) {
    return refuse(codes::kInvalidRequest,
                  "the message has neither a method, nor exactly one of result and error",
                  usable_id(text));
  }
  const bool null_id = error != nullptr && id != nullptr && id->isNull();
  if (id == nullptr || (!is_id(*id) && !null_id)) {
    return refuse(codes::kBadResponse, "a response came with an id that no call can have");
  }
  if (error != nullptr) return read_error_response(*id, *error);
  return Response{*id, *result, std::nullopt};
}

Json::Value envelope() {
  Json::Value text(Json::objectValue);
  text["jsonrpc"] = "2.0";
  return text;
}

Json::Value call_text(std::string_view method, const Json::Value& params) {
  Json::Value text = envelope();
  text["method"] = std::string(method);
  if (!params.isNull()) text["params"] = params;
  return text;
}

}  // namespace

Error RemoteError::to_error() const {
  if (const std::optional<Code> known = known_code(code))
    return {*known, message, hint, retry_after};
  std::string prefix = code.empty() ? "error " + std::to_string(number) : code;
  return {codes::kRemote, std::move(prefix) + ": " + message, hint, retry_after};
}

tl::expected<Incoming, Refusal> read(std::string_view text, const Limits& limits) {
  Result<Json::Value> value = parse(text, limits);
  if (!value) {
    Refusal refusal{std::move(value.error()), {}};
    if (refusal.error.code == json::codes::kNumberTooLarge) {
      // Only the number is wrong, so the call can be told from others.
      if (const Result<Json::Value> rounded = parse_rounding(text, limits))
        refusal.id = usable_id(*rounded);
    }
    return tl::unexpected<Refusal>(std::move(refusal));
  }
  if (value->isArray()) {
    return refuse(codes::kBatch, "batches are not taken: send one call in a message");
  }
  if (!value->isObject()) return refuse(codes::kInvalidRequest, "the message is no object");
  const auto version = string_member(*value, "jsonrpc");
  if (version != "2.0") {
    return refuse(codes::kInvalidRequest, "\"jsonrpc\" has to be \"2.0\"", usable_id(*value));
  }
  return member(*value, "method") == nullptr ? read_response(*value) : read_call(*value);
}

std::string write_request(const Json::Value& id, std::string_view method,
                          const Json::Value& params) {
  Json::Value text = call_text(method, params);
  text["id"] = id;
  return write(text);
}

std::string write_notification(std::string_view method, const Json::Value& params) {
  return write(call_text(method, params));
}

std::string write_result(const Json::Value& id, const Json::Value& result) {
  Json::Value text = envelope();
  text["id"] = id;
  text["result"] = result;
  return write(text);
}

std::string write_error(const Json::Value& id, const Error& error) {
  Json::Value text = envelope();
  text["id"] = id;
  Json::Value& object = text["error"];
  object["code"] = number_of(error.code.id);
  object["message"] = error.message;
  object["data"]["code"] = std::string(error.code.id);
  if (!error.hint.empty()) object["data"]["hint"] = error.hint;
  if (error.retry_after) object["data"]["retryAfter"] = Json::Int64(error.retry_after->count());
  return write(text);
}

}  // namespace sfteams::json::rpc

#include "base/json/error_json.h"

#include "base/json/printable.h"

namespace sfteams::json {

Json::Value error_json(const Error& error) {
  Json::Value json(Json::objectValue);
  json["code"] = std::string(error.code.id);
  json["message"] = error.message;
  json["hint"] = error.hint;
  return json;
}

Json::Value error_json(const std::optional<Error>& error) {
  return error ? error_json(*error) : Json::Value();
}

std::string describe_error_json(const Json::Value& error) {
  if (!error.isObject()) return {};
  std::string line =
      "[" + printable_member(error, "code") + "] " + printable_member(error, "message");
  if (const std::string hint = printable_member(error, "hint"); !hint.empty()) line += " — " + hint;
  return line;
}

}  // namespace sfteams::json

#include "uci/json_mapping.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/json/json.h"
#include "base/text/encoding.h"
#include "uci/codes.h"

namespace sfteams::uci {
namespace {

constexpr int kMaxDepth = 32;
constexpr const char* kDateTag = "$date";
constexpr const char* kBase64Tag = "$base64";

Json::Value text_to_json(std::string_view text) {
  return Json::Value(text.data(), text.data() + text.size());
}

Json::Value tagged(const char* tag, std::string_view content) {
  Json::Value object(Json::objectValue);
  object[tag] = text_to_json(content);
  return object;
}

Json::Value struct_to_json(const Struct& members) {
  Json::Value object(Json::objectValue);
  for (const Member& member : members)
    object[member.name.starts_with('$') ? '$' + member.name : member.name] = to_json(member.value);
  return object;
}

Result<Value> convert(const Json::Value& json, int depth);

Result<Value> date_from(const Json::Value& content) {
  const auto text = json::text_of(content);
  const auto date = text ? parse_date_time(*text) : std::nullopt;
  if (!date)
    return fail(codes::kBadDate, "a $date holds no date", "write it as 2026-11-23T10:00:00");
  return Value(*date);
}

Result<Value> base64_from(const Json::Value& content) {
  const auto text = json::text_of(content);
  auto bytes = text ? text::from_base64(*text) : std::nullopt;
  if (!bytes)
    return fail(codes::kBadBase64, "a $base64 holds something else",
                "write it with the alphabet of RFC 4648 section 4, with padding");
  return Value(std::move(*bytes));
}

Result<Value> object_from(const Json::Value& json, int depth) {
  if (json.size() == 1) {
    if (const Json::Value* date = json::member(json, kDateTag)) return date_from(*date);
    if (const Json::Value* bytes = json::member(json, kBase64Tag)) return base64_from(*bytes);
  }
  Struct members;
  members.reserve(json.size());
  for (auto member = json.begin(); member != json.end(); ++member) {
    std::string name = member.name();
    if (name.starts_with("$$")) {
      name.erase(0, 1);
    } else if (name.starts_with('$')) {
      return fail(codes::kBadTag,
                  "a member whose name begins with '$' is neither $date nor $base64 alone",
                  "write $$ for a name that begins with $");
    }
    auto value = convert(*member, depth);
    if (!value) return fail(std::move(value.error()));
    members.push_back({std::move(name), std::move(*value)});
  }
  return Value(std::move(members));
}

Result<Value> array_from(const Json::Value& json, int depth) {
  Array items;
  items.reserve(json.size());
  for (const Json::Value& item : json) {
    auto value = convert(item, depth);
    if (!value) return value;
    items.push_back(std::move(*value));
  }
  return Value(std::move(items));
}

Result<Value> integer_from(const Json::Value& json) {
  if (!json.isInt())
    return fail(codes::kIntOutOfRange, "a whole number has more than 32 bits",
                "XML-RPC has no larger ones; write it as a text or with a point");
  return Value(json.asInt());
}

Result<Value> convert(const Json::Value& json, int depth) {
  if (depth == kMaxDepth && (json.isArray() || json.isObject()))
    return fail(codes::kValueTooDeep,
                fmt::format("arrays and objects are nested more than {} deep", kMaxDepth));
  switch (json.type()) {
    case Json::nullValue:
      return Value(Nil{});
    case Json::booleanValue:
      return Value(json.asBool());
    case Json::intValue:
    case Json::uintValue:
      return integer_from(json);
    case Json::realValue:
      return Value(json.asDouble());
    case Json::stringValue:
      return Value(json::text_of(json).value_or(std::string_view()));
    case Json::arrayValue:
      return array_from(json, depth + 1);
    case Json::objectValue:
      return object_from(json, depth + 1);
  }
  return Value(Nil{});
}

}  // namespace

Json::Value to_json(const Value& value) {
  switch (value.type()) {
    case Value::Type::nil:
      break;
    case Value::Type::boolean:
      return Json::Value(*value.as_bool());
    case Value::Type::integer:
      return Json::Value(Json::Int64{*value.as_int()});
    case Value::Type::real:
      return Json::Value(*value.as_double());
    case Value::Type::string:
      return text_to_json(*value.as_string());
    case Value::Type::date_time:
      return tagged(kDateTag, to_iso8601(*value.as_date_time()));
    case Value::Type::base64:
      return tagged(kBase64Tag, text::to_base64(*value.as_base64()));
    case Value::Type::array:
      return params_to_json(*value.as_array());
    case Value::Type::structure:
      return struct_to_json(*value.as_struct());
  }
  return Json::Value(Json::nullValue);
}

Result<Value> from_json(const Json::Value& json) {
  return convert(json, 0);
}

Result<Array> params_from_json(const Json::Value& params) {
  if (params.isNull()) return Array{};
  if (!params.isArray())
    return fail(codes::kBadParams, "the parameters are no array",
                "UCI has positional parameters only");
  Array values;
  values.reserve(params.size());
  for (const Json::Value& param : params) {
    auto value = from_json(param);
    if (!value) return fail(std::move(value.error()));
    values.push_back(std::move(*value));
  }
  return values;
}

Json::Value params_to_json(const Array& params) {
  Json::Value array(Json::arrayValue);
  for (const Value& param : params)
    array.append(to_json(param));
  return array;
}

}  // namespace sfteams::uci

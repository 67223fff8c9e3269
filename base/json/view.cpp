#include "base/json/view.h"

#include "base/json/json.h"

namespace sfteams::json {

const Json::Value& part(const Json::Value& value, const char* name) {
  const Json::Value* const found = member(value, name);
  return found != nullptr ? *found : Json::Value::nullSingleton();
}

bool is_true(const Json::Value& value, const char* name) {
  const Json::Value& found = part(value, name);
  return found.isBool() && found.asBool();
}

std::string number_text(const Json::Value& value, const char* name) {
  const Json::Value& found = part(value, name);
  return found.isNumeric() ? write(found) : "?";
}

}  // namespace sfteams::json

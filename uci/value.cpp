#include "uci/value.h"

#include <algorithm>
#include <array>

namespace sfteams::uci {

std::string_view Value::type_name() const {
  static constexpr std::array<std::string_view, 9> kNames{
      "nil", "boolean", "int", "double", "string", "dateTime.iso8601", "base64", "array", "struct"};
  return kNames.at(data_.index());
}

const Value* Value::find(std::string_view name) const {
  const Struct* members = as_struct();
  if (members == nullptr) return nullptr;
  const auto found = std::find_if(members->begin(), members->end(),
                                  [name](const Member& member) { return member.name == name; });
  return found == members->end() ? nullptr : &found->value;
}

bool operator==(const Value& a, const Value& b) {
  return a.data_ == b.data_;
}

}  // namespace sfteams::uci

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

std::size_t weight_of(const Value& value) {
  constexpr std::size_t kPlain = 16;
  std::size_t weight = kPlain;
  if (const std::string* text = value.as_string()) weight += text->size();
  if (const Bytes* bytes = value.as_base64()) weight += bytes->size() * 4 / 3;
  if (const Array* items = value.as_array()) {
    for (const Value& item : *items)
      weight += weight_of(item);
  }
  if (const Struct* members = value.as_struct()) {
    for (const Member& member : *members)
      weight += member.name.size() + weight_of(member.value);
  }
  return weight;
}

bool operator==(const Value& a, const Value& b) {
  return a.data_ == b.data_;
}

}  // namespace sfteams::uci

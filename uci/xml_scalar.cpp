#include "uci/xml_scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/text/encoding.h"

namespace sfteams::uci {
namespace {

/// What the text means as that type; nullopt when it means nothing.
using Meaning = std::optional<Value> (*)(std::string_view text);

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

template <typename Number>
bool read_number(std::string_view text, Number& out) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const char* end = text.data() + text.size();
  Number number{};
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc{} || stop != end || text.empty()) return false;
  out = number;
  return true;
}

std::optional<Value> real(std::string_view text) {
  std::string plain(trimmed(text));
  // Some languages of the machine write a comma; with two marks it is not known what they mean.
  if (std::count(plain.begin(), plain.end(), ',') == 1 && plain.find('.') == std::string::npos)
    std::replace(plain.begin(), plain.end(), ',', '.');
  double number = 0;
  if (!read_number(plain, number) || !std::isfinite(number)) return std::nullopt;
  return Value(number);
}

std::optional<Value> whole(std::string_view text) {
  std::int64_t number = 0;
  if (read_number(trimmed(text), number)) return Value(number);
  // More digits than fit would be other digits as a double.
  return text.find_first_of(".,") == std::string_view::npos ? std::nullopt : real(text);
}

std::optional<Value> decimal(std::string_view text) {
  constexpr std::ptrdiff_t kDigitsOfDouble = 15;
  const auto digits =
      std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits > kDigitsOfDouble ? std::nullopt : real(text);
}

std::optional<Value> boolean(std::string_view text) {
  std::string word(trimmed(text));
  std::transform(word.begin(), word.end(), word.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (word == "1" || word == "true") return Value(true);
  if (word == "0" || word == "false") return Value(false);
  return std::nullopt;
}

std::optional<Value> date(std::string_view text) {
  const auto moment = parse_date_time(trimmed(text));
  return moment ? std::optional<Value>(Value(*moment)) : std::nullopt;
}

std::optional<Value> bytes(std::string_view text) {
  auto content = text::from_base64(text, true);
  for (int padding = 1; !content && padding <= 2; ++padding)
    content =
        text::from_base64(std::string(text).append(static_cast<std::size_t>(padding), '='), true);
  return content ? std::optional<Value>(Value(std::move(*content))) : std::nullopt;
}

std::optional<Value> nothing(std::string_view) {
  return Value(Nil{});
}

std::optional<Value> same(std::string_view text) {
  return Value(text);
}

struct Type {
  std::string_view name;
  Meaning meaning;
};
constexpr std::array<Type, 22> kTypes{{{"string", same},        {"int", whole},
                                       {"i4", whole},           {"boolean", boolean},
                                       {"double", real},        {"dateTime.iso8601", date},
                                       {"base64", bytes},       {"nil", nothing},
                                       {"i8", whole},           {"i2", whole},
                                       {"i1", whole},           {"float", real},
                                       {"bigdecimal", decimal}, {"biginteger", whole},
                                       {"dateTime", date},      {"serializable", bytes},
                                       {"dom", same},           {"byte", whole},
                                       {"short", whole},        {"long", whole},
                                       {"date", date},          {"datetime.iso8601", date}}};

const Type* find(std::string_view name) {
  const auto* const found = std::find_if(kTypes.begin(), kTypes.end(),
                                         [name](const Type& type) { return type.name == name; });
  return found == kTypes.end() ? nullptr : found;
}

}  // namespace

bool is_scalar_type(std::string_view type) {
  return find(type) != nullptr;
}

Value scalar_of(std::string_view type, std::string_view text) {
  if (const Type* known = find(type)) {
    if (auto value = known->meaning(text)) return std::move(*value);
  }
  const std::string_view kept = trimmed(text);
  return kept.empty() ? Value() : Value(kept);
}

bool read_integer(std::string_view text, std::int64_t& out) {
  return read_number(trimmed(text), out);
}

}  // namespace sfteams::uci

#pragma once

/// What Catch2 prints of the values in a failed comparison. Precompiled for every test program
/// (tests/CMakeLists.txt), so that all their files print a type in one way, as the one-definition
/// rule asks. A type that Catch2 cannot print comes to `unstreamable()`, which knows the members of
/// any aggregate. A type that it cannot take apart (a class with private members and without
/// to_string(), an aggregate with an array of C or a base) is printed by its name; give such a type
/// a to_string(), or an operator<< in the header that defines it.

#include <string>

namespace sfteams::printing {
template <typename T>
std::string unstreamable(const T& value);
}  // namespace sfteams::printing

#define CATCH_CONFIG_FALLBACK_STRINGIFIER ::sfteams::printing::unstreamable
#define CATCH_CONFIG_ENABLE_CHRONO_STRINGMAKER
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <catch2/catch.hpp>
#include <tl/expected.hpp>

#include "base/error/error.h"

namespace Json {
class Value;
}

namespace sfteams::printing {

/// Raw JSON in one line.
std::string json_text(const Json::Value& value);
/// "3 bytes 0aff00"; at most 64 of them are shown.
std::string byte_text(const unsigned char* bytes, std::size_t count);
/// "[code] message — hint"
std::string error_text(const Error& error);

/// The name of a type or an enumerator, as the compiler writes it.
template <auto V>
constexpr std::string_view written() {
  const std::string_view text = __PRETTY_FUNCTION__;
  const std::size_t begin = text.find("V = ") + 4;
  return text.substr(begin, text.find_first_of(";]", begin) - begin);
}
template <typename T>
constexpr std::string_view type_name() {
  const std::string_view text = __PRETTY_FUNCTION__;
  const std::size_t begin = text.find("T = ") + 4;
  const std::size_t end = text.find("; std::string_view", begin);
  return text.substr(begin, (end == std::string_view::npos ? text.size() - 1 : end) - begin);
}

constexpr std::size_t kEnumerators = 96;

/// "green" for Colour::green; empty for a value without a name, or beyond the first kEnumerators.
template <typename Enum, std::size_t... I>
std::string_view enumerator(Enum value, std::index_sequence<I...>) {
  std::string_view name;
  const auto take = [&](std::size_t number, std::string_view text) {
    // Without a name it is written as "(Colour)7".
    if (static_cast<std::size_t>(value) == number && !text.empty() && text.front() != '(')
      name = text.substr(text.rfind(':') + 1);
  };
  (take(I, written<static_cast<Enum>(I)>()), ...);
  return name;
}

/// Stands for a value of any type where only the types matter.
struct Any {
  std::size_t ignored;
  template <typename T>
  operator T() const {
    throw ignored;
  }
};

template <typename T, std::size_t... I>
constexpr bool made_of(std::index_sequence<I...>) {
  return requires {
    T{Any{I}...};
  };
}

constexpr std::size_t kMembers = 12;

/// How many members an aggregate has; kMembers + 1 when it has more.
template <typename T, std::size_t N = kMembers + 1>
constexpr std::size_t member_count() {
  if constexpr (N == 0 || made_of<T>(std::make_index_sequence<N>{})) {
    return N;
  } else {
    return member_count<T, N - 1>();
  }
}

template <typename... Members>
std::string joined(const Members&... members) {
  std::string text;
  ((text += (text.empty() ? "" : ", ") + Catch::Detail::stringify(members)), ...);
  return "{" + text + "}";
}

/// "{first, second}": the members in their order.
template <typename T>
std::string members(const T& value) {
  constexpr std::size_t count = member_count<T>();
  if constexpr (std::is_empty_v<T>) {
    return "{}";
  } else if constexpr (count == 1) {
    const auto& [a] = value;
    return joined(a);
  } else if constexpr (count == 2) {
    const auto& [a, b] = value;
    return joined(a, b);
  } else if constexpr (count == 3) {
    const auto& [a, b, c] = value;
    return joined(a, b, c);
  } else if constexpr (count == 4) {
    const auto& [a, b, c, d] = value;
    return joined(a, b, c, d);
  } else if constexpr (count == 5) {
    const auto& [a, b, c, d, e] = value;
    return joined(a, b, c, d, e);
  } else if constexpr (count == 6) {
    const auto& [a, b, c, d, e, f] = value;
    return joined(a, b, c, d, e, f);
  } else if constexpr (count == 7) {
    const auto& [a, b, c, d, e, f, g] = value;
    return joined(a, b, c, d, e, f, g);
  } else if constexpr (count == 8) {
    const auto& [a, b, c, d, e, f, g, h] = value;
    return joined(a, b, c, d, e, f, g, h);
  } else {
    return std::string(type_name<T>());
  }
}

template <typename T>
constexpr bool is_expected = false;
template <typename T, typename E>
constexpr bool is_expected<tl::expected<T, E>> = true;
template <typename T>
constexpr bool is_optional = false;
template <typename T>
constexpr bool is_optional<std::optional<T>> = true;
template <typename T>
constexpr bool is_variant = false;
template <typename... T>
constexpr bool is_variant<std::variant<T...>> = true;
template <typename T>
constexpr bool is_pair = false;
template <typename A, typename B>
constexpr bool is_pair<std::pair<A, B>> = true;
template <typename T>
constexpr bool is_bytes = false;
template <typename A>
constexpr bool is_bytes<std::vector<unsigned char, A>> = true;
template <std::size_t N>
constexpr bool is_bytes<std::array<unsigned char, N>> = true;

template <typename T>
std::string expected_text(const T& result) {
  if (!result) return "error " + Catch::Detail::stringify(result.error());
  if constexpr (std::is_void_v<typename T::value_type>) {
    return "done";
  } else {
    return Catch::Detail::stringify(*result);
  }
}

/// A value of XML-RPC (uci/value.h), known by its functions, because that header is not for all
/// programs.
template <typename T>
concept XmlRpc = requires(const T& value) {
  value.type_name();
  value.as_int();
  value.as_struct();
};

template <typename T>
std::string xml_rpc_text(const T& value) {
  const auto shown = [&](const auto* content) {
    return std::string(value.type_name()) + " " + Catch::Detail::stringify(*content);
  };
  if (value.as_bool()) return shown(value.as_bool());
  if (value.as_int()) return shown(value.as_int());
  if (value.as_double()) return shown(value.as_double());
  if (value.as_string()) return shown(value.as_string());
  if (value.as_date_time()) return shown(value.as_date_time());
  if (value.as_base64()) return shown(value.as_base64());
  if (value.as_array()) return shown(value.as_array());
  if (value.as_struct()) return shown(value.as_struct());
  return std::string(value.type_name());
}

template <typename T>
std::string unstreamable(const T& value) {
  if constexpr (is_expected<T>) {
    return expected_text(value);
  } else if constexpr (is_optional<T>) {
    return value ? Catch::Detail::stringify(*value) : "nothing";
  } else if constexpr (std::is_same_v<T, std::nullopt_t>) {
    return "nothing";
  } else if constexpr (std::is_same_v<T, Error>) {
    return error_text(value);
  } else if constexpr (std::is_same_v<T, Code>) {
    return std::string(value.id);
  } else if constexpr (is_bytes<T>) {
    return byte_text(value.data(), value.size());
  } else if constexpr (is_variant<T>) {
    return value.valueless_by_exception()
               ? "valueless"
               : std::visit([](const auto& one) { return Catch::Detail::stringify(one); }, value);
  } else if constexpr (is_pair<T>) {
    return joined(value.first, value.second);
  } else if constexpr (XmlRpc<T>) {
    return xml_rpc_text(value);
  } else if constexpr (requires { std::string(value.to_string()); }) {
    return std::string(value.to_string());
  } else if constexpr (requires { std::string(to_string(value)); }) {
    return std::string(to_string(value));
  } else if constexpr (std::is_aggregate_v<T>) {
    return members(value);
  } else {
    return std::string(type_name<T>());
  }
}

}  // namespace sfteams::printing

namespace Catch {

/// Scoped enumerations by name, and by number where there is none.
template <typename T>
struct StringMaker<T, std::enable_if_t<std::is_enum_v<T> && !std::is_convertible_v<T, int> &&
                                       !std::is_same_v<T, std::filesystem::perms>>> {
  static std::string convert(T value) {
    const auto all = std::make_index_sequence<sfteams::printing::kEnumerators>{};
    const std::string_view name = sfteams::printing::enumerator(value, all);
    return name.empty() ? Detail::stringify(static_cast<long long>(value)) : std::string(name);
  }
};

template <>
struct StringMaker<std::filesystem::perms> {
  static std::string convert(std::filesystem::perms value);
};

// Both are ranges of themselves, of which Catch2 would print nothing or no end.
template <>
struct StringMaker<std::filesystem::path> {
  static std::string convert(const std::filesystem::path& value);
};
template <>
struct StringMaker<Json::Value> {
  static std::string convert(const Json::Value& value) {
    return sfteams::printing::json_text(value);
  }
};

// Not as ranges, but as bytes.
template <typename A>
struct is_range<std::vector<unsigned char, A>> {
  static const bool value = false;
};
template <std::size_t N>
struct is_range<std::array<unsigned char, N>> {
  static const bool value = false;
};

}  // namespace Catch

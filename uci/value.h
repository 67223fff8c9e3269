#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "uci/date_time.h"

namespace sfteams::uci {

/// The nil extension of XML-RPC: no value.
struct Nil {
  friend bool operator==(Nil, Nil) = default;
};

class Value;
struct Member;
using Bytes = std::vector<std::uint8_t>;
using Array = std::vector<Value>;
/// In the order of the document; no name occurs twice in what the parser gives.
using Struct = std::vector<Member>;

/// Arrays and structs inside each other in what is sent to the PBX.
inline constexpr int kMaxValueDepth = 32;

/// One XML-RPC value (xmlrpc.com/spec.md) with the extensions nil and i8.
class Value {
 public:
  /// In the order of the alternatives below.
  enum class Type { nil, boolean, integer, real, string, date_time, base64, array, structure };

  Value();
  ~Value();
  Value(const Value&);
  Value& operator=(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(Value&&) noexcept;

  Value(Nil);
  template <std::same_as<bool> T>
  Value(T value);
  /// XML-RPC's own int has 32 bits; the writer refuses more.
  template <std::integral T>
  requires(!std::same_as<T, bool>) Value(T value);
  Value(double value);
  Value(const char* text);
  Value(std::string_view text);
  Value(std::string text);
  Value(const DateTime& value);
  Value(Bytes value);
  Value(Array value);
  Value(Struct value);

  [[nodiscard]] Type type() const { return static_cast<Type>(data_.index()); }
  /// "nil", "boolean", "int", "double", "string", "dateTime.iso8601", "base64", "array", "struct".
  [[nodiscard]] std::string_view type_name() const;
  [[nodiscard]] bool is_nil() const { return type() == Type::nil; }

  // The content when it has that type, otherwise nullptr.
  [[nodiscard]] const bool* as_bool() const { return std::get_if<bool>(&data_); }
  [[nodiscard]] const std::int64_t* as_int() const { return std::get_if<std::int64_t>(&data_); }
  [[nodiscard]] const double* as_double() const { return std::get_if<double>(&data_); }
  [[nodiscard]] const std::string* as_string() const { return std::get_if<std::string>(&data_); }
  [[nodiscard]] const DateTime* as_date_time() const { return std::get_if<DateTime>(&data_); }
  [[nodiscard]] const Bytes* as_base64() const { return std::get_if<Bytes>(&data_); }
  [[nodiscard]] const Array* as_array() const { return std::get_if<Array>(&data_); }
  [[nodiscard]] const Struct* as_struct() const { return std::get_if<Struct>(&data_); }
  [[nodiscard]] Array* as_array() { return std::get_if<Array>(&data_); }
  [[nodiscard]] Struct* as_struct() { return std::get_if<Struct>(&data_); }

  /// The member of that name; nullptr when this is no struct or lacks it.
  [[nodiscard]] const Value* find(std::string_view name) const;

  friend bool operator==(const Value&, const Value&);

 private:
  std::variant<Nil, bool, std::int64_t, double, std::string, DateTime, Bytes, Array, Struct> data_;
};

/// About how many bytes the value takes as a text: those of its texts and names, and a few for each
/// value.
[[nodiscard]] std::size_t weight_of(const Value& value);

struct Member {
  std::string name;
  Value value;
  friend bool operator==(const Member&, const Member&) = default;
};

// Here, where Member is complete.
inline Value::Value() = default;
inline Value::~Value() = default;
inline Value::Value(const Value&) = default;
inline Value& Value::operator=(const Value&) = default;
inline Value::Value(Value&&) noexcept = default;
inline Value& Value::operator=(Value&&) noexcept = default;
inline Value::Value(Nil) {}
template <std::same_as<bool> T>
Value::Value(T value) : data_(value) {}
template <std::integral T>
requires(!std::same_as<T, bool>) Value::Value(T value) : data_(static_cast<std::int64_t>(value)) {}
inline Value::Value(double value) : data_(value) {}
inline Value::Value(const char* text) : data_(std::string(text)) {}
inline Value::Value(std::string_view text) : data_(std::string(text)) {}
inline Value::Value(std::string text) : data_(std::move(text)) {}
inline Value::Value(const DateTime& value) : data_(value) {}
inline Value::Value(Bytes value) : data_(std::move(value)) {}
inline Value::Value(Array value) : data_(std::move(value)) {}
inline Value::Value(Struct value) : data_(std::move(value)) {}

}  // namespace sfteams::uci

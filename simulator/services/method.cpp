#include "simulator/services/method.h"

#include <fmt/format.h>

#include "base/error/counted.h"

namespace sfteams::simulator {

uci::Fault fault(const Options& options, std::string_view exception, std::string_view what) {
  return {options.fault_code, fmt::format("{}: {}", exception, what)};
}

uci::Fault illegal_access(const Options& options) {
  return fault(options, "UciIllegalAccessException", "request is not allowed to the user");
}

Params::Params(const Asking& asking, std::size_t count) : asking_(asking) {
  if (asking.params.size() == count) return;
  problem_ = fmt::format("{} came where the method takes {}",
                         counted(asking.params.size(), "parameter"), count);
}

std::string Params::text(std::size_t at) {
  const uci::Value* value = take(at, "string");
  if (value == nullptr || value->is_nil()) return {};
  if (const std::string* text = value->as_string()) return *text;
  reject(at, "string");
  return {};
}

bool Params::yes_no(std::size_t at) {
  const uci::Value* value = take(at, "boolean");
  if (value == nullptr) return false;
  if (const bool* flag = value->as_bool()) return *flag;
  reject(at, "boolean");
  return false;
}

std::int64_t Params::number(std::size_t at) {
  const uci::Value* value = take(at, "int");
  if (value == nullptr) return 0;
  if (const std::int64_t* number = value->as_int()) return *number;
  reject(at, "int");
  return 0;
}

std::optional<WallTime> Params::date(std::size_t at) {
  const uci::Value* value = take(at, "dateTime.iso8601");
  if (value == nullptr || value->is_nil()) return std::nullopt;
  const Options& options = asking_.exchange.options;
  if (const uci::DateTime* date = value->as_date_time()) return to_wall(*date, options);
  const std::string* text = value->as_string();
  if (text != nullptr && text->empty()) return std::nullopt;
  if (text != nullptr) {
    if (const auto date = uci::parse_date_time(*text)) return to_wall(*date, options);
  }
  reject(at, "dateTime.iso8601");
  return std::nullopt;
}

std::vector<std::string> Params::texts(std::size_t at) {
  std::vector<std::string> texts;
  for (const uci::Value& item : array(at)) {
    if (const std::string* text = item.as_string()) {
      texts.push_back(*text);
    } else {
      reject(at, "array of strings");
    }
  }
  return texts;
}

const uci::Struct& Params::structure(std::size_t at) {
  static const uci::Struct kEmpty;
  const uci::Value* value = take(at, "struct");
  if (value == nullptr) return kEmpty;
  if (const uci::Struct* members = value->as_struct()) return *members;
  reject(at, "struct");
  return kEmpty;
}

const uci::Array& Params::array(std::size_t at) {
  static const uci::Array kEmpty;
  const uci::Value* value = take(at, "array");
  if (value == nullptr) return kEmpty;
  if (const uci::Array* items = value->as_array()) return *items;
  reject(at, "array");
  return kEmpty;
}

std::optional<uci::Fault> Params::problem() const {
  if (problem_.empty()) return std::nullopt;
  return fault(asking_.exchange.options, "UciException", problem_);
}

const uci::Value* Params::take(std::size_t at, std::string_view wanted) {
  if (at < asking_.params.size()) return &asking_.params[at];
  reject(at, wanted);
  return nullptr;
}

void Params::reject(std::size_t at, std::string_view wanted) {
  if (problem_.empty()) problem_ = fmt::format("parameter {} is no {}", at + 1, wanted);
}

Answer with_one_struct(const Asking& asking, SetMany set) {
  Params params(asking, 1);
  const uci::Struct& setting = params.structure(0);
  if (const auto problem = params.problem()) return *problem;
  return set(asking, {setting});
}

Answer with_many_structs(const Asking& asking, SetMany set) {
  Params params(asking, 1);
  const uci::Array& settings = params.array(0);
  if (const auto problem = params.problem()) return *problem;
  return set(asking, settings);
}

Answer with_one_id(const Asking& asking, ForEntries run) {
  Params params(asking, 1);
  const std::string id = params.text(0);
  if (const auto problem = params.problem()) return *problem;
  return run(asking, {id});
}

Answer with_many_ids(const Asking& asking, ForEntries run) {
  Params params(asking, 1);
  const std::vector<std::string> ids = params.texts(0);
  if (const auto problem = params.problem()) return *problem;
  return run(asking, ids);
}

}  // namespace sfteams::simulator

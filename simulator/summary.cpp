#include "simulator/summary.h"

#include <fmt/format.h>

#include "base/error/counted.h"
#include "simulator/text.h"

namespace sfteams::simulator {
namespace {

constexpr std::size_t kMostText = 80;
constexpr std::size_t kMostLine = 200;

void append(std::string& line, const uci::Value& value);

template <typename Items, typename Each>
void append_items(std::string& line, const Items& items, char open, char close, Each each) {
  line += open;
  bool first = true;
  for (const auto& item : items) {
    if (line.size() > kMostLine) break;  // it is cut anyway
    if (!first) line += ", ";
    first = false;
    each(item);
  }
  line += close;
}

void append(std::string& line, const uci::Value& value) {
  switch (value.type()) {
    case uci::Value::Type::nil:
      line += "nil";
      break;
    case uci::Value::Type::boolean:
      line += *value.as_bool() ? "true" : "false";
      break;
    case uci::Value::Type::integer:
      line += std::to_string(*value.as_int());
      break;
    case uci::Value::Type::real:
      line += fmt::format("{}", *value.as_double());
      break;
    case uci::Value::Type::string:
      line += '"';
      line += shortened(*value.as_string(), kMostText);
      line += '"';
      break;
    case uci::Value::Type::date_time:
      line += uci::to_iso8601(*value.as_date_time());
      break;
    case uci::Value::Type::base64:
      line += counted(value.as_base64()->size(), "byte");
      break;
    case uci::Value::Type::array:
      append_items(line, *value.as_array(), '[', ']',
                   [&](const uci::Value& item) { append(line, item); });
      break;
    case uci::Value::Type::structure:
      append_items(line, *value.as_struct(), '{', '}', [&](const uci::Member& member) {
        line += shortened(member.name, kMostText);
        line += ": ";
        append(line, member.value);
      });
      break;
  }
}

}  // namespace

std::string summarise(std::span<const uci::Value> params) {
  std::string line;
  for (const uci::Value& value : params) {
    if (line.size() > kMostLine) break;
    if (!line.empty()) line += ", ";
    append(line, value);
  }
  return shortened(line, kMostLine);
}

}  // namespace sfteams::simulator

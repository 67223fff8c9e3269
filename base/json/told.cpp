#include "base/json/told.h"

#include "base/json/json.h"
#include "base/text/line.h"

namespace sfteams::json {

std::string write_told(const Result<Json::Value>& result) {
  Json::Value answer(Json::objectValue);
  if (result) {
    answer["result"] = *result;
  } else {
    const Told told = told_of(result.error());
    answer["error"]["exit"] = told.exit;
    answer["error"]["line"] = told.line;
  }
  return write(answer);
}

tl::expected<Json::Value, Told> read_told(const std::string& text, const Error& broken) {
  const Result<Json::Value> answer = parse(text);
  if (answer) {
    if (const Json::Value* result = member(*answer, "result")) return *result;
    const Json::Value* error = member(*answer, "error");
    const auto line = error == nullptr ? std::nullopt : string_member(*error, "line");
    const Json::Value* exit = error == nullptr ? nullptr : member(*error, "exit");
    if (line && exit != nullptr && exit->isInt())
      return tl::unexpected<Told>(Told{exit->asInt(), text::one_line(*line)});
  }
  return tl::unexpected<Told>(told_of(broken));
}

Told told_of(const Error& error) {
  return {static_cast<int>(error.code.exit), describe(error)};
}

}  // namespace sfteams::json

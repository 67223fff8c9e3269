#include "agent/diagnosis/step.h"

#include <utility>

#include "base/json/json.h"
#include "base/json/rpc_codes.h"

namespace sfteams::diagnosis {

Finding well(std::string step, Sentence text) {
  return {std::move(step), Verdict::ok, {}, std::move(text), {}};
}

Finding warning(std::string step, Code code, Sentence text, Sentence next) {
  return {std::move(step), Verdict::warn, std::string(code.id), std::move(text), std::move(next)};
}

Finding warning(std::string step, const Error& error) {
  return {std::move(step), Verdict::warn, std::string(error.code.id), verbatim(error.message),
          verbatim(error.hint)};
}

Finding failure(std::string step, const Error& error) {
  return {std::move(step), Verdict::fail, std::string(error.code.id), verbatim(error.message),
          verbatim(error.hint)};
}

Finding failure(std::string step, const Json::Value& error) {
  const auto text = [&error](const char* name, std::string_view otherwise) {
    return std::string(json::string_member(error, name).value_or(otherwise));
  };
  return {std::move(step), Verdict::fail, text("code", json::rpc::codes::kRemote.id),
          verbatim(text("message", "the agent gives no reason")), verbatim(text("hint", ""))};
}

Finding skipped(std::string step, Sentence why) {
  return {std::move(step), Verdict::skipped, {}, std::move(why), {}};
}

Sentence named_by_environment() {
  return said("; HTTPS_PROXY of this environment names that proxy, not the configuration");
}

}  // namespace sfteams::diagnosis

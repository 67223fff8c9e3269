#include "simulator/control_body.h"

#include <fmt/format.h>

#include "simulator/codes.h"

namespace sfteams::simulator {

std::string BodyReader::text(const char* name, const char* fallback) {
  const Json::Value* value = take(name);
  if (value == nullptr) return fallback;
  if (value->isString()) return value->asString();
  reject(fmt::format("`{}` is no text", name));
  return fallback;
}

std::string BodyReader::required(const char* name) {
  std::string value = text(name, "");
  if (value.empty()) reject(fmt::format("`{}` is missing", name));
  return value;
}

std::int64_t BodyReader::number(const char* name, std::int64_t fallback, std::int64_t least,
                                std::int64_t most) {
  const Json::Value* value = take(name);
  if (value == nullptr) return fallback;
  if (value->isInt64() && value->asInt64() >= least && value->asInt64() <= most) {
    return value->asInt64();
  }
  reject(fmt::format("`{}` is no whole number from {} to {}", name, least, most));
  return fallback;
}

bool BodyReader::yes_no(const char* name, bool fallback) {
  const Json::Value* value = take(name);
  if (value == nullptr) return fallback;
  if (value->isBool()) return value->asBool();
  reject(fmt::format("`{}` is neither true nor false", name));
  return fallback;
}

const Json::Value& BodyReader::any(const char* name) {
  const Json::Value* value = take(name);
  return value == nullptr ? Json::Value::nullSingleton() : *value;
}

Result<void> BodyReader::finish() const {
  if (!problem_.empty()) return fail(codes::kBadRequest, problem_);
  for (const std::string& name : body_.getMemberNames()) {
    if (!asked_.contains(name)) {
      return fail(codes::kBadRequest, fmt::format("`{}` is not known here", name));
    }
  }
  return {};
}

const Json::Value* BodyReader::take(const char* name) {
  asked_.insert(name);
  return body_.isMember(name) ? &body_[name] : nullptr;
}

void BodyReader::reject(const std::string& why) {
  if (problem_.empty()) problem_ = why;
}

std::optional<std::string> switch_text(const Json::Value& value) {
  if (value.isBool()) return value.asBool() ? "yes" : "no";
  if (value.isString() || value.isIntegral()) return value.asString();
  return std::nullopt;
}

}  // namespace sfteams::simulator

#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include <json/value.h>

#include "base/error/error.h"

namespace sfteams::simulator {

/// Takes typed members out of a JSON object and remembers the first thing that was wrong, also a
/// member that nobody asked for.
class BodyReader {
 public:
  /// `body` is an object and outlives this.
  explicit BodyReader(const Json::Value& body) : body_(body) {}

  [[nodiscard]] std::string text(const char* name, const char* fallback);
  [[nodiscard]] std::string required(const char* name);
  [[nodiscard]] std::int64_t number(const char* name, std::int64_t fallback, std::int64_t least,
                                    std::int64_t most);
  [[nodiscard]] bool yes_no(const char* name, bool fallback);
  /// Null when it is not there.
  [[nodiscard]] const Json::Value& any(const char* name);

  /// Fails with simulator.bad-request.
  [[nodiscard]] Result<void> finish() const;

 private:
  const Json::Value* take(const char* name);
  void reject(const std::string& why);

  const Json::Value& body_;
  std::set<std::string, std::less<>> asked_;
  std::string problem_;
};

/// A switch's value as the text that set_switch() takes; nullopt for null, arrays and objects.
[[nodiscard]] std::optional<std::string> switch_text(const Json::Value& value);

}  // namespace sfteams::simulator

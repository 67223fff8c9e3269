#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "base/json/json.h"
#include "keygen/system_key.h"
#include "tests/base/files/directory.h"
#include "tests/integration/child_process.h"

namespace sfteams::keygen {

using files::mode_of;
using files::names_in;

/// A key of docs/vectors/keygen.json; nobody uses it.
inline constexpr std::string_view kSampleKey = "7M6ET-ZWF05-7J6W0-ZMDSG-PPR4N-5JJX9-K1QQF-TSVDY";

inline SystemKey sample_key() {
  auto key = SystemKey::parse(kSampleKey);
  if (!key) throw std::runtime_error("the sample key is none");
  return std::move(*key);
}

inline Json::Value vectors() {
  const auto text = integration::read_file(SFTEAMS_SOURCE_DIR "/docs/vectors/keygen.json");
  auto value = json::parse(text);
  if (!value) throw std::runtime_error("docs/vectors/keygen.json: " + value.error().message);
  return std::move(*value);
}

inline std::string text(const Json::Value& value) {
  return std::string(json::text_of(value).value());
}

inline std::string member(const Json::Value& value, const char* name) {
  return std::string(json::string_member(value, name).value());
}

}  // namespace sfteams::keygen

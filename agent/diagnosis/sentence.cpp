#include "agent/findings/sentence.h"

#include <utility>

namespace sfteams::agent {
namespace {

bool is_gap(const std::string& pattern, std::size_t at) {
  return at + 2 < pattern.size() && pattern[at] == '{' && pattern[at + 2] == '}' &&
         pattern[at + 1] >= '0' && pattern[at + 1] <= '9';
}

/// A gap that no value is for stays as it is.
std::string filled(const std::string& pattern, const std::vector<std::string>& values) {
  std::string text;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const bool gap = is_gap(pattern, at);
    const std::size_t value = gap ? static_cast<std::size_t>(pattern[at + 1] - '0') : 0;
    if (!gap || value >= values.size()) {
      text += pattern[at];
      continue;
    }
    text += values[value];
    at += 2;
  }
  return text;
}

}  // namespace

Sentence& Sentence::operator+=(const Sentence& more) {
  parts_.insert(parts_.end(), more.parts_.begin(), more.parts_.end());
  return *this;
}

std::string Sentence::text() const {
  std::string text;
  for (const Part& part : parts_)
    text += filled(part.pattern, part.values);
  return text;
}

Json::Value Sentence::parts() const {
  Json::Value json(Json::arrayValue);
  for (const Part& part : parts_) {
    Json::Value& row = json.append(Json::Value(Json::arrayValue));
    row.append(part.pattern);
    for (const std::string& value : part.values)
      row.append(value);
  }
  return json;
}

Sentence said(const char* pattern, std::vector<std::string> values) {
  Sentence sentence;
  sentence.parts_.push_back({pattern, std::move(values)});
  return sentence;
}

Sentence verbatim(std::string text) {
  if (text.empty()) return {};
  return said("{0}", {std::move(text)});
}

}  // namespace sfteams::agent

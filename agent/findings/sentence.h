#pragma once

#include <string>
#include <vector>

#include <json/value.h>

namespace sfteams::agent {

/// Words for people that can be said in another language: parts, each a pattern with gaps "{0}",
/// "{1}" … (at most ten) and the values that fill them in. The patterns are the keys of the
/// translation, as in gettext; the administration page has the German one
/// (agent/admin/page/german.js), and a test holds it to the patterns in the sources.
class Sentence {
 public:
  Sentence() = default;

  Sentence& operator+=(const Sentence& more);
  friend Sentence operator+(Sentence first, const Sentence& second) { return first += second; }

  [[nodiscard]] bool empty() const { return parts_.empty(); }
  /// In English.
  [[nodiscard]] std::string text() const;
  /// [["{0} answers, {1} ms", "http://127.0.0.1/", "3"], …]
  [[nodiscard]] Json::Value parts() const;

 private:
  struct Part {
    std::string pattern;
    std::vector<std::string> values;
  };
  friend Sentence said(const char* pattern, std::vector<std::string> values);
  std::vector<Part> parts_;
};

/// Called with a literal, because the translation's test looks for those.
[[nodiscard]] Sentence said(const char* pattern, std::vector<std::string> values = {});

/// Commands, and what others have said: the same in every language.
[[nodiscard]] Sentence verbatim(std::string text);

}  // namespace sfteams::agent

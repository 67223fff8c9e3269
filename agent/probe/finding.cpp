#include "agent/probe/finding.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/text/line.h"

namespace sfteams::probe {
namespace {

int check_of(std::string_view question) {
  const auto* const place = std::ranges::find(kQuestions, question, &Question::text);
  return place == std::end(kQuestions) ? 0 : place->check;
}

}  // namespace

Finding found(std::string_view question, bool yes, std::vector<Fact> facts) {
  return {check_of(question),
          std::string(question),
          yes ? Answer::yes : Answer::no,
          {},
          std::move(facts)};
}

Finding not_found_out(std::string_view question, std::string why, std::vector<Fact> facts) {
  return {check_of(question), std::string(question), Answer::unknown, std::move(why),
          std::move(facts)};
}

std::string_view to_string(Answer answer) {
  switch (answer) {
    case Answer::yes:
      return "yes";
    case Answer::no:
      return "no";
    case Answer::unknown:
      break;
  }
  return "not found out";
}

std::string to_text(const Finding& finding) {
  std::string text =
      fmt::format("{} {}: {}", finding.check, finding.question, to_string(finding.answer));
  if (!finding.why.empty()) text += ": " + text::one_line(finding.why);
  text += '\n';
  for (const Fact& fact : finding.facts)
    text += fmt::format("    {}: {}\n", text::one_line(fact.name), text::one_line(fact.text));
  return text;
}

Json::Value to_json(const Finding& finding) {
  Json::Value json(Json::objectValue);
  json["check"] = finding.check;
  json["question"] = finding.question;
  json["answer"] = std::string(to_string(finding.answer));
  if (!finding.why.empty()) json["why"] = finding.why;
  json["facts"] = Json::Value(Json::arrayValue);
  for (const Fact& fact : finding.facts) {
    Json::Value item(Json::objectValue);
    item["name"] = fact.name;
    item["text"] = fact.text;
    json["facts"].append(std::move(item));
  }
  return json;
}

}  // namespace sfteams::probe

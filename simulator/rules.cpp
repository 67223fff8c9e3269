#include "simulator/rules.h"

#include <algorithm>
#include <array>
#include <utility>

#include "simulator/text.h"

namespace sfteams::simulator {
namespace {

constexpr std::array<std::pair<std::string_view, Misbehaviour>, 8> kNames{{
    {"close", Misbehaviour::close},
    {"close-mid-reply", Misbehaviour::close_mid_reply},
    {"no-answer", Misbehaviour::no_answer},
    {"slow-drip", Misbehaviour::slow_drip},
    {"html", Misbehaviour::html},
    {"http-500", Misbehaviour::http_500},
    {"bad-xml", Misbehaviour::bad_xml},
    {"huge-array", Misbehaviour::huge_array},
}};

}  // namespace

std::string_view to_string(Misbehaviour kind) {
  return kNames.at(static_cast<std::size_t>(kind)).first;
}

std::optional<Misbehaviour> parse_misbehaviour(std::string_view name) {
  for (const auto& [known, kind] : kNames) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

void Rules::read(const settings::Ini& ini, settings::Reader& reader) {
  std::vector<std::string> kinds;
  kinds.reserve(std::size(kNames));
  for (const auto& [name, kind] : kNames)
    kinds.emplace_back(name);
  for (const settings::Section& section : ini.sections()) {
    const std::string& name = section.name;
    if (name.starts_with("misbehave-")) {
      MisbehaviourRule rule;
      rule.method = reader.required(name, "method");
      const std::string kind = reader.choice(name, "kind", "close", kinds);
      rule.kind = parse_misbehaviour(kind).value_or(Misbehaviour::close);
      rule.times = reader.number(name, "times", 0, 0, MisbehaviourRule::kMostTimes);
      rule.execute = reader.yes_no(name, "execute", true);
      add(std::move(rule));
    } else if (name.starts_with("latency-")) {
      LatencyRule rule;
      rule.method = reader.required(name, "method");
      rule.time = transport::Duration(reader.number(name, "time", 0, 0, LatencyRule::kMostTime));
      rule.jitter =
          transport::Duration(reader.number(name, "jitter", 0, 0, LatencyRule::kMostTime));
      add(std::move(rule));
    }
  }
}

std::optional<MisbehaviourRule> Rules::misbehave(std::string_view method) {
  const auto found = std::find_if(misbehaviours_.begin(), misbehaviours_.end(),
                                  [&](const auto& rule) { return matches(rule.method, method); });
  if (found == misbehaviours_.end()) return std::nullopt;
  MisbehaviourRule rule = *found;
  if (found->times > 0 && --found->times == 0) misbehaviours_.erase(found);
  return rule;
}

const LatencyRule* Rules::latency(std::string_view method) const {
  const auto found = std::find_if(latencies_.begin(), latencies_.end(),
                                  [&](const auto& rule) { return matches(rule.method, method); });
  return found == latencies_.end() ? nullptr : &*found;
}

}  // namespace sfteams::simulator

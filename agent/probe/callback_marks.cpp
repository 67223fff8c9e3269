#include "agent/probe/callback_marks.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agent/probe/reply_form.h"
#include "base/text/ascii.h"
#include "base/text/percent.h"

namespace sfteams::probe {
namespace {

constexpr std::string_view kPrefix = "de.vertico.starface.";

bool is_hex(std::string_view text, std::size_t length) {
  return text.size() == length &&
         std::ranges::all_of(text, [](char c) { return text::hex_value(c).has_value(); });
}

bool is_jwt(std::string_view text) {
  return text.starts_with("eyJ") && std::ranges::count(text, '.') == 2 &&
         std::ranges::all_of(text, [](char c) {
           return text::is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
         });
}

void add(std::set<std::string>& names, const std::string& name) {
  if (is_word(name)) names.insert(name);
}

}  // namespace

std::string kind_of_token(std::string_view value) {
  if (value.empty()) return "none";
  if (is_jwt(value)) return "JWT";
  const std::size_t colon = value.rfind(':');
  const bool sha512 = colon != std::string_view::npos && is_hex(value.substr(colon + 1), 128);
  return sha512 || is_hex(value, 32) ? "legacy token" : "something else";
}

Heard read_query(std::string_view query) {
  Heard heard;
  heard.auth = heard.jwt = "none";
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view part = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = std::min(part.find('='), part.size());
    std::string_view name = part.substr(0, equals);
    if (!name.starts_with(kPrefix)) continue;
    name.remove_prefix(kPrefix.size());
    std::string value = text::percent_decode(part.substr(std::min(equals + 1, part.size())), false);
    if (name == "auth") heard.auth = kind_of_token(value);
    if (name == "jwt") {
      heard.jwt = kind_of_token(value);
      heard.token = crypto::Secret::from_text(value);
    }
    if (name != "auth" && name != "jwt" && is_word(name)) heard.others.emplace_back(name);
    crypto::wipe(value);
  }
  return heard;
}

bool is_call_state(const Heard& heard) {
  return text::lower_case(heard.method).ends_with("callstate");
}

std::string state_in(const Heard& heard) {
  if (heard.params.empty()) return {};
  const uci::Value* const state = heard.params.front().find("state");
  const std::string* const text = state == nullptr ? nullptr : state->as_string();
  const bool plain = text != nullptr && std::ranges::all_of(*text, [](char c) {
                       return c == '_' || (c >= 'A' && c <= 'Z');
                     });
  return plain && is_word(*text) ? *text : std::string();
}

std::vector<Fact> facts_of(const std::vector<Heard>& heard) {
  std::set<std::string> auth;
  std::set<std::string> jwt;
  std::set<std::string> others;
  std::set<std::string> methods;
  std::set<std::string> members;
  std::vector<std::string> states;
  for (const Heard& one : heard) {
    auth.insert(one.auth);
    jwt.insert(one.jwt);
    for (const std::string& name : one.others)
      add(others, name);
    if (one.method.starts_with("ucp.")) add(methods, one.method);
    if (!is_call_state(one) || one.params.empty()) continue;
    if (const uci::Struct* const call = one.params.front().as_struct()) {
      for (const uci::Member& member : *call)
        add(members, member.name);
    }
    const std::string state = state_in(one);
    states.push_back(state.empty() ? "(none)" : state);
  }
  std::vector<Fact> facts{{"events", std::to_string(heard.size())}};
  if (heard.empty()) return facts;
  const auto fact = [&facts](const char* name, const auto& texts) {
    if (!texts.empty()) facts.push_back({name, fmt::format("{}", fmt::join(texts, ", "))});
  };
  fact("auth in the callback's query", auth);
  fact("jwt in the callback's query", jwt);
  fact("other parameters there", others);
  fact("methods of events", methods);
  fact("members of a call", members);
  fact("states of calls", states);
  return facts;
}

}  // namespace sfteams::probe

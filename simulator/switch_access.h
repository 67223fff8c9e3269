#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/text/ascii.h"
#include "simulator/switches.h"

namespace sfteams::simulator {

// What the tables of switches are made of: functions that write a member of the options from a
// text, and the other way round.

/// One value of an enumeration, and its name in files.
template <typename E>
struct Choice {
  std::string_view name;
  E value;
};

template <typename M>
M& member_of(Options& options, M Options::*member) {
  return options.*member;
}
template <typename M>
M& member_of(Options& options, M OauthOptions::*member) {
  return options.oauth.*member;
}
template <typename M>
M& member_of(Options& options, M RestOptions::*member) {
  return options.rest.*member;
}
template <typename M>
const M& member_of(const Options& options, M Options::*member) {
  return options.*member;
}
template <typename M>
const M& member_of(const Options& options, M OauthOptions::*member) {
  return options.oauth.*member;
}
template <typename M>
const M& member_of(const Options& options, M RestOptions::*member) {
  return options.rest.*member;
}

inline constexpr std::array kRefusals{
    Choice<Refusal>{"fault", Refusal::fault},        Choice<Refusal>{"http-401", Refusal::http_401},
    Choice<Refusal>{"http-403", Refusal::http_403},  Choice<Refusal>{"redirect", Refusal::redirect},
    Choice<Refusal>{"false", Refusal::answer_false}, Choice<Refusal>{"page", Refusal::page},
    Choice<Refusal>{"http-500", Refusal::http_500},  Choice<Refusal>{"empty", Refusal::empty},
    Choice<Refusal>{"http-204", Refusal::http_204},  Choice<Refusal>{"http-400", Refusal::http_400},
    Choice<Refusal>{"http-404", Refusal::http_404},  Choice<Refusal>{"close", Refusal::close}};
inline constexpr std::string_view kRefusalNames =
    "fault | http-401 | http-403 | redirect | false | page | http-500 | empty | http-204 | "
    "http-400 | http-404 | close";

inline constexpr std::array kYesNo{Choice<bool>{"yes", true},  Choice<bool>{"no", false},
                                   Choice<bool>{"true", true}, Choice<bool>{"false", false},
                                   Choice<bool>{"on", true},   Choice<bool>{"off", false},
                                   Choice<bool>{"1", true},    Choice<bool>{"0", false}};

template <auto Member, const auto& Choices>
bool set_choice(Options& options, std::string_view text) {
  for (const auto& choice : Choices) {
    if (choice.name != text) continue;
    member_of(options, Member) = choice.value;
    return true;
  }
  return false;
}

template <auto Member, const auto& Choices>
std::string get_choice(const Options& options) {
  for (const auto& choice : Choices) {
    if (choice.value == member_of(options, Member)) return std::string(choice.name);
  }
  return {};
}

template <auto Member, std::int64_t Least, std::int64_t Most>
bool set_number(Options& options, std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  if (number < Least || number > Most) return false;
  auto& member = member_of(options, Member);
  member = std::decay_t<decltype(member)>(number);
  return true;
}

template <auto Member>
std::string get_number(const Options& options) {
  return std::to_string(member_of(options, Member));
}

template <auto Member>
std::string get_duration(const Options& options) {
  return std::to_string(member_of(options, Member).count());
}

/// Visible characters of ASCII; spaces only between others.
template <auto Member, std::size_t Least, std::size_t Most>
bool set_text(Options& options, std::string_view text) {
  if (text.size() < Least || text.size() > Most || !text::is_printable(text)) return false;
  if (text.starts_with(' ') || text.ends_with(' ')) return false;
  member_of(options, Member) = text;
  return true;
}

template <auto Member>
std::string get_text(const Options& options) {
  return member_of(options, Member);
}

inline constexpr std::int64_t kLongestDuration = 864'000'000;  // milliseconds: ten days

template <auto Member, const auto& Choices>
inline constexpr Switch::Access kChoice{set_choice<Member, Choices>, get_choice<Member, Choices>};
template <auto Member, std::int64_t Least, std::int64_t Most>
inline constexpr Switch::Access kNumber{set_number<Member, Least, Most>, get_number<Member>};
template <auto Member, std::int64_t Least>
inline constexpr Switch::Access kDuration{set_number<Member, Least, kLongestDuration>,
                                          get_duration<Member>};
template <auto Member, std::size_t Least, std::size_t Most>
inline constexpr Switch::Access kText{set_text<Member, Least, Most>, get_text<Member>};

/// The part of switches() that is about OAuth.
[[nodiscard]] std::span<const Switch> oauth_switches();

/// The part of switches() that is about REST.
[[nodiscard]] std::span<const Switch> rest_switches();

/// The switch `preset`.
[[nodiscard]] bool set_preset(Options& options, std::string_view text);

}  // namespace sfteams::simulator

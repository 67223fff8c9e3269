#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/settings/codes.h"
#include "base/settings/ini.h"
#include "base/settings/nearest.h"
#include "base/text/trimmed.h"

namespace sfteams::settings {
namespace {

bool one_of(std::string_view value, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, value) != words.end();
}

std::string where(const Ini& ini, int line) {
  return fmt::format("{}:{}", ini.origin(), line);
}

/// What is wrong with a text that should be a number: `error` of reading it.
std::string hint_for_number(std::string_view text, std::errc error, std::string_view unit) {
  constexpr std::string_view kDigits = "0123456789";
  const bool number = error == std::errc::result_out_of_range ||
                      (!text.empty() && text.find_first_not_of("-0123456789") == text.npos);
  if (number) return "choose a number within these bounds, or leave the line out for the default";
  const std::size_t end = text.find_first_not_of(kDigits);
  if (end != 0 && end != text.npos && (text[end] == ',' || text[end] == '.'))
    return "write it without a comma and without a point, also between thousands";
  return unit.empty() ? "write the number alone, in digits"
                      : "write the number alone, without a unit";
}

}  // namespace

const Entry* Reader::take(std::string_view section, std::string_view key) {
  std::vector<std::string>& keys = asked_[std::string(section)];
  if (std::ranges::find(keys, key) == keys.end()) keys.emplace_back(key);
  return ini_.find(section, key);
}

void Reader::keep(Error error) {
  if (!failure_) failure_ = std::move(error);
}

std::string Reader::text(std::string_view section, std::string_view key, std::string fallback) {
  const Entry* entry = take(section, key);
  if (entry != nullptr) return entry->value;
  return fallback;
}

std::string Reader::required(std::string_view section, std::string_view key) {
  const Entry* entry = take(section, key);
  if (entry == nullptr) {
    keep({codes::kMissing,
          fmt::format("{}: the key \"{}\" in [{}] is missing", ini_.origin(), key, section),
          fmt::format("add \"{} = …\" under [{}]", key, section)});
    return {};
  }
  if (entry->value.empty()) {
    keep({codes::kMissing,
          fmt::format("{}: the key \"{}\" in [{}] has no value", where(ini_, entry->line), key,
                      section),
          fmt::format("write its value behind the =: \"{} = …\"", key)});
  }
  return entry->value;
}

bool Reader::yes_no(std::string_view section, std::string_view key, bool fallback) {
  const Entry* entry = take(section, key);
  if (entry == nullptr) return fallback;
  if (one_of(entry->value, {"yes", "true", "on", "1"})) return true;
  if (one_of(entry->value, {"no", "false", "off", "0"})) return false;
  reject(section, key, "it has to be yes or no", "write yes or no, in small letters");
  return fallback;
}

long long Reader::number(std::string_view section, std::string_view key, long long fallback,
                         long long least, long long most, std::string_view unit) {
  const Entry* entry = take(section, key);
  if (entry == nullptr) return fallback;
  const std::string& text = entry->value;
  const char* const end = text.data() + text.size();
  long long value = 0;
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && rest == end && value >= least && value <= most) return value;
  const std::string of = unit.empty() ? "" : fmt::format(" of {}", unit);
  reject(section, key, fmt::format("it has to be a whole number{} from {} to {}", of, least, most),
         hint_for_number(text, error, unit));
  return fallback;
}

std::size_t Reader::count(std::string_view section, std::string_view key, std::size_t fallback,
                          long long least, long long most, std::string_view unit) {
  return static_cast<std::size_t>(
      number(section, key, static_cast<long long>(fallback), least, most, unit));
}

std::chrono::milliseconds Reader::seconds(std::string_view section, std::string_view key,
                                          std::chrono::milliseconds fallback, long long least,
                                          long long most) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(fallback);
  return std::chrono::seconds(number(section, key, whole.count(), least, most, "seconds"));
}

std::vector<std::string> Reader::list(std::string_view section, std::string_view key,
                                      std::vector<std::string> fallback) {
  const Entry* entry = take(section, key);
  if (entry == nullptr) return fallback;
  std::vector<std::string> parts;
  std::string_view rest = entry->value;
  if (text::trimmed(rest).empty()) return parts;
  while (true) {
    const std::size_t comma = rest.find(',');
    parts.emplace_back(text::trimmed(rest.substr(0, comma)));
    if (comma == std::string_view::npos) return parts;
    rest.remove_prefix(comma + 1);
  }
}

std::string Reader::choice(std::string_view section, std::string_view key, std::string fallback,
                           const std::vector<std::string>& choices) {
  const Entry* entry = take(section, key);
  if (entry == nullptr) return fallback;
  if (std::ranges::find(choices, entry->value) != choices.end()) return entry->value;
  const std::string meant = nearest(entry->value, choices);
  reject(section, key, fmt::format("it has to be one of {}", fmt::join(choices, ", ")),
         meant.empty() ? "write one of these words, in small letters"
                       : fmt::format("did you mean {}?", meant));
  return fallback;
}

void Reader::reject(std::string_view section, std::string_view key, const std::string& reason,
                    const std::string& hint) {
  const Entry* entry = take(section, key);
  const std::string place = entry == nullptr ? ini_.origin() : where(ini_, entry->line);
  keep({codes::kBadValue,
        fmt::format("{}: the value of \"{}\" in [{}] is wrong: {}", place, key, section, reason),
        hint});
}

Result<void> Reader::finish() const {
  if (failure_ && failure_->code != codes::kMissing) return fail(*failure_);
  for (const Section& section : ini_.sections()) {
    if (asked_.contains(section.name)) continue;
    std::vector<std::string> names;
    for (const auto& [name, keys] : asked_)
      names.push_back(name);
    const std::string meant = nearest(section.name, names);
    return fail(
        codes::kUnknownSection,
        fmt::format("{}: the section [{}] is unknown", where(ini_, section.line), section.name),
        meant.empty() ? fmt::format("the sections are [{}]", fmt::join(names, "], ["))
                      : fmt::format("did you mean [{}]?", meant));
  }
  for (const Entry& entry : ini_.entries()) {
    const std::vector<std::string>& keys = asked_.find(entry.section)->second;
    if (std::ranges::find(keys, entry.key) != keys.end()) continue;
    return fail(codes::kUnknownKey,
                fmt::format("{}: the key \"{}\" in [{}] is unknown", where(ini_, entry.line),
                            entry.key, entry.section),
                advice(entry, keys));
  }
  if (failure_) return fail(*failure_);
  return {};
}

std::string Reader::advice(const Entry& entry, const std::vector<std::string>& keys) const {
  for (const auto& [section, others] : asked_) {
    if (std::ranges::find(others, entry.key) != others.end()) {
      return fmt::format("it belongs under [{}]", section);
    }
  }
  const std::string meant = nearest(entry.key, keys);
  if (!meant.empty()) return fmt::format("did you mean \"{}\"?", meant);
  return fmt::format("the keys of this section are {}", fmt::join(keys, ", "));
}

}  // namespace sfteams::settings

#include "base/settings/edit.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/settings/codes.h"
#include "base/settings/ini.h"
#include "base/text/trimmed.h"

namespace sfteams::settings {
namespace {

constexpr std::string_view kBlank = " \t";

/// With their line ends.
std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

std::string_view line_end(const std::vector<std::string>& lines) {
  return !lines.empty() && lines.front().ends_with("\r\n") ? "\r\n" : "\n";
}

/// Whether a line is ";key = …", the default that a comment shows.
bool shows(std::string_view line, std::string_view key) {
  line = text::trimmed(line);
  if (!line.starts_with(';') && !line.starts_with('#')) return false;
  line = text::trimmed(line.substr(1));
  if (!line.starts_with(key)) return false;
  return text::trimmed(line.substr(key.size())).starts_with('=');
}

Result<std::string> bad_value(std::string_view section, std::string_view key,
                              const std::string& why, const std::string& origin) {
  return fail(codes::kBadValue, fmt::format("{}: [{}] {}: {}", origin, section, key, why),
              "write it without that");
}

/// Of a line that is counted from 1.
std::size_t index(int line) {
  return static_cast<std::size_t>(line) - 1;
}

std::string join(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines)
    text += line;
  return text;
}

/// " ; why" behind a value, with the blanks before it: a ; begins a comment where a blank stands in
/// front, as libinih reads it.
std::string_view comment_of(std::string_view line) {
  std::size_t at = line.find('=');
  do {
    at = line.find(';', at + 1);
    if (at == std::string_view::npos) return {};
  } while (kBlank.find(line[at - 1]) == std::string_view::npos);
  return line.substr(line.find_last_not_of(kBlank, at - 1) + 1);
}

/// "key = value ; why" with another value; indent, comment and line end stay.
std::string with_value(std::string_view line, std::string_view key, std::string_view value) {
  const std::string_view content = line.substr(0, line.find_first_of("\r\n"));
  const std::string_view indent = content.substr(0, content.find_first_not_of(kBlank));
  return fmt::format("{}{} = {}{}{}", indent, key, value, comment_of(content),
                     line.substr(content.size()));
}

/// The changed text, not checked yet.
std::string changed(std::string_view text, const Ini& ini, std::string_view section,
                    std::string_view key, std::string_view value) {
  std::vector<std::string> lines = lines_of(text);
  const std::string end(line_end(lines));
  const std::string line = fmt::format("{} = {}", key, value);
  if (const Entry* const entry = ini.find(section, key); entry != nullptr) {
    std::string& old = lines[index(entry->line)];
    old = with_value(old, key, value);
    return join(lines);
  }
  if (!lines.empty() && !lines.back().ends_with('\n')) lines.back() += end;
  const auto found = std::ranges::find(ini.sections(), section, &Section::name);
  if (found == ini.sections().end()) {
    return join(lines) + (lines.empty() ? "" : end) + fmt::format("[{}]", section) + end + line +
           end;
  }
  const auto next = std::next(found);
  const std::size_t heading = index(found->line);
  const std::size_t last = next == ini.sections().end() ? lines.size() : index(next->line);
  std::size_t behind = heading;
  for (const Entry& other : ini.entries()) {
    if (other.section == section) behind = index(other.line);
  }
  for (std::size_t i = heading + 1; i < last; ++i) {
    if (!shows(lines[i], key)) continue;
    behind = i;
    break;
  }
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(behind) + 1, line + end);
  return join(lines);
}

}  // namespace

Result<std::string> set_value(std::string_view text, std::string_view section, std::string_view key,
                              std::string_view value, const std::string& origin) {
  const Result<Ini> ini = Ini::parse(text, origin);
  if (!ini) return fail(ini.error());
  value = text::trimmed(value);
  if (value.find_first_of("\r\n") != std::string_view::npos)
    return bad_value(section, key, "the value has a line break", origin);
  std::string result = changed(text, *ini, section, key, value);
  // Whoever reads it has the last word: nothing else may have changed, and this has to say this.
  const Result<Ini> again = Ini::parse(result, origin);
  if (!again) return fail(codes::kBadValue, again.error().message, again.error().hint);
  const Entry* const entry = again->find(section, key);
  if (entry == nullptr || entry->value != value)
    return bad_value(section, key, "the value cannot be written in one line", origin);
  return result;
}

}  // namespace sfteams::settings

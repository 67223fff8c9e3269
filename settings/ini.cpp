#include "settings/ini.h"

#include <algorithm>
#include <fstream>
#include <unordered_map>

#include <fmt/format.h>
#include <ini.h>

#include "crypto/encoding.h"
#include "settings/codes.h"
#include "settings/rights.h"

namespace sfteams::settings {
namespace {

/// Ten times what packaging/ ships, with every comment.
/// libinih reads through a buffer of 200 bytes and silently takes the rest of a longer line for a
/// new one.
constexpr std::size_t kMaxLine = 198;
constexpr std::size_t kMaxName = 40;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kBlank = " \t";

std::string_view without_indent(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
  return line;
}

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > kMaxName) return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool has_control(std::string_view line) {
  return std::ranges::any_of(line, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

struct Pair {
  std::string key;
  std::string value;
  int count = 0;
};

int take_pair(void* user, const char* /*section*/, const char* name, const char* value) {
  auto* pair = static_cast<Pair*>(user);
  pair->key = name;
  pair->value = value;
  ++pair->count;
  return 1;
}

/// "key = value ; comment" by libinih. It is asked line by line, because it does not tell line
/// numbers and would take an indented line for the continuation of the value above.
std::optional<Pair> split_pair(std::string_view line) {
  const std::size_t separator = line.find_first_of("=:");
  if (separator == std::string_view::npos || line[separator] != '=') return std::nullopt;
  Pair pair;
  const std::string text(line);
  if (ini_parse_string(text.c_str(), &take_pair, &pair) != 0) return std::nullopt;
  if (pair.count != 1 || !is_name(pair.key)) return std::nullopt;
  return pair;
}

/// The name in "[name]  ; comment".
std::optional<std::string> section_name(std::string_view line) {
  const std::size_t end = line.find(']');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view rest = line.substr(end + 1);
  const std::string_view after = without_indent(rest);
  const bool comment =
      rest.size() > after.size() && (after.starts_with(';') || after.starts_with('#'));
  if (!after.empty() && !comment) return std::nullopt;
  const std::string_view name = line.substr(1, end - 1);
  if (!is_name(name)) return std::nullopt;
  return std::string(name);
}

/// Collects the lines of one file.
class Lines {
 public:
  Lines(const std::string& origin, std::vector<Section>& sections, std::vector<Entry>& entries)
      : origin_(origin), sections_(sections), entries_(entries) {}

  Result<void> take(std::string_view line) {
    ++number_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!crypto::is_utf8(line)) return wrong("it is not UTF-8");
    if (has_control(line)) return wrong("it holds a control character");
    const std::string_view content = without_indent(line);
    if (content.empty() || content.front() == ';' || content.front() == '#') return {};
    if (line.size() > kMaxLine) {
      return wrong(
          fmt::format("it has {} bytes, more than the {} allowed; a long list goes into "
                      "a file of its own, as named-file is for named",
                      line.size(), kMaxLine));
    }
    return content.front() == '[' ? take_section(content) : take_entry(content);
  }

 private:
  Result<void> take_section(std::string_view content) {
    std::optional<std::string> name = section_name(content);
    if (!name) return wrong("a section is written [name], with letters, digits and -");
    if (const auto [before, added] = lines_.try_emplace(*name, number_); !added) {
      return fail(codes::kRepeatedSection,
                  fmt::format("{}:{}: the section [{}] stands there a second time, after line {}",
                              origin_, number_, *name, before->second),
                  "put all its keys under one heading");
    }
    sections_.push_back({std::move(*name), number_});
    return {};
  }

  Result<void> take_entry(std::string_view content) {
    std::optional<Pair> pair = split_pair(content);
    if (!pair) return wrong("it is neither [section], nor key = value, nor a comment");
    if (sections_.empty()) {
      return wrong(fmt::format("the key \"{}\" stands before the first [section]", pair->key));
    }
    const std::string& section = sections_.back().name;
    const auto [before, added] = lines_.try_emplace(section + "/" + pair->key, number_);
    if (!added) {
      return fail(
          codes::kRepeatedKey,
          fmt::format("{}:{}: the key \"{}\" in [{}] stands there a second time, after line {}",
                      origin_, number_, pair->key, section, before->second),
          "keep the one that is meant");
    }
    entries_.push_back({section, std::move(pair->key), std::move(pair->value), number_});
    return {};
  }

  [[nodiscard]] tl::unexpected<Error> wrong(const std::string& why) const {
    return fail(codes::kSyntax,
                fmt::format("{}:{}: the line cannot be understood: {}", origin_, number_, why),
                "correct the line, or begin it with # to leave it out");
  }

  const std::string& origin_;
  std::vector<Section>& sections_;
  std::vector<Entry>& entries_;
  /// Of "section" and "section/key"; names have no '/'.
  std::unordered_map<std::string, int> lines_;
  int number_ = 0;
};

tl::unexpected<Error> unreadable(const std::filesystem::path& file, const std::string& why,
                                 std::string hint) {
  return fail(codes::kUnreadable, "the configuration " + file.string() + " cannot be read: " + why,
              std::move(hint));
}

}  // namespace

Result<Ini> Ini::parse(std::string_view text, std::string origin) {
  Ini ini;
  ini.origin_ = std::move(origin);
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  Lines lines(ini.origin_, ini.sections_, ini.entries_);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (Result<void> taken = lines.take(line); !taken) return fail(taken.error());
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return ini;
}

Result<Ini> Ini::read(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    if (error) return unreadable(file, error.message(), "check the path and its permissions");
    return unreadable(file, "it is no regular file", "check the path");
  }
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    return unreadable(file, std::generic_category().message(errno), hint_to_let_read("0640"));
  }
  std::string text(kMostBytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (stream.bad()) return unreadable(file, "reading failed on the way", "check the disk");
  if (text.size() > kMostBytes) {
    return unreadable(file, "it is larger than 64 KiB",
                      "check that this is the right file; many users go into a file of their own "
                      "(named-file)");
  }
  return parse(text, file.string());
}

const Entry* Ini::find(std::string_view section, std::string_view key) const {
  for (const Entry& entry : entries_) {
    if (entry.section == section && entry.key == key) return &entry;
  }
  return nullptr;
}

}  // namespace sfteams::settings

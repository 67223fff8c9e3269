#include "base/settings/ini.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <unordered_map>

#include <fmt/format.h>
#include <ini.h>

#include "base/error/system_error.h"
#include "base/settings/codes.h"
#include "base/settings/rights.h"
#include "base/text/encoding.h"
#include "base/text/invisible.h"

namespace sfteams::settings {
namespace {

/// libinih reads through a buffer of 200 bytes and silently takes the rest of a longer line for a
/// new one.
constexpr std::size_t kMaxLine = 198;
constexpr std::size_t kMaxName = 40;
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

bool is_comment(std::string_view content) {
  return content.front() == ';' || content.front() == '#';
}

/// Tabs are blanks here.
std::optional<text::Invisible> find_invisible_but_tabs(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '\t', ' ');
  return text::find_invisible(spaced);
}

/// Of ASCII alone: in a comment, other bytes may be of any encoding.
std::optional<text::Invisible> find_control(std::string_view line) {
  std::string ascii(line);
  std::ranges::replace_if(
      ascii, [](char c) { return static_cast<unsigned char>(c) >= 0x80 || c == '\t'; }, ' ');
  return text::find_invisible(ascii);
}

std::string_view without_blanks_behind(std::string_view text) {
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

/// Where the value begins in "key = value".
std::size_t value_begin(std::string_view line) {
  return std::min(line.find_first_not_of(kBlank, line.find('=') + 1), line.size());
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

/// As a whole, by the straight or the typographic marks of any keyboard.
bool is_quoted(std::string_view value) {
  constexpr std::array<std::string_view, 9> kMarks{
      "\"",           "'",        "\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e", "\xe2\x80\x98",
      "\xe2\x80\x99", "\xc2\xab", "\xc2\xbb"};
  const auto begins = [&](std::string_view mark) { return value.starts_with(mark); };
  const auto ends = [&](std::string_view mark) { return value.ends_with(mark); };
  return value.size() > 1 && std::ranges::any_of(kMarks, begins) &&
         std::ranges::any_of(kMarks, ends);
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
    if (const auto control = find_control(line)) {
      return wrong(fmt::format("it has {}", control->describe()),
                   std::string(text::kInvisibleHint) + "; a line ends with LF or CR LF");
    }
    const std::string_view content = without_indent(line);
    indent_ = line.size() - content.size();
    // Nobody reads a comment but people, whose editor may save it in whatever encoding.
    if (content.empty() || is_comment(content)) return {};
    if (!text::is_utf8(line)) return wrong_encoding();
    if (line.size() > kMaxLine) {
      return wrong(
          fmt::format("it has {} bytes, more than the {} allowed", line.size(), kMaxLine),
          "put a long list into a file of its own, as named-file is for named; a long comment "
          "into lines of its own");
    }
    return content.front() == '[' ? take_section(content) : take_entry(content);
  }

 private:
  Result<void> take_section(std::string_view content) {
    std::optional<std::string> name = section_name(content);
    if (!name) {
      return wrong_or_invisible(content, "it is no heading of a section",
                                "write [name], with letters, digits and - between the brackets and "
                                "nothing behind them");
    }
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
    // libinih skips a byte order mark in front of any text, and so of any line.
    std::optional<Pair> pair;
    if (text::without_byte_order_mark(content) == content) pair = split_pair(content);
    if (!pair) return no_pair(content);
    if (sections_.empty()) {
      return wrong(fmt::format("the key \"{}\" stands before the first [section]", pair->key),
                   "put the heading of its section above it, such as [system]");
    }
    if (Result<void> fine = check_value(*pair, content); !fine) return fine;
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

  /// What people write around a value, which would be taken for a part of it. Quotes nothing of it.
  [[nodiscard]] Result<void> check_value(const Pair& pair, std::string_view line) const {
    const auto bad = [&](const std::string& fault, std::string hint) {
      return fail(codes::kBadValue,
                  fmt::format("{}:{}: the value of \"{}\" in [{}] {}", origin_, number_, pair.key,
                              sections_.back().name, fault),
                  std::move(hint));
    };
    if (const auto invisible = find_invisible_but_tabs(pair.value)) {
      const std::size_t before = characters(line.substr(0, value_begin(line)));
      return bad(fmt::format("has {} at position {} of the line", invisible->name(),
                             invisible->position + before + indent_),
                 std::string(text::kInvisibleHint));
    }
    if (is_quoted(pair.value))
      return bad("is in quotation marks", "remove them: a value ends where its line ends");
    if (pair.value.find(" #") != std::string::npos || pair.value.find("\t#") != std::string::npos) {
      return bad("has a comment behind it that begins with #",
                 "begin a comment behind a value with ; or put it into a line of its own");
    }
    return {};
  }

  /// Why a line that is no comment and no heading is no entry either.
  [[nodiscard]] tl::unexpected<Error> no_pair(std::string_view content) const {
    const std::size_t separator = content.find_first_of("=:");
    const std::string_view front = without_blanks_behind(content.substr(0, separator));
    const std::string_view word = front.substr(0, front.find_first_of(kBlank));
    if (separator != std::string_view::npos && content[separator] == ':' && is_name(front)) {
      return wrong(fmt::format("a : follows the key \"{}\"", front),
                   fmt::format("write \"{} = …\", with = between key and value", front));
    }
    if (separator == std::string_view::npos || content[separator] == ':') {
      const std::string example = is_name(word) ? std::string(word) : "key";
      return wrong_or_invisible(content, "there is no = in it",
                                fmt::format("write \"{} = …\", or begin the line with # to make it "
                                            "a comment",
                                            example));
    }
    if (front.empty()) return wrong("there is no key in front of the =", "write \"key = value\"");
    std::string hint = "write \"key = value\"; the documentation lists the keys of each section";
    std::string meant(front);
    std::ranges::replace_if(
        meant, [](char c) { return c == '_' || c == ' '; }, '-');
    if (is_name(meant)) hint = fmt::format("did you mean \"{}\"?", meant);
    return wrong_or_invisible(content.substr(0, separator),
                              "what stands in front of the = is no key, which has 1 to 40 letters, "
                              "digits and -",
                              std::move(hint));
  }

  [[nodiscard]] tl::unexpected<Error> wrong_encoding() const {
    return wrong("it is not UTF-8, but probably Latin-1 or Windows-1252",
                 "save the file as UTF-8, which editors offer as an encoding, or convert it: iconv "
                 "-f WINDOWS-1252 -t UTF-8");
  }

  /// The reason that nobody can see goes before the one that everybody can.
  [[nodiscard]] tl::unexpected<Error> wrong_or_invisible(std::string_view part,
                                                         const std::string& why,
                                                         std::string hint) const {
    const auto invisible = find_invisible_but_tabs(part);
    if (!invisible) return wrong(why, std::move(hint));
    return wrong(
        fmt::format("it has {} at position {}", invisible->name(), invisible->position + indent_),
        std::string(text::kInvisibleHint));
  }

  [[nodiscard]] tl::unexpected<Error> wrong(const std::string& why, std::string hint) const {
    return fail(codes::kSyntax,
                fmt::format("{}:{}: the line cannot be understood: {}", origin_, number_, why),
                std::move(hint));
  }

  const std::string& origin_;
  std::vector<Section>& sections_;
  std::vector<Entry>& entries_;
  /// Of "section" and "section/key"; names have no '/'.
  std::unordered_map<std::string, int> lines_;
  int number_ = 0;
  std::size_t indent_ = 0;  ///< blanks in front of the line
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
  if (const std::string_view wide = text::wide_encoding(text); !wide.empty()) {
    return fail(codes::kSyntax,
                fmt::format("{}: the file is in {}, and only UTF-8 is read", ini.origin_, wide),
                fmt::format("save it as UTF-8, which editors offer as an encoding, or convert it: "
                            "iconv -f {} -t UTF-8",
                            wide));
  }
  text = text::without_byte_order_mark(text);
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
  const int problem = errno;
  if (!stream) {
    return unreadable(file, system_message(problem), hint_to_let_read("0640"));
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

#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error/error.h"

namespace sfteams::settings {

/// One `key = value` of an INI file, with the place it stands.
struct Entry {
  std::string section;
  std::string key;
  std::string value;  ///< trimmed; may be empty
  int line = 0;       ///< from 1
};

/// A `[section]` and the line it stands in.
struct Section {
  std::string name;
  int line = 0;  ///< from 1
};

/// An INI file, read strictly: [section], key = value, comments from ; or # at the start of a line
/// (and " ;" after a value). Names of sections and keys have 1 … 40 characters of [A-Za-z0-9-]; a
/// line that is no comment has at most 198 bytes; nothing continues on the next line; a byte order
/// mark at the start is skipped. A repeated section, a repeated key, a key outside a section, a
/// line that is none of these, a control character, or bytes that are not UTF-8 outside a comment:
/// settings.syntax / settings.repeated-section / settings.repeated-key, each naming file and line.
/// A value in quotation marks, with a comment from # behind it or with an invisible character
/// (base/text/invisible.h): settings.bad-value. UTF-16 and UTF-32: settings.syntax.
class Ini {
 public:
  /// Of a file: eight times what packaging/ ships, with every comment.
  static constexpr std::size_t kMostBytes = 65'536;

  /// `origin` is what messages call the text (a path).
  [[nodiscard]] static Result<Ini> parse(std::string_view text, std::string origin);
  /// Fails with settings.unreadable (missing, no permission, a directory, over kMostBytes).
  [[nodiscard]] static Result<Ini> read(const std::filesystem::path& file);

  [[nodiscard]] const std::string& origin() const { return origin_; }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] const std::vector<Section>& sections() const { return sections_; }
  /// nullptr when it is not there.
  [[nodiscard]] const Entry* find(std::string_view section, std::string_view key) const;

 private:
  std::string origin_;
  std::vector<Entry> entries_;
  std::vector<Section> sections_;
};

/// Takes the typed values out of an Ini and remembers which keys were asked for, so that finish()
/// can refuse every other one. The first failure is kept and comes out of finish(); getters then
/// return the default.
class Reader {
 public:
  explicit Reader(const Ini& ini) : ini_(ini) {}

  [[nodiscard]] std::string text(std::string_view section, std::string_view key,
                                 std::string fallback);
  /// Must be there and not empty: settings.missing.
  [[nodiscard]] std::string required(std::string_view section, std::string_view key);
  /// yes/no, true/false, on/off, 1/0.
  [[nodiscard]] bool yes_no(std::string_view section, std::string_view key, bool fallback);
  /// Whole number in [least, most]; `unit` is what the message calls it ("seconds").
  [[nodiscard]] long long number(std::string_view section, std::string_view key, long long fallback,
                                 long long least, long long most, std::string_view unit = {});
  /// The same, for a quantity that is not negative; `least` is not, either.
  [[nodiscard]] std::size_t count(std::string_view section, std::string_view key,
                                  std::size_t fallback, long long least, long long most,
                                  std::string_view unit = {});
  /// Whole seconds in [least, most].
  [[nodiscard]] std::chrono::milliseconds seconds(std::string_view section, std::string_view key,
                                                  std::chrono::milliseconds fallback,
                                                  long long least, long long most);
  /// "a, b" as {"a", "b"}: trimmed, empty ones between two commas included; none for an empty
  /// value.
  [[nodiscard]] std::vector<std::string> list(std::string_view section, std::string_view key,
                                              std::vector<std::string> fallback = {});
  /// One of `choices`.
  [[nodiscard]] std::string choice(std::string_view section, std::string_view key,
                                   std::string fallback, const std::vector<std::string>& choices);
  /// What stands beside the word that was chosen.
  template <typename Value>
  [[nodiscard]] Value choice(std::string_view section, std::string_view key, Value fallback,
                             std::initializer_list<std::pair<const char*, Value>> choices) {
    std::vector<std::string> words;
    for (const auto& [word, value] : choices)
      words.emplace_back(word);
    const std::string chosen = choice(section, key, std::string(), words);
    for (const auto& [word, value] : choices)
      if (chosen == word) return value;
    return fallback;
  }
  /// Marks a value as wrong for a reason only the caller knows: settings.bad-value with file and
  /// line.
  void reject(std::string_view section, std::string_view key, const std::string& reason,
              const std::string& hint = {});

  /// The first failure; or settings.unknown-key / settings.unknown-section for what nobody asked
  /// for, with the nearest known name as a hint. A missing key gives way to an unknown one, which
  /// is probably the same key misspelt.
  [[nodiscard]] Result<void> finish() const;

  /// Every section and key that was asked for: what may stand in the file.
  [[nodiscard]] const std::map<std::string, std::vector<std::string>, std::less<>>& asked() const {
    return asked_;
  }

 private:
  const Entry* take(std::string_view section, std::string_view key);
  void keep(Error error);
  [[nodiscard]] std::string advice(const Entry& entry, const std::vector<std::string>& keys) const;

  const Ini& ini_;
  std::map<std::string, std::vector<std::string>, std::less<>> asked_;
  std::optional<Error> failure_;
};

/// settings.hidden-file of each value that names a file which the installed services cannot see
/// (base/program/service_view.h): where it stands, and where the file may lie. Values are taken
/// from the INI's directory. Nothing about an INI that lies in such a place itself, which is no
/// service's.
[[nodiscard]] std::vector<Error> warnings_about_hidden_files(const Ini& ini);

/// Exactly one configuration: `path` is a file, or a directory that holds exactly one *.ini.
/// Fails with settings.none (nothing there), settings.several (names all files found) or
/// settings.unreadable (it cannot be looked into).
[[nodiscard]] Result<std::filesystem::path> find_one(const std::filesystem::path& path);

}  // namespace sfteams::settings

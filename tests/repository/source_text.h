#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// The project's own files as texts, for tests that compare what they say.

namespace sfteams {

inline const std::filesystem::path kRoot = SFTEAMS_SOURCE_DIR;

/// A C++ source, taken apart.
struct SourceText {
  std::vector<std::string> comments;  ///< lines that follow each other are one, without their marks
  std::vector<std::string> literals;  ///< what stands between the quotation marks, as written
  std::string code;                   ///< all but the comments
};

[[nodiscard]] std::string read_text(const std::filesystem::path& file);

[[nodiscard]] SourceText read_source(const std::filesystem::path& file);

/// Regular files, not those of builds, of git, or with bytes that are no text.
[[nodiscard]] std::vector<std::filesystem::path> files_below(const std::filesystem::path& root);

/// Of these, *.h and *.cpp.
[[nodiscard]] std::vector<std::filesystem::path> source_files(const std::filesystem::path& root);

/// What is opened by "namespace a::b {", in that order; never empty ("" for none).
[[nodiscard]] std::vector<std::string> namespaces_of(std::string_view code);

/// "namespace short = a::b;"
[[nodiscard]] std::map<std::string, std::string> namespace_aliases(std::string_view code);

/// The statements, each up to its ';', in which that stands.
[[nodiscard]] std::vector<std::string> statements_with(std::string_view code,
                                                       std::string_view what);

/// The string literals in a line of JavaScript.
[[nodiscard]] std::vector<std::string> literals_of_script(std::string_view line);

}  // namespace sfteams

#include "tests/repository/source_text.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <set>
#include <sstream>

namespace sfteams {
namespace {

namespace fs = std::filesystem;

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  SourceText read() {
    while (at_ < text_.size()) {
      if (next_is("//") || next_is("/*")) {
        take_comment();
      } else if (next_is("R\"") && (at_ == 0 || !is_word(text_[at_ - 1]))) {
        take_raw_literal();
      } else if (text_[at_] == '"') {
        take_literal('"', true);
      } else if (text_[at_] == '\'' && (at_ == 0 || !is_word(text_[at_ - 1]))) {
        take_literal('\'', false);
      } else {
        if (std::isspace(static_cast<unsigned char>(text_[at_])) == 0) comment_goes_on_ = false;
        source_.code += text_[at_++];
      }
    }
    return std::move(source_);
  }

 private:
  [[nodiscard]] bool next_is(std::string_view what) const {
    return text_.substr(at_).starts_with(what);
  }

  void take_comment() {
    const bool line = next_is("//");
    const std::size_t end = std::min(text_.find(line ? "\n" : "*/", at_), text_.size());
    std::string_view words = text_.substr(at_ + 2, end - at_ - 2);
    while (!words.empty() && (words.front() == '/' || words.front() == '<'))
      words.remove_prefix(1);
    if (comment_goes_on_) {
      source_.comments.back().append(words);
    } else {
      source_.comments.emplace_back(words);
    }
    comment_goes_on_ = true;
    at_ = line ? end : std::min(end + 2, text_.size());
  }

  void take_raw_literal() {
    const std::size_t open = text_.find('(', at_);
    const std::string close = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    const std::size_t end = std::min(text_.find(close, open), text_.size() - close.size());
    source_.literals.emplace_back(text_.substr(open + 1, end - open - 1));
    keep_up_to(end + close.size());
  }

  void take_literal(char mark, bool wanted) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != mark)
      end += text_[end] == '\\' ? 2U : 1U;
    end = std::min(end, text_.size() - 1);
    if (wanted) source_.literals.emplace_back(text_.substr(at_ + 1, end - at_ - 1));
    keep_up_to(end + 1);
  }

  void keep_up_to(std::size_t end) {
    comment_goes_on_ = false;
    source_.code += text_.substr(at_, end - at_);
    at_ = end;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool comment_goes_on_ = false;  ///< nothing but blanks stands between it and what comes
  SourceText source_;
};

}  // namespace

std::string read_text(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

SourceText read_source(const fs::path& file) {
  const std::string text = read_text(file);
  return Reader(text).read();
}

std::vector<fs::path> files_below(const fs::path& root) {
  static const std::set<std::string> kNoText{".png", ".der", ".bin", ".gz", ".ico", ".woff2"};
  // Made by a build, brought by npm, or input of fuzzers that is wrong on purpose.
  static const std::set<std::string> kNotOurs{"build", "corpus", "dist", "node_modules"};
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator place(root), end; place != end; ++place) {
    const std::string name = place->path().filename().string();
    if (place->is_directory() && (kNotOurs.contains(name) || name.starts_with("."))) {
      place.disable_recursion_pending();
    } else if (place->is_regular_file() && !kNoText.contains(place->path().extension().string())) {
      files.push_back(place->path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<fs::path> source_files(const fs::path& root) {
  std::vector<fs::path> files = files_below(root);
  std::erase_if(files, [](const fs::path& file) {
    return file.extension() != ".h" && file.extension() != ".cpp";
  });
  return files;
}

std::vector<std::string> namespaces_of(std::string_view code) {
  constexpr std::string_view kWord = "\nnamespace ";
  std::vector<std::string> found;
  for (std::size_t at = code.find(kWord); at != std::string_view::npos;
       at = code.find(kWord, at + 1)) {
    const std::string_view rest = code.substr(at + kWord.size());
    const std::string name(rest.substr(0, rest.find_first_of(" {=;\n")));
    if (!name.empty() && rest.substr(name.size()).starts_with(" {")) found.push_back(name);
  }
  if (found.empty()) found.emplace_back();
  return found;
}

std::map<std::string, std::string> namespace_aliases(std::string_view code) {
  constexpr std::string_view kWord = "namespace ";
  std::map<std::string, std::string> found;
  for (std::size_t at = code.find(kWord); at != std::string_view::npos;
       at = code.find(kWord, at + 1)) {
    const std::string_view rest = code.substr(at + kWord.size());
    const std::string_view name = rest.substr(0, rest.find_first_of(" {;\n"));
    if (!rest.substr(name.size()).starts_with(" = ")) continue;
    const std::string_view target = rest.substr(name.size() + 3);
    found.emplace(name, target.substr(0, target.find(';')));
  }
  return found;
}

std::vector<std::string> statements_with(std::string_view code, std::string_view what) {
  std::vector<std::string> found;
  for (std::size_t at = code.find(what); at != std::string_view::npos;) {
    const std::size_t end = std::min(code.find(';', at), code.size());
    found.emplace_back(code.substr(at, end - at));
    at = code.find(what, end);
  }
  return found;
}

std::vector<std::string> literals_of_script(std::string_view line) {
  std::vector<std::string> found;
  for (std::size_t at = line.find_first_of("\"'`"); at != std::string_view::npos;) {
    const std::size_t end = line.find(line[at], at + 1);
    if (end == std::string_view::npos) break;
    found.emplace_back(line.substr(at + 1, end - at - 1));
    at = line.find_first_of("\"'`", end + 1);
  }
  return found;
}

}  // namespace sfteams

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/repository/source_text.h"

// Error codes as comments, documents, samples and the page name them, against the codes that there
// are. What it takes for a code: an area that has codes, a dot, and a name: "uci.login-refused".

namespace sfteams {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string, std::less<>>;

/// What looks like a code and is none.
const std::map<std::string, std::string, std::less<>> kOthers{
    {"session.login", "a method of the agent"},     {"session.logout", "a method of the agent"},
    {"session.ticket", "a method of the agent"},    {"license.list", "a method of the agent"},
    {"license.revoke", "a method of the agent"},    {"session.pbx", "a notification of the agent"},
    {"simulator.echo", "a method of the stand-in"},
};

/// "agent.ini", "uci.md", "rest.ts".
const Names kExtensions{"cpp", "h", "ini", "js", "json", "log", "md", "tar", "ts"};

/// Id → the constant's full name: "sfteams::uci::codes::kFault".
std::map<std::string, std::string> declared() {
  std::map<std::string, std::string> codes;
  for (const fs::path& file : source_files(kRoot)) {
    if (!file.filename().string().ends_with("codes.h")) continue;
    const SourceText source = read_source(file);
    const std::vector<std::string> namespaces = namespaces_of(source.code);
    for (const std::string& statement : statements_with(source.code, "Code k")) {
      const std::size_t name = statement.find("Code k") + 5;
      const std::size_t brace = statement.find('{', name);
      const std::size_t quote = statement.find('"', brace);
      if (brace == std::string::npos || quote == std::string::npos) continue;
      const std::string id =
          statement.substr(quote + 1, statement.find('"', quote + 1) - quote - 1);
      codes[id] = namespaces.front() + "::" + statement.substr(name, brace - name);
    }
  }
  return codes;
}

/// Names the fields of `status --json`, which are written as codes are: "tunnel.since".
Names status_members() {
  Names members;
  for (const char* book : {"docs/status.md", "docs/connector-status.md"}) {
    std::istringstream lines(read_text(kRoot / book));
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("| `")) members.insert(line.substr(3, line.find('`', 3) - 3));
    }
  }
  return members;
}

/// Something of the form of a code in a text.
struct Mention {
  std::string area;
  std::string name;       ///< "login-refused"; "xml-" of "uci.xml-…"
  std::size_t at = 0;     ///< where its dot is
  bool short_of = false;  ///< ".frame-truncated", behind a whole code of the area
};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// What stands at the dot `at`; an empty area when it is no code: part of a path, a host name, a
/// member of an object in a program.
Mention mention_at(std::string_view text, std::size_t at, const Names& areas) {
  Mention found;
  std::size_t begin = at;
  while (begin > 0 && std::islower(static_cast<unsigned char>(text[begin - 1])) != 0)
    --begin;
  std::size_t end = at + 1;
  while (end < text.size() && is_name_character(text[end]))
    ++end;
  const std::string_view name = text.substr(at + 1, end - at - 1);
  if (name.empty() || std::islower(static_cast<unsigned char>(name.front())) == 0) return found;
  const char before = begin > 0 ? text[begin - 1] : ' ';
  const char behind = end < text.size() ? text[end] : ' ';
  if (is_word_character(before) || std::string_view("./@:-").find(before) != std::string_view::npos)
    return found;
  if (is_word_character(behind) || behind == '(') return found;
  if (behind == '.' && end + 1 < text.size() && is_word_character(text[end + 1])) return found;
  const std::string area(text.substr(begin, at - begin));
  // A name that ends in the middle stands for several: "uci.xml-…", "keygen.key-*".
  if (name.ends_with('-') && std::string_view("*.\xe2").find(behind) == std::string_view::npos)
    return found;
  if (area.empty()) {
    if (name.find('-') == std::string_view::npos) return found;
    return {.area = "", .name = std::string(name), .at = at, .short_of = true};
  }
  if (!areas.contains(area)) return found;
  return {.area = area, .name = std::string(name), .at = at};
}

std::vector<Mention> mentions(std::string_view text, const Names& areas) {
  std::vector<Mention> found;
  for (std::size_t at = text.find('.'); at != std::string_view::npos; at = text.find('.', at + 1)) {
    Mention mention = mention_at(text, at, areas);
    if (mention.short_of && !found.empty()) mention.area = found.back().area;
    if (!mention.area.empty()) found.push_back(std::move(mention));
  }
  return found;
}

class Codes {
 public:
  Codes() : declared_(declared()), members_(status_members()) {
    for (const auto& [id, constant] : declared_)
      areas_.insert(id.substr(0, id.find('.')));
  }

  [[nodiscard]] const std::map<std::string, std::string>& all() const { return declared_; }

  /// The first code of a text that there is not; empty when there are all.
  [[nodiscard]] std::string unknown_in(std::string_view text) const {
    for (const Mention& mention : mentions(text, areas_)) {
      const std::string id = mention.area + "." + mention.name;
      if (!exists(id)) return id;
    }
    return {};
  }

  [[nodiscard]] bool is_code_shaped(std::string_view text) const {
    const std::vector<Mention> found = mentions(text, areas_);
    return found.size() == 1 &&
           found.front().area.size() + found.front().name.size() + 1 == text.size();
  }

 private:
  [[nodiscard]] bool exists(const std::string& id) const {
    if (declared_.contains(id) || members_.contains(id) || kOthers.contains(id)) return true;
    if (kExtensions.contains(id.substr(id.find('.') + 1))) return true;
    const auto next = declared_.lower_bound(id);
    return id.ends_with('-') && next != declared_.end() && next->first.starts_with(id);
  }

  std::map<std::string, std::string> declared_;
  Names members_;
  Names areas_;
};

bool is_test(const fs::path& file) {
  return fs::relative(file, kRoot).begin()->string() == "tests";
}

/// Documents, samples, units, manual pages, rules and the page.
std::vector<fs::path> texts() {
  std::vector<fs::path> found;
  for (const fs::path& file : files_below(kRoot)) {
    const std::string path = fs::relative(file, kRoot).generic_string();
    const std::string extension = file.extension().string();
    if (extension == ".md" || path.starts_with("packaging/") || path.starts_with("demo/") ||
        path.find("/page/") != std::string::npos)
      found.push_back(file);
  }
  return found;
}

/// The full name of the namespace that `qualifier` means within `inside`, if there are codes in it.
std::string resolved(const std::string& qualifier, std::string inside, const Names& with_codes) {
  while (true) {
    const std::string full = inside.empty() ? qualifier : inside + "::" + qualifier;
    if (with_codes.contains(full)) return full;
    if (inside.empty()) return {};
    const std::size_t last = inside.rfind("::");
    inside = last == std::string::npos ? "" : inside.substr(0, last);
  }
}

/// Full names of the constants that a source uses.
void add_uses(const SourceText& source, const Names& with_codes, Names& uses) {
  const std::vector<std::string> inside = namespaces_of(source.code);
  const std::map<std::string, std::string> aliases = namespace_aliases(source.code);
  const std::string_view code = source.code;
  for (std::size_t at = code.find("::k"); at != std::string_view::npos;
       at = code.find("::k", at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && (is_word_character(code[begin - 1]) || code[begin - 1] == ':'))
      --begin;
    std::size_t end = at + 2;
    while (end < code.size() && is_word_character(code[end]))
      ++end;
    std::string qualifier(code.substr(begin, at - begin));
    const std::size_t first = std::min(qualifier.find("::"), qualifier.size());
    if (const auto alias = aliases.find(qualifier.substr(0, first)); alias != aliases.end())
      qualifier = alias->second + qualifier.substr(first);
    for (const std::string& space : inside) {
      const std::string full = resolved(qualifier, space, with_codes);
      if (full.empty()) continue;
      uses.insert(full + "::" + std::string(code.substr(at + 2, end - at - 2)));
      break;
    }
  }
}

TEST_CASE("what is taken for a code, and what is not") {
  const Names areas{"uci", "agent"};
  const auto names = [&](std::string_view text) {
    std::string all;
    for (const Mention& mention : mentions(text, areas))
      all += (all.empty() ? "" : " ") + mention.area + "." + mention.name;
    return all;
  };
  CHECK(names("fails with uci.fault, or with uci.no-such-code.") == "uci.fault uci.no-such-code");
  CHECK(names("uci.frame-one, .frame-two and .other") == "uci.frame-one uci.frame-two");
  CHECK(names("[uci.fault] `agent.no-key`") == "uci.fault agent.no-key");
  CHECK(names("uci.xml-… and uci.xml-*") == "uci.xml- uci.xml-");
  CHECK(names("a/uci.h uci.example.com uci.call() uci.Fault starface-agent.ini x.uci.y").empty());
}

TEST_CASE("comments and literals name no code that there is not") {
  const Codes codes;
  REQUIRE(codes.all().size() > 200);
  for (const fs::path& file : source_files(kRoot)) {
    INFO(fs::relative(file, kRoot).generic_string());
    const SourceText source = read_source(file);
    for (const std::string& comment : source.comments) {
      INFO(comment);
      CHECK(codes.unknown_in(comment) == "");
    }
    // Tests make codes up.
    if (is_test(file)) continue;
    for (const std::string& literal : source.literals) {
      if (!codes.is_code_shaped(literal)) continue;
      CHECK(codes.unknown_in(literal) == "");
    }
  }
}

TEST_CASE("documents, samples, manual pages, alerts and the page name no code that there is not") {
  const Codes codes;
  const std::vector<fs::path> files = texts();
  REQUIRE(files.size() > 30);
  for (const fs::path& file : files) {
    INFO(fs::relative(file, kRoot).generic_string());
    std::istringstream lines(read_text(file));
    const bool program = file.extension() == ".js" || file.extension() == ".css";
    for (std::string line; std::getline(lines, line);) {
      INFO(line);
      // In a program, "license.error" is a member of an object.
      if (program) {
        for (const std::string& literal : literals_of_script(line)) {
          if (codes.is_code_shaped(literal)) CHECK(codes.unknown_in(literal) == "");
        }
      } else {
        CHECK(codes.unknown_in(line) == "");
      }
    }
  }
}

TEST_CASE("every code can happen: a program uses it") {
  const Codes codes;
  Names with_codes;
  for (const auto& [id, constant] : codes.all())
    with_codes.insert(constant.substr(0, constant.rfind("::")));
  Names uses;
  for (const fs::path& file : source_files(kRoot)) {
    const std::string name = file.filename().string();
    // Lists alone are no use.
    if (is_test(file) || name.ends_with("codes.h") || name == "rpc_codes.cpp") continue;
    add_uses(read_source(file), with_codes, uses);
  }
  for (const auto& [id, constant] : codes.all()) {
    INFO(id << " (" << constant << ")");
    CHECK(uses.contains(constant));
  }
}

}  // namespace
}  // namespace sfteams

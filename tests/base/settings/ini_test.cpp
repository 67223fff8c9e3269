#include "base/settings/ini.h"

#include <fstream>

#include <catch2/catch.hpp>

#include "base/settings/codes.h"
#include "tests/base/settings/fixtures.h"
#include "tests/contains.h"
#include "tests/seed.h"

namespace sfteams::settings {
namespace {

Ini valid(const char* name) {
  std::ifstream file(kFixtures / "valid" / name);
  sfteams::test::keep_seed("ini", std::string(std::istreambuf_iterator<char>(file), {}));
  Result<Ini> ini = Ini::read(kFixtures / "valid" / name);
  if (!ini) FAIL(describe(ini.error()));
  return std::move(*ini);
}

std::string value(const Ini& ini, const char* section, const char* key) {
  const Entry* entry = ini.find(section, key);
  REQUIRE(entry != nullptr);
  return entry->value;
}

TEST_CASE("an ordinary file is read with its lines, comments and blanks") {
  const Ini ini = valid("ordinary.ini");
  CHECK(value(ini, "system", "name") == "pbx.example.com");
  CHECK(value(ini, "connector", "url") == "wss://connector.example.com/a;b");
  CHECK(value(ini, "connector", "ca-file").empty());
  CHECK(value(ini, "connector", "ping-interval") == "15");
  CHECK(ini.entries().size() == 4);
  CHECK(ini.find("system", "name")->line == 5);
  REQUIRE(ini.sections().size() == 2);
  CHECK(ini.sections()[1].name == "connector");
  CHECK(ini.sections()[1].line == 7);
  CHECK(ini.find("system", "url") == nullptr);
  CHECK(ini.find("System", "name") == nullptr);
}

TEST_CASE("a file from Windows is read: byte order mark and CR LF") {
  CHECK(value(valid("windows.ini"), "system", "name") == "pbx.example.com");
}

TEST_CASE("the last line needs no line break") {
  CHECK(value(valid("no-newline-at-end.ini"), "a", "b") == "c");
}

TEST_CASE("only the first = separates") {
  const Ini ini = valid("separators.ini");
  CHECK(value(ini, "a", "b") == "c = d : e");
  CHECK(ini.sections().back().name == "b-2");
}

TEST_CASE("values are UTF-8") {
  CHECK(value(valid("umlauts.ini"), "a", "b") == "Grüße");
}

TEST_CASE("a comment may be longer than a line") {
  CHECK(value(valid("long-comment.ini"), "a", "b") == "c");
}

TEST_CASE("an empty file is a file without settings") {
  CHECK(valid("empty.ini").sections().empty());
}

TEST_CASE("a wrong file is refused with its code, its name and the line") {
  const auto [name, line, id] = GENERATE(table<const char*, int, const char*>({
      {"repeated-section.ini", 4, "settings.repeated-section"},
      {"repeated-key.ini", 4, "settings.repeated-key"},
      {"key-outside.ini", 1, "settings.syntax"},
      {"continued.ini", 3, "settings.syntax"},
      {"colon.ini", 2, "settings.syntax"},
      {"no-value.ini", 2, "settings.syntax"},
      {"no-key.ini", 2, "settings.syntax"},
      {"space-in-key.ini", 2, "settings.syntax"},
      {"open-section.ini", 1, "settings.syntax"},
      {"empty-section.ini", 1, "settings.syntax"},
      {"space-in-section.ini", 1, "settings.syntax"},
      {"text-after-section.ini", 1, "settings.syntax"},
      {"nul.ini", 2, "settings.syntax"},
      {"not-utf8.ini", 2, "settings.syntax"},
      {"control.ini", 2, "settings.syntax"},
      {"old-mac.ini", 1, "settings.syntax"},
      {"long-line.ini", 2, "settings.syntax"},
      {"long-section.ini", 1, "settings.syntax"},
      {"long-key.ini", 2, "settings.syntax"},
  }));
  CAPTURE(name);
  const std::string file = (kFixtures / "invalid" / name).string();
  const Result<Ini> ini = Ini::read(file);
  REQUIRE_FALSE(ini);
  CHECK(ini.error().code.id == id);
  CHECK(ini.error().code.exit == Exit::config);
  CHECK(ini.error().message.starts_with(file + ":" + std::to_string(line) + ": "));
}

struct Mistake {
  std::string text;
  std::string what;  ///< part of the message
  std::string cure;  ///< part of the hint
};

TEST_CASE("what people type or paste by mistake is named, and what to do about it") {
  using namespace std::string_literals;
  const auto mistake = GENERATE(values<Mistake>({
      {"[a]\nb = \"c\"\n", "in quotation marks", "remove them"},
      {"[a]\nb = 'c'\n", "in quotation marks", "remove them"},
      {"[a]\nb = \xe2\x80\x9e"
       "c\xe2\x80\x9c\n",
       "in quotation marks", "remove them"},
      {"[a]\nb = c # why\n", "a comment behind it that begins with #",
       "begin a comment behind a value with ;"},
      {"[a]\nb = c\t# why\n", "a comment behind it that begins with #",
       "begin a comment behind a value with ;"},
      {"[a]\nb: c\n", "a : follows the key \"b\"", "write \"b = …\""},
      {"[a]\nb wss://c\n", "no =", "write \"b = …\""},
      {"[a]\nb\n", "no =", "write \"b = …\""},
      {"[a]\n= c\n", "no key", "key = value"},
      {"[a]\nca_file = c\n", "no key", "did you mean \"ca-file\"?"},
      {"[a]\nca file = c\n", "no key", "did you mean \"ca-file\"?"},
      {"[a\nb = c\n", "no heading", "write [name]"},
      {"b = c\n", "before the first [section]", "put the heading"},
      {"[a]\nb = Gr\xfc\xdf"
       "e\n",
       "Latin-1 or Windows-1252", "iconv -f WINDOWS-1252 -t UTF-8"},
      {"\xff\xfe[\0a\0]\0\n\0"s, "UTF-16", "iconv -f UTF-16 -t UTF-8"},
      {"[\0a\0]\0\n\0"s, "UTF-16", "iconv -f UTF-16 -t UTF-8"},
      {"\xfe\xff\0[\0a\0]"s, "UTF-16", "iconv -f UTF-16 -t UTF-8"},
      {"\0[\0a\0]"s, "UTF-16", "iconv -f UTF-16 -t UTF-8"},
  }));
  CAPTURE(mistake.text);
  const Result<Ini> ini = Ini::parse(mistake.text, "agent.ini");
  REQUIRE_FALSE(ini);
  CHECK((ini.error().code == codes::kSyntax || ini.error().code == codes::kBadValue));
  CHECK(ini.error().message.starts_with("agent.ini:"));
  CHECK_THAT(ini.error().message, Catch::Contains(mistake.what));
  CHECK_THAT(ini.error().hint, Catch::Contains(mistake.cure));
}

TEST_CASE("an invisible character is named with its number and its place in the line") {
  const auto [text, what] = GENERATE(table<std::string, std::string>({
      {"[a]\nb = c\xc2\xa0\n", "U+00A0, no-break space) at position 6 of the line"},
      {"[a]\n  b = \xc3\xbc, \xe2\x80\x8b"
       "c\n",
       "U+200B, zero-width space) at position 10 of the line"},
      {"[a]\nb = \xe2\x80\x8f"
       "c\n",
       "U+200F, right-to-left mark) at position 5 of the line"},
      {"[a]\nb\xc2\xa0= c\n", "U+00A0, no-break space) at position 2"},
      {"[a]\n\xc2\xa0# c\n", "U+00A0, no-break space) at position 1"},
      {"[a]\n\xef\xbb\xbf"
       "b = c\n",
       "U+FEFF, byte order mark) at position 1"},
      {"\xef\xbb\xbf\xef\xbb\xbf[a]\n", "U+FEFF, byte order mark) at position 1"},
      {"[a\xc2\xad]\n", "U+00AD, soft hyphen) at position 3"},
      {"[a]\rb = c\r", "U+000D, carriage return) at position 4"},
      {"# c\r[a]\r", "U+000D, carriage return) at position 4"},
  }));
  CAPTURE(text);
  const Result<Ini> ini = Ini::parse(text, "agent.ini");
  REQUIRE_FALSE(ini);
  CHECK((ini.error().code == codes::kSyntax || ini.error().code == codes::kBadValue));
  CHECK_THAT(ini.error().message, Catch::Contains("an invisible character (" + what));
  CHECK_THAT(ini.error().hint, Catch::Contains("delete it"));
}

TEST_CASE("a comment may be in any encoding, and hold whatever its editor put there") {
  const Result<Ini> ini = Ini::parse(
      "# f\xfcr die B\xfcros\n[a]\nb = c ; Gr\xc3\xbc\xc3\x9f"
      "e\xc2\xa0\n;\xc2\xa0"
      "d\n",
      "agent.ini");
  REQUIRE(ini);
  CHECK(value(*ini, "a", "b") == "c");
}

TEST_CASE("tabs and blanks around key, value and line are none of them") {
  const Result<Ini> ini = Ini::parse("\t[a]\n\tb\t=\tc\td \t\r\n \t\r\n", "agent.ini");
  REQUIRE(ini);
  CHECK(value(*ini, "a", "b") == "c\td");
}

TEST_CASE("the longest line that is taken keeps its last byte") {
  const std::string fits = "b = " + std::string(193, 'x') + "y";
  const Result<Ini> ini = Ini::parse("[a]\n" + fits + "\n", "text");
  REQUIRE(ini);
  CHECK(value(*ini, "a", "b") == std::string(193, 'x') + "y");
  CHECK_FALSE(Ini::parse("[a]\n" + fits + "z\n", "text"));
}

TEST_CASE("what cannot be read is said to be unreadable") {
  const Result<Ini> missing = Ini::read(kFixtures / "absent.ini");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == codes::kUnreadable);
  CHECK(contains(missing.error().message, "absent.ini"));
  const Result<Ini> directory = Ini::read(kFixtures);
  REQUIRE_FALSE(directory);
  CHECK(directory.error().code == codes::kUnreadable);
}

TEST_CASE("a file of more than 64 KiB is refused, one of that size is not") {
  const auto file = std::filesystem::temp_directory_path() / "sfteams-large.ini";
  std::ofstream(file) << std::string(65'536, '#');
  CHECK(Ini::read(file));
  std::ofstream(file, std::ios::app) << '#';
  const Result<Ini> ini = Ini::read(file);
  std::filesystem::remove(file);
  REQUIRE_FALSE(ini);
  CHECK(ini.error().code == codes::kUnreadable);
  CHECK(contains(ini.error().message, "larger than 64 KiB"));
}

}  // namespace
}  // namespace sfteams::settings

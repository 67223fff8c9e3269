#include "base/settings/edit.h"

#include <catch2/catch.hpp>

#include "base/settings/codes.h"
#include "base/settings/ini.h"

namespace sfteams::settings {
namespace {

std::string set(std::string_view text, std::string_view section, std::string_view key,
                std::string_view value) {
  const Result<std::string> result = set_value(text, section, key, value, "a.ini");
  if (!result) return std::string(result.error().code.id);
  return *result;
}

}  // namespace

TEST_CASE("a key gets another value and nothing else changes") {
  CHECK(set("# top\n[a]\nx = 1\n  y=2 ; why\n\n[b]\nx = 3\n", "a", "x", "9") ==
        "# top\n[a]\nx = 9\n  y=2 ; why\n\n[b]\nx = 3\n");
  CHECK(set("[a]\nx = 1\n[b]\nx = 3", "b", "x", "4") == "[a]\nx = 1\n[b]\nx = 4");
  CHECK(set("[a]\r\nx = 1\r\ny = 2\r\n", "a", "x", "9") == "[a]\r\nx = 9\r\ny = 2\r\n");
  CHECK(set("[a]\n\tx = 1\n", "a", "x", "") == "[a]\n\tx = \n");
  CHECK(set("\xef\xbb\xbf[a]\nx = 1\n", "a", "x", "2") == "\xef\xbb\xbf[a]\nx = 2\n");
  CHECK(set("[a]\nx = 1\n", "a", "x", "  2  ") == "[a]\nx = 2\n");
}

TEST_CASE("the comment behind a value stays") {
  CHECK(set("[a]\n  x=1\t ; why; so\ny = 2\n", "a", "x", "9") ==
        "[a]\n  x = 9\t ; why; so\ny = 2\n");
  CHECK(set("[a]\r\nx = 1;2 ;c\r\n", "a", "x", "9") == "[a]\r\nx = 9 ;c\r\n");
  CHECK(set("[a]\nx = ; c", "a", "x", "9") == "[a]\nx = 9 ; c");
  CHECK(set("[a]\nx =;1", "a", "x", "9") == "[a]\nx = 9");
}

TEST_CASE("a key that is not set comes behind a comment that shows it") {
  CHECK(set("[a]\n# About x.\n;x = 1\n\n# About y.\ny = 2\n", "a", "x", "5") ==
        "[a]\n# About x.\n;x = 1\nx = 5\n\n# About y.\ny = 2\n");
  // Of another section, or of another key.
  CHECK(set("[a]\n[b]\n;x = 1\n", "a", "x", "5") == "[a]\nx = 5\n[b]\n;x = 1\n");
  CHECK(set("[a]\n;xy = 1\n", "a", "x", "5") == "[a]\nx = 5\n;xy = 1\n");
}

TEST_CASE("a key that nothing shows comes at the end of its section") {
  CHECK(set("[a]\ny = 1\n\n[b]\nz = 2\n", "a", "x", "5") == "[a]\ny = 1\nx = 5\n\n[b]\nz = 2\n");
  CHECK(set("[a]\ny = 1\n\n# About b.\n[b]\nz = 2\n", "a", "x", "5") ==
        "[a]\ny = 1\nx = 5\n\n# About b.\n[b]\nz = 2\n");
  CHECK(set("[a]\ny = 1", "a", "x", "5") == "[a]\ny = 1\nx = 5\n");
  CHECK(set("[a]", "a", "x", "5") == "[a]\nx = 5\n");
}

TEST_CASE("a section that is not there comes at the end") {
  CHECK(set("[a]\ny = 1\n", "b", "x", "5") == "[a]\ny = 1\n\n[b]\nx = 5\n");
  CHECK(set("[a]\r\ny = 1\r\n", "b", "x", "5") == "[a]\r\ny = 1\r\n\r\n[b]\r\nx = 5\r\n");
  CHECK(set("", "b", "x", "5") == "[b]\nx = 5\n");
}

TEST_CASE("a value that would be more than a value is refused") {
  const std::string ini = "[a]\nx = 1\n";
  const std::string too_long(250, 'x');
  for (const std::string& value :
       {std::string("1\ny = 2"), std::string("1\r\n[b]"), std::string("1 ; comment"),
        std::string("\x01"), std::string("\xff"), too_long}) {
    INFO(value);
    CHECK(set(ini, "a", "x", value) == codes::kBadValue.id);
  }
  CHECK(set("[a\n", "a", "x", "1") == codes::kSyntax.id);
}

TEST_CASE("what was set can be read, and set again to what it was") {
  const std::string before = "# c\n[a]\nx = 1\n;z = 2\n[b]\n  y = 3\n";
  const std::string after = set(set(before, "a", "z", "7"), "b", "y", "8");
  const Result<Ini> ini = Ini::parse(after, "a.ini");
  REQUIRE(ini);
  CHECK(ini->find("a", "z")->value == "7");
  CHECK(ini->find("b", "y")->value == "8");
  CHECK(set(after, "b", "y", "3") == "# c\n[a]\nx = 1\n;z = 2\nz = 7\n[b]\n  y = 3\n");
}

TEST_CASE("a comment that only looks like a default stays") {
  const std::string comment = "# enabled = no would lock everybody out; ask first!\n";
  CHECK(set("[uci]\n" + comment + "url = x\n", "uci", "enabled", "yes") ==
        "[uci]\n" + comment + "enabled = yes\nurl = x\n");
  // As the last line of a file that does not end in a line break.
  CHECK(set("[a]\n;x = 1", "a", "x", "5") == "[a]\n;x = 1\nx = 5\n");
}

}  // namespace sfteams::settings

#include "base/text/line.h"

#include <catch2/catch.hpp>

namespace sfteams::text {
namespace {

TEST_CASE("ordinary text stands in a line as it is") {
  CHECK(one_line("").empty());
  CHECK(one_line("Grüße aus Köln – 50 € 📞") == "Grüße aus Köln – 50 € 📞");
}

TEST_CASE("a line break cannot start a second line") {
  CHECK(one_line("a\nb\rc\td") == "a\\nb\\rc\\td");
  CHECK(one_line("a\u2028b\u2029c\u0085d") == "a\\u{2028}b\\u{2029}c\\u{0085}d");
}

TEST_CASE("control characters cannot drive a terminal") {
  CHECK(one_line("\x1b[2J") == "\\x1b[2J");
  CHECK(one_line(std::string_view("a\0b\x7f", 4)) == "a\\x00b\\x7f");
  CHECK(one_line("a\u009bb") == "a\\u{009b}b");
}

TEST_CASE("marks that reorder a line are shown") {
  CHECK(one_line("a\u202eb\u2066c") == "a\\u{202e}b\\u{2066}c");
}

TEST_CASE("a backslash is doubled, so that an escape cannot be faked") {
  CHECK(one_line("a\\nb") == "a\\\\nb");
}

TEST_CASE("bytes that are no UTF-8 are shown as numbers") {
  CHECK(one_line("a\xff") == "a\\xff");
  CHECK(one_line("\xc0\xaf") == "\\xc0\\xaf");
  CHECK(one_line("\xed\xa0\x80") == "\\xed\\xa0\\x80");
  CHECK(one_line("\xe2\x82") == "\\xe2\\x82");
  CHECK(one_line("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
}

}  // namespace
}  // namespace sfteams::text

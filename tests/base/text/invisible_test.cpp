#include "base/text/invisible.h"

#include <catch2/catch.hpp>

namespace sfteams::text {
namespace {

using namespace std::string_literals;

TEST_CASE("what people and scripts of the world can read is visible") {
  const auto* const text =
      GENERATE("", "anna 1001", "J\u00fcrgen Gro\u00df", "e\u0301", "\u0418\u0432\u0430\u043d",
               "\u05e9\u05dc\u05d5\u05dd", "\u4e2d\u6587", "\u20ac\u00a7", "holiday \U0001f334",
               "\u2764\ufe0f", "\U0001f469\u200d\U0001f4bb");
  CAPTURE(text);
  CHECK_FALSE(find_invisible(text));
}

TEST_CASE("each invisible character is found, with its place counted in characters") {
  const auto code_point = GENERATE(values<char32_t>(
      {0x0000, 0x0009, 0x000a, 0x000d, 0x001b, 0x007f, 0x0080, 0x0085,  0x00a0,  0x00ad,
       0x034f, 0x061c, 0x115f, 0x1680, 0x180e, 0x2000, 0x2009, 0x200b,  0x200c,  0x200d,
       0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x202f, 0x205f,  0x2060,  0x2066,
       0x2800, 0x3000, 0x3164, 0xfe0f, 0xfeff, 0xffa0, 0xfffb, 0xe0001, 0xe0041, 0xe01ef}));
  CAPTURE(static_cast<unsigned>(code_point));
  std::string character;
  const auto byte = [&](unsigned value) { character += static_cast<char>(value); };
  const auto c = static_cast<unsigned>(code_point);
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xc0 | c >> 6), byte(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    byte(0xe0 | c >> 12), byte(0x80 | (c >> 6 & 0x3f)), byte(0x80 | (c & 0x3f));
  } else {
    byte(0xf0 | c >> 18), byte(0x80 | (c >> 12 & 0x3f)), byte(0x80 | (c >> 6 & 0x3f)),
        byte(0x80 | (c & 0x3f));
  }
  const auto found = find_invisible("J\u00fc" + character + "rgen");
  REQUIRE(found);
  CHECK(found->code_point == code_point);
  CHECK(found->position == 3);
}

TEST_CASE("an invisible character is described with its number, and with its name if it has one") {
  CHECK(find_invisible("a\u00a0")->describe() ==
        "an invisible character (U+00A0, no-break space) at position 2");
  CHECK(find_invisible("\u2061")->describe() == "an invisible character (U+2061) at position 1");
  CHECK(find_invisible("\U000e0041")->describe() ==
        "an invisible character (U+E0041) at position 1");
}

TEST_CASE("bytes that are not UTF-8 are passed over, and do not hide what follows") {
  CHECK_FALSE(find_invisible("\xfc\xdf\xe2\x80"));
  CHECK(find_invisible("\xe2\x80\u00a0")->code_point == 0xa0);
  CHECK(find_invisible("\xc2\n")->code_point == '\n');
}

TEST_CASE("a joiner hides in nothing but an emoji") {
  CHECK(find_invisible("1001\u200d"));
  CHECK(find_invisible("a\ufe0f"));
  CHECK(find_invisible("\u200d\U0001f4bb"));
}

TEST_CASE("one byte order mark is taken off the front of a file") {
  CHECK(without_byte_order_mark("\xef\xbb\xbfsecret") == "secret");
  CHECK(without_byte_order_mark("\xef\xbb\xbf\xef\xbb\xbfsecret") == "\xef\xbb\xbfsecret");
  CHECK(without_byte_order_mark("\xef\xbb") == "\xef\xbb");
}

TEST_CASE("a file in UTF-16 or UTF-32 is told by its first bytes") {
  CHECK(wide_encoding("\xff\xfe"
                      "a\0"s) == "UTF-16");
  CHECK(wide_encoding("\xfe\xff\0a"s) == "UTF-16");
  CHECK(wide_encoding("a\0b\0"s) == "UTF-16");
  CHECK(wide_encoding("\0a\0b"s) == "UTF-16");
  CHECK(wide_encoding("\xff\xfe\0\0a\0\0\0"s) == "UTF-32");
  CHECK(wide_encoding("\0\0\xfe\xff"s) == "UTF-32");
  for (const auto& text : {""s, "a"s, "[a]\n"s, "\xef\xbb\xbf[a]"s, "\xfc\xdf"s, "a\0b"s})
    CHECK(wide_encoding(text).empty());
}

}  // namespace
}  // namespace sfteams::text

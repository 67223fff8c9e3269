#include "base/text/encoding.h"

#include <string>
#include <utility>

#include <catch2/catch.hpp>

#include "base/crypto/hash.h"

namespace sfteams::text {
namespace {

std::optional<std::string> decoded(std::string_view text, bool skip_space = false) {
  const auto bytes = from_base64(text, skip_space);
  if (!bytes) return std::nullopt;
  return std::string(bytes->begin(), bytes->end());
}

// RFC 4648, section 10.
const std::pair<std::string, std::string> kRfc4648[] = {{"", ""},
                                                        {"f", "Zg=="},
                                                        {"fo", "Zm8="},
                                                        {"foo", "Zm9v"},
                                                        {"foob", "Zm9vYg=="},
                                                        {"fooba", "Zm9vYmE="},
                                                        {"foobar", "Zm9vYmFy"}};

TEST_CASE("base64 is that of RFC 4648, both ways") {
  for (const auto& [plain, encoded] : kRfc4648) {
    CHECK(to_base64(crypto::bytes_of(plain)) == encoded);
    CHECK(decoded(encoded) == plain);
  }
}

TEST_CASE("every byte survives base64 and hexadecimal at every length") {
  std::vector<std::uint8_t> bytes;
  for (int i = 0; i < 300; ++i) {
    CHECK(from_base64(to_base64(bytes)) == bytes);
    CHECK(from_hex(to_hex(bytes)) == bytes);
    bytes.push_back(static_cast<std::uint8_t>(255 - i % 256));
  }
}

TEST_CASE("base64 that is not strict is refused") {
  const char* const refused[] = {"Zg",       "Zg=",  "Zg===",       "Zg====",    "Z",
                                 "Z===",     "=",    "====",        "Zm9v=",     "Zm9v====",
                                 "Zg==Zg==", "Z=g=", "Zm9vYg=",     "Zm9v Yg==", "Zm9v\nYg==",
                                 "Zm-v",     "Zm_v", "Zm9v\xc3\xa4"};
  for (const char* const text : refused) {
    INFO(text);
    CHECK_FALSE(from_base64(text));
  }
}

TEST_CASE("base64 whose spare bits are not zero is refused") {
  CHECK_FALSE(from_base64("Zh=="));
  CHECK_FALSE(from_base64("Zm9="));
}

TEST_CASE("white space in base64 is skipped only where that is asked for") {
  CHECK(decoded(" Zm 9v\r\n\tYmFy\n", true) == "foobar");
  CHECK(decoded("Zm9vYg= =\n", true) == "foob");
  CHECK_FALSE(from_base64("Zm9v\fYmFy", true));
  CHECK_FALSE(from_base64(" Zm9v"));
}

TEST_CASE("a NUL inside base64 is a foreign character") {
  CHECK_FALSE(from_base64(std::string_view("Zm9\0", 4)));
}

TEST_CASE("base64 for addresses has its own alphabet and no padding") {
  const std::vector<std::uint8_t> bytes{0xfb, 0xff, 0xfe, 0xff};
  CHECK(to_base64(bytes) == "+//+/w==");
  CHECK(to_base64url(bytes) == "-__-_w");
  CHECK(to_base64url({}).empty());
  CHECK(to_base64url(crypto::bytes_of("fo")) == "Zm8");
}

// RFC 4648, section 10 gives these in upper case.
TEST_CASE("hexadecimal is written in lower case and read in both") {
  CHECK(to_hex(crypto::bytes_of("foobar")) == "666f6f626172");
  CHECK(from_hex("666F6f626172") == from_hex("666f6F626172"));
  CHECK(from_hex("DEADbeef") == std::vector<std::uint8_t>{0xde, 0xad, 0xbe, 0xef});
  CHECK(from_hex("")->empty());
}

TEST_CASE("hexadecimal of odd length or with another character is refused") {
  for (const char* const text : {"0", "abc", "0g", "g0", "0x00", " 00", "0 ", "-1", "\xc3\xa4"}) {
    INFO(text);
    CHECK_FALSE(from_hex(text));
  }
}

TEST_CASE("well-formed UTF-8 is recognised at the limits of every length") {
  const char* const good[] = {"",
                              "plain",
                              "\x7f",
                              "\xc2\x80",          // U+0080
                              "\xdf\xbf",          // U+07FF
                              "\xe0\xa0\x80",      // U+0800
                              "\xed\x9f\xbf",      // U+D7FF
                              "\xee\x80\x80",      // U+E000
                              "\xef\xbf\xbf",      // U+FFFF
                              "\xf0\x90\x80\x80",  // U+10000
                              "\xf3\xbf\xbf\xbf",
                              "\xf4\x8f\xbf\xbf",  // U+10FFFF
                              "M\xc3\xbcnchen \xe2\x82\xac \xf0\x9f\x93\x9e!"};
  for (const char* const text : good) {
    INFO(to_hex(crypto::bytes_of(text)));
    CHECK(is_utf8(text));
  }
  CHECK(is_utf8(std::string_view("a\0b", 3)));
}

TEST_CASE("ill-formed UTF-8 is refused") {
  const char* const bad[] = {
      "\x80",                  // a continuation alone
      "\xbf",                  // the same
      "\xc2",                  // cut short
      "\xe2\x82",              // the same
      "\xf0\x9f\x93",          // the same
      "\xc2z",                 // a lead byte before another character
      "\xe2\x82z",             // the same
      "\xf0\x9f\x93z",         // the same
      "\xe2zz",                // the same
      "\xc0\x80",              // overlong NUL
      "\xc1\xbf",              // overlong U+007F
      "\xe0\x9f\xbf",          // overlong U+07FF
      "\xf0\x8f\xbf\xbf",      // overlong U+FFFF
      "\xed\xa0\x80",          // the surrogate U+D800
      "\xed\xbf\xbf",          // the surrogate U+DFFF
      "\xf4\x90\x80\x80",      // U+110000
      "\xf5\x80\x80\x80",      // above every code point
      "\xf8\x88\x80\x80\x80",  // five bytes
      "\xfe",
      "\xff",        // never in UTF-8
      "M\xfcnchen",  // ISO 8859-1
  };
  for (const char* const text : bad) {
    INFO(to_hex(crypto::bytes_of(text)));
    CHECK_FALSE(is_utf8(text));
  }
  CHECK_FALSE(is_utf8(std::string_view("\xc2\x80", 1)));
}

}  // namespace
}  // namespace sfteams::text

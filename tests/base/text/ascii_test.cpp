#include "base/text/ascii.h"

#include <catch2/catch.hpp>

namespace sfteams::text {
namespace {

TEST_CASE("only the letters of ASCII have a lower case, and all other bytes stay") {
  for (int byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    INFO(byte);
    CHECK(lower_case(c) == (byte >= 65 && byte <= 90 ? static_cast<char>(byte + 32) : c));
  }
  CHECK(lower_case(std::string_view("HTTP/1.1 M\xc3\x9cLLER")) == "http/1.1 m\xc3\x9cller");
  CHECK(lower_case(std::string_view()).empty());
}

TEST_CASE("a digit has its value, a hexadecimal one in both cases, and no other byte has one") {
  constexpr std::string_view kSmall = "0123456789abcdef";
  constexpr std::string_view kLarge = "0123456789ABCDEF";
  for (int byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    INFO(byte);
    const std::size_t value = std::min(kSmall.find(c), kLarge.find(c));
    CHECK(hex_value(c).has_value() == (value != std::string_view::npos));
    CHECK(hex_value(c).value_or(0) == (value == std::string_view::npos ? 0 : value));
    CHECK(is_digit(c) == (value < 10));
    const char small = lower_case(c);
    CHECK(is_letter_or_digit(c) == (is_digit(c) || (small >= 'a' && small <= 'z')));
  }
}

TEST_CASE("printable are the space and what is visible, and nothing beyond ASCII") {
  CHECK(is_printable(""));
  CHECK(is_visible(""));
  for (int byte = 0; byte < 256; ++byte) {
    INFO(byte);
    const std::string text = std::string("a") + static_cast<char>(byte);
    CHECK(is_printable(text) == (byte >= 32 && byte <= 126));
    CHECK(is_visible(text) == (byte >= 33 && byte <= 126));
  }
}

TEST_CASE("a percent sign and two hexadecimal digits are a byte") {
  CHECK(percent_byte("%4F") == 0x4f);
  CHECK(percent_byte("%4f") == 0x4f);
  CHECK(percent_byte("%00 and more") == 0);
  CHECK(percent_byte("%ff") == 0xff);
  for (const std::string_view bad : {"", "%", "%4", "4F%", "%%4F", "%4G", "%G4", "%-1", "% 4"}) {
    INFO(bad);
    CHECK_FALSE(percent_byte(bad));
  }
  CHECK_FALSE(percent_byte(std::string_view("%4F", 2)));
}

}  // namespace
}  // namespace sfteams::text

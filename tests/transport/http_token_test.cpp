#include "transport/http_token.h"

#include <string>

#include <catch2/catch.hpp>

namespace sfteams::transport {
namespace {

TEST_CASE("a token has letters, digits and the marks of RFC 9110, and nothing else") {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  constexpr std::string_view kDelimiters = "\"(),/:;<=>?@[\\]{} \t\r\n\x7f";
  CHECK(is_token("GET"));
  CHECK(is_token("Sec-WebSocket-Key"));
  CHECK(is_token("x9"));
  CHECK(is_token(kMarks));
  CHECK_FALSE(is_token(""));
  for (const char c : kDelimiters) {
    INFO(static_cast<int>(c));
    CHECK_FALSE(is_token(std::string("a") + c));
  }
  CHECK_FALSE(is_token(std::string_view("a\0b", 3)));
  CHECK_FALSE(is_token("M\xc3\xbcnchen"));
}

}  // namespace
}  // namespace sfteams::transport

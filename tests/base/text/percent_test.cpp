#include "base/text/percent.h"

#include <catch2/catch.hpp>

namespace sfteams::text {
namespace {

TEST_CASE("what is percent-encoded comes back") {
  CHECK(percent_encode("a-Z_0.9~") == "a-Z_0.9~");
  CHECK(percent_encode("a b&c=ü/:") == "a%20b%26c%3D%C3%BC%2F%3A");
  CHECK(percent_decode("a%20b%26c%3D%C3%BC%2f%3A", false) == "a b&c=ü/:");
  CHECK(percent_decode("100%", false) == "100%");
  CHECK(percent_decode("%4", false) == "%4");
  CHECK(percent_decode("%zz+", false) == "%zz+");
  CHECK(percent_decode("a+b", true) == "a b");
}

TEST_CASE("a value is found in a query by its whole name") {
  CHECK(query_value("a=1&bc=2&b=3", "b") == "3");
  CHECK(query_value("a=1&a=2", "a") == "1");
  CHECK(query_value("a&a=", "a").empty());
  CHECK(query_value("", "a").empty());
}

}  // namespace
}  // namespace sfteams::text

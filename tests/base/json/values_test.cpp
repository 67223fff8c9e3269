#include "base/json/values.h"

#include <string>

#include <catch2/catch.hpp>

namespace sfteams::json {
namespace {

std::string numbers(std::size_t count) {
  std::string text = "[";
  for (std::size_t i = 0; i < count; ++i)
    text += "1,";
  text.back() = ']';
  return text;
}

TEST_CASE("a text of many small values is refused before it is parsed") {
  CHECK(check_values(numbers(90), 100));
  const auto refused = check_values(numbers(101), 100);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code.id == "json.too-large");
  std::string empty_ones = "[";
  for (int i = 0; i < 100; ++i)
    empty_ones += "{},[],";
  CHECK_FALSE(check_values(empty_ones, 100));
}

TEST_CASE("what stands in strings is no value") {
  const std::string text = R"(["\",[{)" + std::string(1'000, ',') + R"(\\", 2])";
  CHECK(check_values(text, 100));
  CHECK(check_values(R"(")" + std::string(1'000, '['), 100));
}

TEST_CASE("a text that ends within an escape is taken for what it is") {
  CHECK(check_values("\"" + std::string(101, 'x') + "\\", 100));
}

}  // namespace
}  // namespace sfteams::json

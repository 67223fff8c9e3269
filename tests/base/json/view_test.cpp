#include "base/json/view.h"

#include <catch2/catch.hpp>

#include "base/json/json.h"

namespace sfteams::json {
namespace {

TEST_CASE("what is there is read, and what is not is nothing") {
  const Json::Value value = parse(R"({"a": {"b": 7}, "yes": true, "no": false, "n": 1.5})").value();
  CHECK(part(part(value, "a"), "b") == 7);
  CHECK(part(part(value, "b"), "a").isNull());
  CHECK(is_true(value, "yes"));
  CHECK_FALSE(is_true(value, "no"));
  CHECK_FALSE(is_true(value, "n"));
  CHECK_FALSE(is_true(value, "missing"));
  CHECK(number_text(value, "n") == "1.5");
  CHECK(number_text(part(value, "a"), "b") == "7");
  CHECK(number_text(value, "yes") == "?");
  CHECK(number_text(value, "missing") == "?");
}

TEST_CASE("no member is looked for in what has none") {
  for (const char* text : {"null", "7", "\"text\"", "[1, 2]", "true"}) {
    const Json::Value value = parse(text).value();
    CHECK(part(value, "a").isNull());
    CHECK_FALSE(is_true(value, "a"));
    CHECK(number_text(value, "a") == "?");
  }
}

}  // namespace
}  // namespace sfteams::json

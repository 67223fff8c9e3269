#include "base/error/error.h"

#include <catch2/catch.hpp>

namespace sfteams {
namespace {

constexpr Code kBurnt{"kitchen.burnt", Exit::unavailable};

TEST_CASE("a failure is described with its code, what happened and what to do next") {
  const Error error{kBurnt, "the soup has burnt", "order a pizza"};
  CHECK(describe(error) == "[kitchen.burnt] the soup has burnt — order a pizza");
}

TEST_CASE("a failure without advice ends after what happened") {
  const Error error{kBurnt, "the soup has burnt", ""};
  CHECK(describe(error) == "[kitchen.burnt] the soup has burnt");
}

TEST_CASE("a failure keeps its code and exit status on its way up") {
  const auto cook = []() -> Result<int> { return fail(kBurnt, "the soup has burnt"); };
  const auto serve = [&]() -> Result<std::string> {
    const Result<int> soup = cook();
    if (!soup) return fail(soup.error());
    return std::to_string(*soup);
  };
  const Result<std::string> dinner = serve();
  REQUIRE_FALSE(dinner);
  CHECK(dinner.error().code == kBurnt);
  CHECK(dinner.error().code.exit == Exit::unavailable);
}

}  // namespace
}  // namespace sfteams

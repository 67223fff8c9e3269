#include "base/metrics/tally.h"

#include <string>

#include <catch2/catch.hpp>

namespace sfteams::metrics {
namespace {

TEST_CASE("kinds are counted apart, and expected ones are there before they come") {
  Tally tally{"ok", "refused"};
  CHECK(tally.counts().size() == 2);
  tally.add("ok");
  tally.add("broken");
  CHECK(tally.of("ok") == 1);
  CHECK(tally.of("refused") == 0);
  CHECK(tally.of("broken") == 1);
  CHECK(tally.of("never") == 0);
}

TEST_CASE("nobody can make more kinds than there may be") {
  Tally tally;
  for (int i = 0; i < 1000; ++i)
    tally.add("kind" + std::to_string(i));
  CHECK(tally.counts().size() == Tally::kMost + 1);
  CHECK(tally.of("other") == 1000 - Tally::kMost);
  tally.add("kind3");
  CHECK(tally.of("kind3") == 2);
}

}  // namespace
}  // namespace sfteams::metrics

#include "transport/alive.h"

#include <optional>

#include <catch2/catch.hpp>

namespace sfteams::transport {

TEST_CASE("a watch sees the end of its object, and of no other one") {
  std::optional<Alive> object(std::in_place);
  const Alive other;
  const Alive::Watch watch = object->watch();
  const Alive::Watch copy = watch;  // NOLINT(performance-unnecessary-copy-initialization)
  const Alive::Watch of_other = other.watch();
  CHECK_FALSE(watch.gone());
  object.reset();
  CHECK(watch.gone());
  CHECK(copy.gone());
  CHECK_FALSE(of_other.gone());
}

TEST_CASE("an object in the place of one that has gone is another one") {
  std::optional<Alive> question(std::in_place);
  const Alive::Watch first = question->watch();
  question.emplace();
  CHECK(first.gone());
  CHECK_FALSE(question->watch().gone());
}

}  // namespace sfteams::transport

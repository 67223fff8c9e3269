#include "connector/wave_watch.h"

#include <catch2/catch.hpp>

namespace sfteams::connector {
namespace {

TEST_CASE("a wave of connections is over once, when it has become calm") {
  WaveWatch watch;
  CHECK_FALSE(watch.over(400));
  CHECK_FALSE(watch.over(2'000));
  CHECK_FALSE(watch.over(2'051));
  CHECK(watch.over(2'101));
  CHECK_FALSE(watch.over(2'101));
  CHECK_FALSE(watch.over(2'140));
}

TEST_CASE("connections that come one by one are no wave until they are many") {
  WaveWatch watch;
  int times = 0;
  for (std::uint64_t opened = 10; opened <= 1'000; opened += 10) {
    if (watch.over(opened)) ++times;
  }
  CHECK(times == 2);
}

}  // namespace
}  // namespace sfteams::connector

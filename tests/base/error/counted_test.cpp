#include "base/error/counted.h"

#include <catch2/catch.hpp>

namespace sfteams {

TEST_CASE("one is told from many") {
  CHECK(counted(0, "session") == "0 sessions");
  CHECK(counted(1, "session") == "1 session");
  CHECK(counted(2, "session") == "2 sessions");
  CHECK(counted(1, "entry", "entries") == "1 entry");
  CHECK(counted(2, "entry", "entries") == "2 entries");
}

}  // namespace sfteams

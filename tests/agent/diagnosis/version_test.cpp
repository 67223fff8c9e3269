#include <catch2/catch.hpp>

#include "agent/diagnosis/pbx_steps.h"

namespace sfteams::diagnosis {

TEST_CASE("versions are compared number by number") {
  CHECK(at_least("6.7.3.11", kOldestPbx) == true);
  CHECK(at_least("6.7.3.12", kOldestPbx) == true);
  CHECK(at_least("6.7.3.9", kOldestPbx) == false);
  CHECK(at_least("6.7.3", kOldestPbx) == false);
  CHECK(at_least("6.7.4", kOldestPbx) == true);
  CHECK(at_least("6.10", kOldestPbx) == true);
  CHECK(at_least("10.0.1.6", kOldestPbx) == true);
  CHECK(at_least("5.99.99.99", kOldestPbx) == false);
  CHECK(at_least("7", kOldestPbx) == true);
  CHECK(at_least("7.0-beta", kOldestPbx) == true);
  CHECK(at_least("6-beta", kOldestPbx) == false);
}

TEST_CASE("what is no version is not compared") {
  for (const char* text :
       {"", ".", "8.", ".8", "8.x", "v8", "8.0 beta", "-1", "8.-1", "99999999999999"}) {
    INFO(text);
    CHECK_FALSE(at_least(text, kOldestPbx));
  }
}

}  // namespace sfteams::diagnosis

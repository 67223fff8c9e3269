#include "base/settings/nearest.h"

#include <catch2/catch.hpp>

namespace sfteams::settings {
namespace {

TEST_CASE("the distance counts letters put in, taken out and exchanged") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("abc", "") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("nmae", "name") == 2);
}

TEST_CASE("the nearest name is found, a far one is not") {
  CHECK(nearest("ur", {"name", "url"}) == "url");
  CHECK(nearest("callback_listen", {"allow", "callback-listen"}) == "callback-listen");
  CHECK(nearest("frobnicate", {"name", "url"}).empty());
  CHECK(nearest("x", {}).empty());
}

}  // namespace
}  // namespace sfteams::settings

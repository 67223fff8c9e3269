#include "agent/keys/key_ring.h"

#include <catch2/catch.hpp>

#include "agent/keys/codes.h"

namespace sfteams::agent {
namespace {

using std::chrono::hours;
using Fate = OldKeys::Fate;

constexpr std::int64_t kNow = 1'800'000'000;
constexpr OldKeys kDay{Fate::grace, hours(24)};

StoredKey some_key() {
  return make_key(std::chrono::system_clock::time_point()).value();
}

struct Fixture {
  KeyRing ring;
  StoredKey first = some_key();
  StoredKey second = some_key();

  Fixture() { REQUIRE(ring.add(first.clone(), {}, kNow)); }
};

TEST_CASE_METHOD(Fixture, "a second key is made only when it is said what the first becomes") {
  const Result<void> added = ring.add(second.clone(), {}, kNow);
  REQUIRE_FALSE(added);
  CHECK(added.error().code == codes::kKeyExists);
  CHECK(ring.keys().size() == 1);
}

TEST_CASE_METHOD(Fixture, "with a grace the old key is good until its end, and no longer") {
  REQUIRE(ring.add(second.clone(), kDay, kNow));
  REQUIRE(ring.keys().size() == 2);
  CHECK(ring.current().key == second.key);
  CHECK(ring.keys()[1].key == first.key);
  CHECK(ring.keys()[1].expires == kNow + 86'400);
  CHECK_FALSE(ring.drop_expired(kNow + 86'399));
  CHECK(ring.drop_expired(kNow + 86'400));
  REQUIRE(ring.keys().size() == 1);
  CHECK(ring.current().key == second.key);
}

TEST_CASE_METHOD(Fixture, "a later grace does not lengthen an earlier one") {
  REQUIRE(ring.add(second.clone(), kDay, kNow));
  REQUIRE(ring.add(some_key(), {Fate::grace, hours(48)}, kNow + 1));
  CHECK(ring.keys()[2].expires == kNow + 86'400);
  CHECK(ring.keys()[1].expires == kNow + 1 + 2 * 86'400);
}

TEST_CASE_METHOD(Fixture, "revoking leaves the new key alone") {
  REQUIRE(ring.add(second.clone(), kDay, kNow));
  const StoredKey third = some_key();
  REQUIRE(ring.add(third.clone(), {Fate::revoked, {}}, kNow));
  REQUIRE(ring.keys().size() == 1);
  CHECK(ring.current().key == third.key);
}

TEST_CASE_METHOD(Fixture, "the older keys can be revoked before their end") {
  CHECK_FALSE(ring.revoke_older());
  REQUIRE(ring.add(second.clone(), kDay, kNow));
  CHECK(ring.revoke_older());
  REQUIRE(ring.keys().size() == 1);
  CHECK(ring.current().key == second.key);
}

TEST_CASE_METHOD(Fixture, "a fifth key has to wait for the end of another") {
  for (int i = 0; i < 3; ++i)
    REQUIRE(ring.add(some_key(), kDay, kNow + i));
  const Result<void> fifth = ring.add(some_key(), kDay, kNow + 10);
  REQUIRE_FALSE(fifth);
  CHECK(fifth.error().code == codes::kTooManyKeys);
  CHECK(ring.keys().size() == 4);
  CHECK(ring.add(some_key(), kDay, kNow + 86'400));
  CHECK(ring.keys().size() == 4);
}

TEST_CASE("a clock that is set back ends no key") {
  Fixture made;
  REQUIRE(made.ring.add(made.second.clone(), kDay, kNow));
  CHECK_FALSE(made.ring.drop_expired(0));
}

}  // namespace
}  // namespace sfteams::agent

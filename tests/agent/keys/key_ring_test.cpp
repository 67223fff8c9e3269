#include "agent/keys/key_ring.h"

#include <catch2/catch.hpp>

#include "agent/keys/codes.h"

namespace sfteams::agent {
namespace {

using std::chrono::hours;
using Fate = OldKeys::Fate;

constexpr std::int64_t kRingNow = 1'800'000'000;
constexpr OldKeys kGraceOfADay{Fate::grace, hours(24)};

StoredKey stored_key() {
  return make_key(std::chrono::system_clock::time_point()).value();
}

struct KeyRingFixture {
  KeyRing ring;
  StoredKey first = stored_key();
  StoredKey second = stored_key();

  KeyRingFixture() { REQUIRE(ring.add(first.clone(), {}, kRingNow)); }
};

TEST_CASE_METHOD(KeyRingFixture,
                 "a second key is made only when it is said what the first becomes") {
  const Result<void> added = ring.add(second.clone(), {}, kRingNow);
  REQUIRE_FALSE(added);
  CHECK(added.error().code == codes::kKeyExists);
  CHECK(ring.keys().size() == 1);
}

TEST_CASE_METHOD(KeyRingFixture, "with a grace the old key is good until its end, and no longer") {
  REQUIRE(ring.add(second.clone(), kGraceOfADay, kRingNow));
  REQUIRE(ring.keys().size() == 2);
  CHECK(ring.current().key == second.key);
  CHECK(ring.keys()[1].key == first.key);
  CHECK(ring.keys()[1].expires == kRingNow + 86'400);
  CHECK_FALSE(ring.drop_expired(kRingNow + 86'399));
  CHECK(ring.drop_expired(kRingNow + 86'400));
  REQUIRE(ring.keys().size() == 1);
  CHECK(ring.current().key == second.key);
}

TEST_CASE_METHOD(KeyRingFixture, "a later grace does not lengthen an earlier one") {
  REQUIRE(ring.add(second.clone(), kGraceOfADay, kRingNow));
  REQUIRE(ring.add(stored_key(), {Fate::grace, hours(48)}, kRingNow + 1));
  CHECK(ring.keys()[2].expires == kRingNow + 86'400);
  CHECK(ring.keys()[1].expires == kRingNow + 1 + 2 * 86'400);
}

TEST_CASE_METHOD(KeyRingFixture, "revoking leaves the new key alone") {
  REQUIRE(ring.add(second.clone(), kGraceOfADay, kRingNow));
  const StoredKey third = stored_key();
  REQUIRE(ring.add(third.clone(), {Fate::revoked, {}}, kRingNow));
  REQUIRE(ring.keys().size() == 1);
  CHECK(ring.current().key == third.key);
}

TEST_CASE_METHOD(KeyRingFixture, "the older keys can be revoked before their end") {
  CHECK_FALSE(ring.revoke_older());
  REQUIRE(ring.add(second.clone(), kGraceOfADay, kRingNow));
  CHECK(ring.revoke_older());
  REQUIRE(ring.keys().size() == 1);
  CHECK(ring.current().key == second.key);
}

TEST_CASE_METHOD(KeyRingFixture, "a fifth key has to wait for the end of another") {
  for (int i = 0; i < 3; ++i)
    REQUIRE(ring.add(stored_key(), kGraceOfADay, kRingNow + i));
  const Result<void> fifth = ring.add(stored_key(), kGraceOfADay, kRingNow + 10);
  REQUIRE_FALSE(fifth);
  CHECK(fifth.error().code == codes::kTooManyKeys);
  CHECK(ring.keys().size() == 4);
  CHECK(ring.add(stored_key(), kGraceOfADay, kRingNow + 86'400));
  CHECK(ring.keys().size() == 4);
}

TEST_CASE("a clock that is set back ends no key") {
  KeyRingFixture made;
  REQUIRE(made.ring.add(made.second.clone(), kGraceOfADay, kRingNow));
  CHECK_FALSE(made.ring.drop_expired(0));
}

}  // namespace
}  // namespace sfteams::agent

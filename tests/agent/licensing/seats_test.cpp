#include "agent/licensing/seats.h"

#include <catch2/catch.hpp>

#include "agent/licensing/codes.h"

namespace sfteams::agent {
namespace {

struct SeatsFixture {
  Seats seats{{false, {"named"}}, [this] { ++changes; }};
  int changes = 0;
  std::vector<std::string> withdrawn;

  SeatsFixture() { seats.set_capacity(2); }
  Result<std::unique_ptr<Seats::Permit>> admit(const std::string& user, UnixSeconds now = 100) {
    return seats.admit(user, now, [this, user](const Error& error) {
      withdrawn.push_back(user + " " + std::string(error.code.id));
    });
  }
  [[nodiscard]] std::vector<std::string> users() const {
    std::vector<std::string> users;
    for (const Seats::Holder& holder : seats.holders())
      users.push_back(holder.user);
    return users;
  }
};
using Users = std::vector<std::string>;

TEST_CASE_METHOD(SeatsFixture, "named users need no seat") {
  seats.set_capacity(0);
  CHECK(admit("named"));
  CHECK(seats.taken() == 0);
  CHECK(admit("other").error().code == codes::kNotNamed);
  seats.set_rules({true, {}});
  CHECK(admit("other"));
}

TEST_CASE_METHOD(SeatsFixture, "a seat is a user's, whatever the number of sessions") {
  auto first = admit("a");
  auto second = admit("a", 200);
  REQUIRE(first);
  REQUIRE(second);
  CHECK(seats.taken() == 1);
  CHECK(seats.holders()[0].sessions == 2);
  CHECK(seats.holders()[0].since == 100);
  CHECK(seats.holds("a"));
  CHECK_FALSE(seats.holds("b"));
  first->reset();
  CHECK(users() == Users{"a"});
  second->reset();
  CHECK(users().empty());
  CHECK_FALSE(seats.holds("a"));
}

TEST_CASE_METHOD(SeatsFixture,
                 "when all seats are taken the next user is refused until one is free") {
  auto a = admit("a");
  auto b = admit("b");
  const auto refused = admit("c");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == codes::kNoSeat);
  CHECK(refused.error().message == "all seats of the floating licences are taken (2 seats)");
  CHECK(admit("b"));
  CHECK(admit("named"));
  a->reset();
  CHECK(admit("c"));
}

TEST_CASE_METHOD(SeatsFixture,
                 "a seat that is withdrawn is free at once, and all its sessions are told") {
  auto first = admit("a");
  auto second = admit("a");
  auto b = admit("b");
  CHECK(seats.withdraw("a", seat_withdrawn()));
  CHECK(withdrawn == std::vector<std::string>(2, "a license.seat-withdrawn"));
  CHECK(users() == Users{"b"});
  auto c = admit("c");
  CHECK(c);
  // Permits that are worth nothing any more take nobody's seat away.
  first->reset();
  second->reset();
  CHECK(users() == Users{"b", "c"});
  CHECK_FALSE(seats.withdraw("a", seat_withdrawn()));
  CHECK_FALSE(seats.withdraw("named", seat_withdrawn()));
}

TEST_CASE("whoever is told may let go of the permit, and ask for a seat again, at that moment") {
  Seats seats({false, {}}, [] {});
  seats.set_capacity(1);
  Result<std::unique_ptr<Seats::Permit>> permit = fail(codes::kNoSeat, "");
  bool again = false;
  permit = seats.admit("a", 1, [&](const Error&) {
    permit->reset();
    permit = seats.admit("a", 2, [](const Error&) {});
    again = permit.has_value();
  });
  REQUIRE(permit);
  CHECK(seats.withdraw("a", seat_withdrawn()));
  CHECK(again);
  CHECK(seats.holders()[0].since == 2);
}

TEST_CASE_METHOD(SeatsFixture, "fewer seats take nobody's away, but let nobody in") {
  auto a = admit("a");
  auto b = admit("b");
  seats.set_capacity(1);
  CHECK(seats.taken() == 2);
  CHECK(admit("a"));
  a->reset();
  CHECK(admit("c").error().code == codes::kNoSeat);
  b->reset();
  CHECK(admit("c"));
}

TEST_CASE_METHOD(SeatsFixture, "seats of before a restart are kept for their holders for a time") {
  seats.keep({{"a", 7, 0}, {"b", 8, 0}, {"named", 9, 0}});
  CHECK(users() == Users{"a", "b"});
  CHECK(admit("c").error().code == codes::kNoSeat);
  auto a = admit("a");
  REQUIRE(a);
  CHECK(seats.holders()[0].since == 7);
  seats.release_kept();
  CHECK(users() == Users{"a"});
  CHECK(admit("c"));
}

TEST_CASE_METHOD(SeatsFixture,
                 "whoever is named while holding a seat goes on without, and the seat is free") {
  seats.keep({{"kept", 7, 0}});
  auto live = admit("live");
  REQUIRE(users() == Users{"kept", "live"});
  const int before = changes;
  seats.set_rules({false, {"live", "kept"}});
  CHECK(users().empty());
  CHECK(changes == before + 1);
  CHECK(withdrawn.empty());
  auto a = admit("a");
  auto b = admit("b");
  REQUIRE(b);
  // Its permit is worth no seat any more.
  live->reset();
  CHECK(users() == Users{"a", "b"});
  seats.set_rules({true, {}});
  CHECK(users().empty());
}

TEST_CASE_METHOD(SeatsFixture, "every change is told, so that it can be written down") {
  auto a = admit("a");
  CHECK(changes == 1);
  auto again = admit("a");
  again->reset();
  a->reset();
  CHECK(changes >= 3);
  const int before = changes;
  seats.release_kept();
  CHECK(changes == before);
}

TEST_CASE_METHOD(SeatsFixture, "holders are told as JSON") {
  auto a = admit("a");
  const Json::Value json = seats_json(seats);
  CHECK(json["seats"] == 2);
  CHECK(json["taken"] == 1);
  CHECK(json["holders"][0]["user"] == "a");
  CHECK(json["holders"][0]["since"] == "1970-01-01T00:01:40Z");
  CHECK(json["holders"][0]["sessions"] == 1);
}

/// Users with the right at the PBX are named, and there is one seat for others.
struct RightSeats : SeatsFixture {
  RightSeats() {
    seats.set_rules({false, {"named"}, {"Teams"}});
    seats.set_capacity(1);
  }
  Result<std::unique_ptr<Seats::Permit>> admit_with(const std::string& user,
                                                    const Result<bool>& right) {
    return seats.admit(
        user, 100, [](const Error&) {}, right);
  }
  const Result<bool> granted = true;
  const Result<bool> missing = false;
  const Result<bool> unknown =
      fail(Code{"rest.not-offered", Exit::unavailable}, "the rights are not visible at the PBX");
};

TEST_CASE_METHOD(RightSeats, "the PBX decides only about users whom no list names") {
  CHECK(seats.asks_pbx("a"));
  CHECK_FALSE(seats.asks_pbx("named"));
  seats.set_rules({true, {}, {"Teams"}});
  CHECK_FALSE(seats.asks_pbx("a"));
  seats.set_rules({false, {}});
  CHECK_FALSE(seats.asks_pbx("a"));
}

TEST_CASE_METHOD(RightSeats, "a user with the right needs no seat, others do") {
  CHECK(admit_with("a", granted));
  CHECK(seats.taken() == 0);
  const auto b = admit_with("b", missing);
  CHECK(users() == Users{"b"});
  const auto full = admit_with("c", missing);
  CHECK(full.error().code == codes::kNoSeat);
  const auto not_known = admit_with("c", unknown);
  CHECK(not_known.error().code == codes::kRightUnknown);
  CHECK(
      not_known.error().message ==
      "it cannot be known whether the PBX gives this user the right \"Teams\": the rights are not "
      "visible at the PBX; and all seats of the floating licences are taken (1 seat)");
}

TEST_CASE_METHOD(RightSeats, "an answer of the PBX that is not asked any more does not count") {
  seats.set_rules({false, {}});
  seats.set_capacity(0);
  CHECK(admit_with("a", granted).error().code == codes::kNotNamed);
  CHECK(admit_with("a", unknown).error().code == codes::kNotNamed);
}

TEST_CASE_METHOD(RightSeats, "a user who gets the right gives back the seat of earlier sessions") {
  auto before = admit_with("a", missing);
  const auto after = admit_with("a", granted);
  CHECK(seats.taken() == 0);
  auto b = admit_with("b", missing);
  REQUIRE(b);
  before->reset();
  CHECK(users() == Users{"b"});
}

TEST_CASE_METHOD(RightSeats, "a seat kept over a restart is free once its user has the right") {
  seats.keep({{"a", 50, 0}});
  CHECK(users() == Users{"a"});
  CHECK(admit_with("a", granted));
  CHECK(users().empty());
}

}  // namespace
}  // namespace sfteams::agent

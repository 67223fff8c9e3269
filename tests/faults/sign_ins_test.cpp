#include "tests/faults/sign_ins.h"

#include <catch2/catch.hpp>

// The soak's judgement of who is let in.

namespace sfteams::faults {
namespace {

using transport::Duration;

const SignIns::TimePoint kStart{};
constexpr SignIns::Patience kSignInPatience{Duration(1'000), Duration(5'000)};

struct Users {
  Passwords passwords{"first"};
  TroubleLog troubles{{Duration(0), Duration(0)}};
  SignIns anna{"1001", passwords, troubles, kSignInPatience};
  SignIns ben{"1002", passwords, troubles, kSignInPatience};

  [[nodiscard]] static SignIns::TimePoint at(int since_start) {
    return kStart + Duration(since_start);
  }
  void sign_in(SignIns& user, int since_start) {
    static_cast<void>(user.begin(at(since_start)));
    REQUIRE_FALSE(user.accepted(at(since_start)));
  }
};

TEST_CASE("nobody is refused with the right password, at sign-in or later") {
  const char* code = GENERATE("uci.login-refused", "session.signed-out");
  Users now;
  now.troubles.begin(Trouble::pbx_unwell, kStart);
  CHECK(now.anna.begin(kStart) == "first");
  CHECK(now.anna.turned_away(code, kStart));
  CHECK_FALSE(now.anna.turned_away("uci.pbx-error", kStart));
  CHECK_FALSE(now.anna.accepted(kStart));
  CHECK(now.anna.lost(code, kStart, kStart));
}

TEST_CASE("who has the old password is refused by right, and the new one is taken from then on") {
  Users now;
  now.sign_in(now.anna, 0);
  now.sign_in(now.ben, 0);
  CHECK(now.anna.up_to_date());
  CHECK(now.passwords.change("1001").text != "first");
  CHECK_FALSE(now.anna.up_to_date());
  CHECK(now.ben.up_to_date());
  CHECK_FALSE(now.anna.lost("uci.login-refused", kStart, kStart));
  CHECK(now.ben.lost("uci.login-refused", kStart, kStart));
  CHECK(now.anna.begin(kStart) == now.passwords.of("1001").text);
  CHECK(now.anna.turned_away("uci.login-refused", kStart));
}

TEST_CASE("a proven password is not paused while the PBX is well, and a new one may be") {
  const char* paused = "session.login-paused";
  Users now;
  now.sign_in(now.anna, 0);
  static_cast<void>(now.anna.begin(Users::at(10)));
  CHECK(now.anna.turned_away(paused, Users::at(20)));
  now.troubles.begin(Trouble::pbx_unwell, Users::at(30));
  CHECK_FALSE(now.anna.turned_away(paused, Users::at(40)));
  now.troubles.end(Trouble::pbx_unwell, Users::at(50));
  static_cast<void>(now.passwords.change("1001"));
  static_cast<void>(now.anna.begin(Users::at(60)));
  CHECK_FALSE(now.anna.turned_away(paused, Users::at(70)));
}

TEST_CASE("a code that no fault explains is found at the first time") {
  const char* code = GENERATE("uci.pbx-error", "license.no-seat", "tunnel.too-slow");
  Users now;
  static_cast<void>(now.anna.begin(kStart));
  CHECK(now.anna.turned_away(code, kStart));
}

TEST_CASE("nobody is kept out for longer than was promised, whatever else comes in between") {
  Users now;
  for (int at = 0; at <= 5'000; at += 500) {
    static_cast<void>(now.anna.begin(Users::at(at)));
    CHECK_FALSE(now.anna.turned_away("session.login-paused", Users::at(at)));
  }
  // It was let through to the PBX meanwhile, which was unwell just then.
  now.troubles.begin(Trouble::pbx_unwell, Users::at(5'000));
  static_cast<void>(now.anna.begin(Users::at(5'000)));
  CHECK_FALSE(now.anna.turned_away("uci.unreachable", Users::at(5'100)));
  now.troubles.end(Trouble::pbx_unwell, Users::at(5'100));
  static_cast<void>(now.anna.begin(Users::at(5'100)));
  CHECK_FALSE(now.anna.turned_away("session.login-paused", Users::at(5'100)));
  CHECK(now.anna.turned_away("session.login-paused", Users::at(5'101)));
  CHECK(now.anna.longest_out() == Duration(5'001));
}

TEST_CASE("a sign-in that is accepted late has kept its user out, too") {
  Users now;
  now.sign_in(now.anna, 0);
  CHECK(now.anna.lost("uci.pbx-error", kStart, kStart));
  static_cast<void>(now.anna.begin(Users::at(500)));
  CHECK_FALSE(now.anna.accepted(Users::at(1'000)));
  CHECK(now.anna.lost("uci.pbx-error", Users::at(2'000), Users::at(2'000)));
  static_cast<void>(now.anna.begin(Users::at(2'500)));
  CHECK(now.anna.accepted(Users::at(3'001)));
}

TEST_CASE("the time of a trouble does not count, nor that of an old password") {
  Users now;
  now.sign_in(now.anna, 0);
  now.troubles.begin(Trouble::agent_away, Users::at(100));
  CHECK_FALSE(now.anna.lost("tunnel.session-unknown", Users::at(100), Users::at(100)));
  static_cast<void>(now.anna.begin(Users::at(200)));
  now.troubles.end(Trouble::agent_away, Users::at(9'000));
  CHECK_FALSE(now.anna.accepted(Users::at(10'000)));

  static_cast<void>(now.passwords.change("1001"));
  CHECK_FALSE(now.anna.lost("uci.login-refused", Users::at(11'000), Users::at(11'000)));
  static_cast<void>(now.anna.begin(Users::at(20'000)));
  CHECK_FALSE(now.anna.accepted(Users::at(20'500)));
}

}  // namespace
}  // namespace sfteams::faults

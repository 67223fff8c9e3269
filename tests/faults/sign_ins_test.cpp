#include "tests/faults/sign_ins.h"

#include <catch2/catch.hpp>

// The soak's judgement of who is let in.

namespace sfteams::faults {
namespace {

using transport::Duration;

const SignIns::TimePoint kStart{};

TEST_CASE("nobody is refused with the right password, at sign-in or later") {
  const std::string code = GENERATE("uci.login-refused", "session.signed-out");
  Passwords passwords("first");
  SignIns anna("1001", passwords, Duration(1'000));
  CHECK(anna.begin() == "first");
  CHECK(anna.turned_away(code, kStart));
  anna.accepted();
  CHECK(anna.turned_away(code, kStart));
  CHECK_FALSE(anna.turned_away("uci.pbx-error", kStart));
}

TEST_CASE("who has the old password is refused by right, and the new one is taken from then on") {
  Passwords passwords("first");
  SignIns anna("1001", passwords, Duration(1'000));
  SignIns ben("1002", passwords, Duration(1'000));
  CHECK(anna.begin() == "first");
  CHECK(ben.begin() == "first");
  CHECK(passwords.change("1001").text != "first");
  CHECK_FALSE(anna.turned_away("uci.login-refused", kStart));
  CHECK(ben.turned_away("uci.login-refused", kStart));
  CHECK(anna.begin() == passwords.of("1001").text);
  CHECK(anna.turned_away("uci.login-refused", kStart));
}

TEST_CASE("nobody is kept out by others for longer than was promised") {
  const std::string paused = "session.login-paused";
  Passwords passwords("first");
  SignIns anna("1001", passwords, Duration(1'000));
  CHECK(anna.begin() == "first");
  CHECK_FALSE(anna.turned_away(paused, kStart));
  CHECK_FALSE(anna.turned_away(paused, kStart + Duration(1'000)));
  CHECK(anna.turned_away(paused, kStart + Duration(1'001)));
  anna.accepted();
  CHECK_FALSE(anna.turned_away(paused, kStart + Duration(5'000)));
  // It was let through to the PBX meanwhile.
  CHECK_FALSE(anna.turned_away("uci.unreachable", kStart + Duration(5'900)));
  CHECK_FALSE(anna.turned_away(paused, kStart + Duration(6'800)));
}

}  // namespace
}  // namespace sfteams::faults

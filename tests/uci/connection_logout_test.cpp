#include <catch2/catch.hpp>

#include "tests/uci/fakes.h"
#include "uci/codes.h"

namespace codes = sfteams::uci::codes;
using namespace std::chrono_literals;  // NOLINT: only for the times
using sfteams::uci::Array;
using sfteams::uci::Value;
using State = sfteams::uci::Connection::State;
using sfteams::uci::test::kGetPhones;
using sfteams::uci::test::kKeepAlive;
using sfteams::uci::test::kLogin;
using sfteams::uci::test::kLogout;
using sfteams::uci::test::kPlaceCall;
using sfteams::uci::test::Outcome;
using sfteams::uci::test::Rig;

TEST_CASE("a logout tells the PBX and is done with its answer") {
  Rig rig;
  rig.log_in();
  int done = 0;
  rig.connection->logout([&done] { ++done; });
  CHECK(rig.connection->state() == State::closing);
  CHECK(done == 0);
  SECTION("true") {
    rig.pbx.value(kLogout, true);
  }
  SECTION("nothing") {
    rig.pbx.value(kLogout, {});
  }
  SECTION("HTTP 500") {
    rig.pbx.status(kLogout, 500);
  }
  SECTION("no answer") {
    rig.pbx.fails(kLogout, codes::kTimeout);
  }
  CHECK(done == 1);
  CHECK(rig.connection->state() == State::closed);
  rig.scheduler.advance(1h);
  CHECK(rig.pbx.open() == 0);
  CHECK(rig.pbx.count(kKeepAlive) == 0);
}

TEST_CASE("a logout waits for the calls on their way, so that none is cut off") {
  Rig rig;
  rig.log_in();
  Outcome<Value> call;
  rig.connection->call(kPlaceCall, Array{"1"}, call.callback());
  bool done = false;
  rig.connection->logout([&done] { done = true; });
  CHECK_FALSE(rig.pbx.is_open(kLogout));
  rig.pbx.value(kPlaceCall, "uuid");
  CHECK(call.code().empty());
  CHECK(rig.pbx.is_open(kLogout));
  rig.pbx.value(kLogout, true);
  CHECK(done);
}

TEST_CASE("a call that takes too long does not hold up the logout") {
  Rig rig;
  rig.log_in();
  Outcome<Value> call;
  rig.connection->call(kPlaceCall, Array{"1"}, call.callback());
  rig.connection->logout([] {});
  rig.scheduler.advance(2s);
  CHECK(call.code() == codes::kConnectionClosed.id);
  CHECK_FALSE(rig.pbx.is_open(kPlaceCall));
  CHECK(rig.pbx.is_open(kLogout));
}

TEST_CASE("calls after the logout, and those that waited for a login, fail as closed") {
  Rig rig;
  rig.log_in();
  rig.wait_for_keep_alive();
  rig.pbx.value(kKeepAlive, false);
  Outcome<Value> waiting;
  rig.connection->call(kGetPhones, {}, waiting.callback());
  rig.connection->logout([] {});
  CHECK(waiting.code() == codes::kConnectionClosed.id);
  CHECK_FALSE(rig.pbx.is_open(kLogin));
  Outcome<Value> late;
  rig.connection->call(kGetPhones, {}, late.callback());
  CHECK(late.code() == codes::kConnectionClosed.id);
}

TEST_CASE("a call that met the end of the login during the logout is not repeated") {
  Rig rig;
  rig.log_in();
  Outcome<Value> call;
  rig.connection->call(kGetPhones, {}, call.callback());
  rig.connection->logout([] {});
  rig.pbx.fault(kGetPhones, "NotConnected");
  CHECK(call.code() == codes::kNotConnected.id);
  CHECK(rig.pbx.is_open(kLogout));
  CHECK(rig.pbx.count(kLogin) == 1);
}

TEST_CASE("without a login there is nothing to tell the PBX") {
  Rig rig;
  bool done = false;
  SECTION("never logged in") {}
  SECTION("refused") {
    rig.connection->login([](const sfteams::Result<void>&) {});
    rig.pbx.value(kLogin, false);
  }
  rig.connection->logout([&done] { done = true; });
  CHECK_FALSE(done);
  rig.scheduler.turn();
  CHECK(done);
  CHECK(rig.pbx.count(kLogout) == 0);
  CHECK(rig.connection->state() == State::closed);
}

TEST_CASE("a logout during the first login ends the login and tells the PBX in case it arrived") {
  Rig rig;
  Outcome<void> login;
  rig.connection->login(login.callback());
  rig.connection->logout([] {});
  CHECK(login.code() == codes::kConnectionClosed.id);
  CHECK(rig.pbx.is_open(kLogout));
  CHECK_FALSE(rig.pbx.is_open(kLogin));
}

TEST_CASE("a second logout is told of the same end, and a late one as well") {
  Rig rig;
  rig.log_in();
  int done = 0;
  rig.connection->logout([&done] { ++done; });
  rig.connection->logout([&done] { ++done; });
  CHECK(rig.pbx.count(kLogout) == 1);
  rig.pbx.value(kLogout, true);
  CHECK(done == 2);
  rig.connection->logout([&done] { ++done; });
  rig.scheduler.turn();
  CHECK(done == 3);
  CHECK(rig.pbx.count(kLogout) == 1);
}

TEST_CASE("a connection may be destroyed by the callback that tells it is closed") {
  Rig rig;
  rig.log_in();
  rig.connection->logout([&rig] { rig.connection.reset(); });
  rig.pbx.value(kLogout, true);
  CHECK(rig.connection == nullptr);
  rig.scheduler.advance(1h);
  CHECK(rig.pbx.open() == 0);
}

// A token that was good may become wrong at any moment, and each request that then still carries it
// is a wrong password for the PBX.

#include <list>

#include <catch2/catch.hpp>

#include "tests/uci/fakes.h"
#include "uci/codes.h"

namespace sfteams::uci::test {
namespace {

using namespace std::chrono_literals;
using State = Connection::State;

struct Doubt : Rig {
  Doubt() { log_in(); }

  Outcome<Value>& place() {
    Outcome<Value>& call = calls.emplace_back();
    connection->call(kGetPhones, {}, call.callback());
    return call;
  }
  std::list<Outcome<Value>> calls;
};

TEST_CASE_METHOD(Doubt, "of many calls of a user a few are under way, the others follow in order") {
  for (int i = 0; i < 20; ++i)
    place();
  CHECK(pbx.open() == LoneGate::kMostAtOnce);
  for (int i = 0; i < 20; ++i) {
    pbx.value(kGetPhones, i + 1);
    scheduler.turn();
    CHECK(pbx.open() <= LoneGate::kMostAtOnce);
  }
  int number = 0;
  for (const Outcome<Value>& call : calls)
    CHECK(*call.result == Value(++number));
}

TEST_CASE_METHOD(Doubt, "once a request is refused no further one carries the token") {
  for (int i = 0; i < 20; ++i)
    place();
  const int sent = pbx.count(kGetPhones);
  SECTION("a fault that names access") {
    for (int i = 0; i < sent; ++i)
      pbx.fault(kGetPhones, "UciIllegalAccessException");
  }
  SECTION("a fault that names nothing") {
    for (int i = 0; i < sent; ++i)
      pbx.fault(kGetPhones, "java.lang.Exception");
  }
  SECTION("HTTP 403") {
    for (int i = 0; i < sent; ++i)
      pbx.status(kGetPhones, 403);
  }
  SECTION("HTTP 500") {
    for (int i = 0; i < sent; ++i)
      pbx.status(kGetPhones, 500);
  }
  SECTION("an empty answer") {
    const int status = GENERATE(200, 204, 400, 404);
    for (int i = 0; i < sent; ++i)
      pbx.reply(kGetPhones, RpcReply{status, "", ""});
  }
  SECTION("a closed connection") {
    for (int i = 0; i < sent; ++i)
      pbx.fails(kGetPhones, codes::kBrokenReply);
  }
  SECTION("false") {
    for (int i = 0; i < sent; ++i)
      pbx.value(kGetPhones, false);
  }
  scheduler.turn();
  CHECK(pbx.count(kGetPhones) == sent);
  REQUIRE(pbx.count(kKeepAlive) == 1);
  pbx.status(kKeepAlive, 401);
  scheduler.advance(1h);
  CHECK(pbx.count(kGetPhones) == sent);
  CHECK(connection->state() == State::refused);
  for (const Outcome<Value>& call : calls)
    CHECK(call.times == 1);
  CHECK(calls.back().code() == codes::kLoginRefused.id);
}

TEST_CASE_METHOD(Doubt, "faults one after the other are each settled before the next call") {
  for (int i = 0; i < 5; ++i) {
    place();
    if (pbx.is_open(kKeepAlive)) pbx.value(kKeepAlive, true);
    pbx.fault(kGetPhones, "no such phone");
    scheduler.advance(300ms);
  }
  CHECK(pbx.count(kGetPhones) == 5);
  CHECK(pbx.count(kKeepAlive) == 4);
  // Now it is the token.
  Outcome<Value>& last = place();
  pbx.value(kKeepAlive, false);
  scheduler.advance(dialect.login_spacing);
  pbx.value(kLogin, false);
  CHECK(last.code() == codes::kLoginRefused.id);
  CHECK(pbx.count(kGetPhones) == 5);
}

TEST_CASE_METHOD(Doubt, "after a refused service a keepAlive comes before the next one") {
  Outcome<Value> own;
  connection->call(kSubscribe, Array{"ucp.v30.events.fax"}, own.callback());
  pbx.value(kSubscribe, true);
  wait_for_keep_alive();
  pbx.value(kKeepAlive, false);
  pbx.value(kLogin, true);
  pbx.fault(kSubscribe, "UciIllegalAccessException");
  CHECK_FALSE(pbx.is_open(kSubscribe));
  SECTION("which says that the token holds") {
    pbx.value(kKeepAlive, true);
    pbx.value(kSubscribe, true);
    CHECK(connection->state() == State::connected);
    CHECK(connection->last_error()->code == codes::kSubscribeRefused);
  }
  SECTION("which says that the login is forgotten again") {
    Outcome<Value> call;
    connection->call(kGetPhones, {}, call.callback());
    pbx.value(kKeepAlive, false);
    CHECK(connection->state() == State::reconnecting);
    // The user's call waits for the next login.
    CHECK(call.times == 0);
    scheduler.advance(dialect.login_spacing);
    pbx.value(kLogin, true);
    pbx.value(kSubscribe, true);
    pbx.value(kSubscribe, true);
    pbx.value(kGetPhones, true);
    CHECK(call.code().empty());
  }
  SECTION("which says that it does not") {
    pbx.status(kKeepAlive, 403);
    CHECK(connection->state() == State::refused);
    CHECK(pbx.open() == 1);  // the question for the version
  }
}

TEST_CASE_METHOD(Doubt, "a call that waits too long is told why") {
  for (std::size_t i = 0; i < LoneGate::kMostAtOnce; ++i)
    place();
  Outcome<Value>& late = place();
  scheduler.advance(dialect.call_timeout - 1ms);
  CHECK(late.times == 0);
  scheduler.advance(1ms);
  CHECK(late.code() == codes::kTooManyWaiting.id);
  scheduler.turn();
}

}  // namespace
}  // namespace sfteams::uci::test

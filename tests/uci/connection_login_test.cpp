#include <catch2/catch.hpp>

#include "tests/uci/fakes.h"
#include "uci/codes.h"

namespace codes = sfteams::uci::codes;
using namespace std::chrono_literals;  // NOLINT: only for the times
using sfteams::uci::Array;
using sfteams::uci::dialect_of;
using sfteams::uci::RpcReply;
using sfteams::uci::Value;
using sfteams::uci::Version;
using State = sfteams::uci::Connection::State;
using sfteams::uci::test::kGetPhones;
using sfteams::uci::test::kKeepAlive;
using sfteams::uci::test::kLogin;
using sfteams::uci::test::kSubscribe;
using sfteams::uci::test::kVersion;
using sfteams::uci::test::Outcome;
using sfteams::uci::test::Rig;

TEST_CASE("a login is followed by the subscription of call events and then reported") {
  Rig rig;
  Outcome<void> login;
  rig.connection->login(login.callback());
  CHECK(rig.connection->state() == State::logging_in);
  CHECK(rig.pbx.request(kLogin).announce);
  CHECK(rig.pbx.request(kLogin).call.params.empty());
  CHECK_FALSE(rig.pbx.is_open(kSubscribe));
  rig.pbx.value(kLogin, true);
  rig.pbx.value(kVersion, "10.0.1.6");
  CHECK(rig.pbx.request(kSubscribe).call.params == Array{"ucp.v30.events.call"});
  CHECK(login.times == 0);
  rig.pbx.value(kSubscribe, true);
  CHECK(login.times == 1);
  CHECK(login.code().empty());
  CHECK(rig.connection->state() == State::connected);
  CHECK(rig.connection->services() == std::vector<std::string>{"ucp.v30.events.call"});
  CHECK_FALSE(rig.connection->last_error().has_value());
}

TEST_CASE("the first login is complete when the version has been answered, whatever it is") {
  Rig rig;
  Outcome<void> login;
  rig.connection->login(login.callback());
  rig.pbx.value(kLogin, true);
  rig.pbx.value(kSubscribe, true);
  CHECK(login.times == 0);
  SECTION("a version") {
    rig.pbx.value(kVersion, "10.0.1.6");
    CHECK(*rig.connection->server_version() == Value("10.0.1.6"));
  }
  SECTION("a fault") {
    rig.pbx.fault(kVersion, "no such method");
  }
  SECTION("nothing in time") {
    rig.pbx.fails(kVersion, codes::kTimeout);
  }
  CHECK(login.times == 1);
  CHECK(login.code().empty());
  CHECK(rig.connection->state() == State::connected);
}

TEST_CASE("a login that is renewed does not wait for the version") {
  Rig rig;
  rig.log_in();
  rig.wait_for_keep_alive();
  rig.pbx.value(kKeepAlive, false);
  rig.pbx.value(kLogin, true);
  rig.pbx.value(kSubscribe, true);
  CHECK(rig.connection->state() == State::connected);
  rig.pbx.value(kVersion, "10.0.2.0");
  CHECK(*rig.connection->server_version() == Value("10.0.2.0"));
}

TEST_CASE("the version of the PBX is known after the login, and not missed when it is refused") {
  Rig rig;
  rig.log_in();
  REQUIRE(rig.connection->server_version().has_value());
  CHECK(*rig.connection->server_version() == Value("10.0.1.6"));
  Rig other;
  Outcome<void> login;
  other.connection->login(login.callback());
  other.pbx.value(kLogin, true);
  other.pbx.fault(kVersion, "no such method");
  other.pbx.value(kSubscribe, true);
  CHECK(login.code().empty());
  CHECK_FALSE(other.connection->server_version().has_value());
}

TEST_CASE("every shape of a refused login ends as the same coded error and is never retried") {
  Rig rig;
  Outcome<void> login;
  rig.connection->login(login.callback());
  SECTION("false") {
    rig.pbx.value(kLogin, false);
  }
  SECTION("a fault that names the exception") {
    rig.pbx.fault(kLogin, "de.vertico.starface.uci.UciIllegalAccessException");
  }
  SECTION("any other fault") {
    rig.pbx.fault(kLogin, "java.lang.NullPointerException");
  }
  SECTION("HTTP 401") {
    rig.pbx.status(kLogin, 401);
  }
  SECTION("HTTP 403") {
    rig.pbx.status(kLogin, 403);
  }
  SECTION("HTTP 403 with an answer inside") {
    rig.pbx.reply(kLogin,
                  RpcReply{403, "text/xml", sfteams::uci::write_response(Value(true)).value()});
  }
  SECTION("a redirect") {
    rig.pbx.reply(kLogin, RpcReply{302, "", ""});
  }
  SECTION("the page to log in") {
    rig.pbx.status(kLogin, 200);
  }
  SECTION("a page that only its type gives away") {
    rig.pbx.reply(kLogin, RpcReply{200, "text/html;charset=utf-8", "Please log in"});
  }
  CHECK(login.times == 1);
  CHECK(login.code() == codes::kLoginRefused.id);
  CHECK(rig.connection->state() == State::refused);
  const int before = rig.pbx.count(kLogin);
  rig.scheduler.advance(24h);
  Outcome<void> again;
  rig.connection->login(again.callback());
  CHECK_FALSE(again.code().empty());
  Outcome<Value> call;
  rig.connection->call(kGetPhones, {}, call.callback());
  CHECK(call.code() == codes::kLoginRefused.id);
  CHECK(rig.pbx.count(kLogin) == before);
  CHECK(rig.pbx.open() == 0);
}

TEST_CASE(
    "a PBX that is broken or away does not count as a refusal, and the login may be tried again") {
  Rig rig;
  Outcome<void> login;
  rig.connection->login(login.callback());
  std::string expected;
  SECTION("HTTP 500 with an error page") {
    rig.pbx.status(kLogin, 500);
    expected = codes::kPbxError.id;
  }
  SECTION("HTTP 503 with an error page") {
    rig.pbx.status(kLogin, 503);
    expected = codes::kPbxError.id;
  }
  SECTION("HTTP 404") {
    rig.pbx.status(kLogin, 404);
    expected = codes::kBrokenReply.id;
  }
  SECTION("no connection") {
    rig.pbx.fails(kLogin, codes::kUnreachable);
    expected = codes::kUnreachable.id;
  }
  SECTION("no answer in time") {
    rig.pbx.fails(kLogin, codes::kTimeout);
    expected = codes::kTimeout.id;
  }
  SECTION("closed in the middle of the reply") {
    rig.pbx.fails(kLogin, codes::kBrokenReply);
    expected = codes::kBrokenReply.id;
  }
  SECTION("half a document") {
    rig.pbx.reply(kLogin, RpcReply{200, "text/xml", "<methodResponse><params>"});
    expected = codes::kBrokenReply.id;
  }
  CHECK(login.times == 1);
  CHECK(login.code() == expected);
  CHECK(rig.connection->state() == State::idle);
  rig.scheduler.advance(1h);
  CHECK(rig.pbx.count(kLogin) == 1);
  rig.log_in();
  CHECK(rig.pbx.count(kLogin) == 2);
}

TEST_CASE("a fault document counts as the answer whatever the HTTP status") {
  Rig rig;
  Outcome<void> login;
  rig.connection->login(login.callback());
  rig.pbx.reply(kLogin, RpcReply{500, "text/xml",
                                 sfteams::uci::write_fault({.code = 0, .text = "IllegalAccess"})});
  CHECK(login.code() == codes::kLoginRefused.id);
}

TEST_CASE("a keepAlive goes out every 30 seconds") {
  Rig rig;
  rig.log_in();
  rig.scheduler.advance(29'999ms);
  CHECK(rig.pbx.count(kKeepAlive) == 0);
  rig.scheduler.advance(1ms);
  CHECK(rig.pbx.count(kKeepAlive) == 1);
  rig.pbx.value(kKeepAlive, true);
  rig.scheduler.advance(30s);
  CHECK(rig.pbx.count(kKeepAlive) == 2);
  CHECK(rig.connection->state() == State::connected);
}

TEST_CASE("after keepAlive said false the user is logged in and everything subscribed again") {
  Rig rig;
  rig.log_in();
  Outcome<Value> own;
  rig.connection->call(kSubscribe, Array{"ucp.v30.events.fax"}, own.callback());
  rig.pbx.value(kSubscribe, true);
  CHECK(own.code().empty());
  rig.wait_for_keep_alive();
  rig.pbx.value(kKeepAlive, false);
  CHECK(rig.connection->state() == State::reconnecting);
  CHECK(rig.connection->services().size() == 2);
  rig.pbx.value(kLogin, true);
  CHECK(rig.connection->services().empty());
  CHECK(rig.pbx.request(kSubscribe).call.params == Array{"ucp.v30.events.call"});
  rig.pbx.value(kSubscribe, true);
  CHECK(rig.pbx.request(kSubscribe).call.params == Array{"ucp.v30.events.fax"});
  rig.pbx.value(kSubscribe, true);
  CHECK(rig.connection->state() == State::connected);
  CHECK(rig.connection->services().size() == 2);
  rig.scheduler.advance(30s);
  CHECK(rig.pbx.count(kKeepAlive) == 2);
}

TEST_CASE("a login that is refused the second time is not tried a third") {
  Rig rig;
  rig.log_in();
  rig.wait_for_keep_alive();
  rig.pbx.value(kKeepAlive, false);
  rig.pbx.value(kLogin, false);
  CHECK(rig.connection->state() == State::refused);
  REQUIRE(rig.connection->last_error().has_value());
  CHECK(rig.connection->last_error()->code == codes::kLoginRefused);
  rig.scheduler.advance(24h);
  CHECK(rig.pbx.count(kLogin) == 2);
  CHECK(rig.pbx.count(kKeepAlive) == 1);
}

TEST_CASE("a token that keepAlive no longer takes ends the connection without another request") {
  Rig rig;
  rig.log_in();
  rig.wait_for_keep_alive();
  SECTION("HTTP 401") {
    rig.pbx.status(kKeepAlive, 401);
  }
  SECTION("a redirect") {
    rig.pbx.status(kKeepAlive, 302);
  }
  SECTION("a web page") {
    rig.pbx.status(kKeepAlive, 200);
  }
  CHECK(rig.connection->state() == State::refused);
  rig.scheduler.advance(24h);
  CHECK(rig.pbx.open() == 0);
  CHECK(rig.states.back() == State::refused);
}

TEST_CASE("while the PBX is away keepAlive is tried with growing pauses, and never the login") {
  Rig rig;
  rig.log_in();
  rig.wait_for_keep_alive();
  rig.pbx.fails(kKeepAlive, codes::kUnreachable);
  CHECK(rig.connection->state() == State::reconnecting);
  for (const auto pause : {1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
    const int before = rig.pbx.count(kKeepAlive);
    rig.scheduler.advance(pause / 2 - 1ms);
    CHECK(rig.pbx.count(kKeepAlive) == before);
    rig.scheduler.advance(pause - pause / 2 + 1ms);
    REQUIRE(rig.pbx.count(kKeepAlive) == before + 1);
    rig.pbx.status(kKeepAlive, 503);
  }
  CHECK(rig.pbx.count(kLogin) == 1);
  CHECK(rig.connection->last_error()->code == codes::kPbxError);
  rig.scheduler.advance(30s);
  rig.pbx.value(kKeepAlive, true);
  CHECK(rig.connection->state() == State::connected);
  CHECK(rig.pbx.count(kLogin) == 1);
  CHECK(rig.pbx.count(kSubscribe) == 1);
  CHECK_FALSE(rig.connection->last_error().has_value());
}

TEST_CASE("a PBX that comes back without the login gets one") {
  Rig rig;
  rig.log_in();
  rig.wait_for_keep_alive();
  rig.pbx.fails(kKeepAlive, codes::kTimeout);
  rig.scheduler.advance(1s);
  SECTION("keepAlive says false") {
    rig.pbx.value(kKeepAlive, false);
  }
  SECTION("keepAlive is a fault") {
    rig.pbx.fault(kKeepAlive, "UcpNotConnectedException");
  }
  rig.pbx.value(kLogin, true);
  rig.pbx.value(kSubscribe, true);
  CHECK(rig.connection->state() == State::connected);
}

TEST_CASE(
    "a renewed login that does not reach the PBX goes on with keepAlive, not with the login") {
  Rig rig;
  rig.log_in();
  rig.wait_for_keep_alive();
  rig.pbx.value(kKeepAlive, false);
  rig.pbx.fails(kLogin, codes::kTimeout);
  CHECK(rig.connection->state() == State::reconnecting);
  rig.scheduler.advance(1s);
  CHECK(rig.pbx.count(kLogin) == 2);
  // The login had arrived after all, so what it ended has to be subscribed again.
  rig.pbx.value(kKeepAlive, true);
  CHECK(rig.connection->state() == State::connected);
}

TEST_CASE("a subscription that does not reach the PBX is asked for again once it is back") {
  Rig rig;
  Outcome<void> login;
  rig.connection->login(login.callback());
  rig.pbx.value(kLogin, true);
  rig.pbx.fails(kSubscribe, codes::kUnreachable);
  CHECK(login.code().empty());
  CHECK(rig.connection->state() == State::reconnecting);
  rig.scheduler.advance(1s);
  rig.pbx.value(kKeepAlive, true);
  rig.pbx.value(kSubscribe, true);
  CHECK(rig.connection->state() == State::connected);
  CHECK(rig.connection->services().size() == 1);
}

TEST_CASE("a refused event service leaves the connection usable and shows in the last error") {
  Rig rig;
  Outcome<void> login;
  rig.connection->login(login.callback());
  rig.pbx.value(kLogin, true);
  rig.pbx.value(kVersion, "10.0.1.6");
  SECTION("false") {
    rig.pbx.value(kSubscribe, false);
  }
  SECTION("a fault") {
    rig.pbx.fault(kSubscribe, "UciIllegalAccessException");
  }
  SECTION("HTTP 403") {
    rig.pbx.status(kSubscribe, 403);
  }
  CHECK(login.code().empty());
  CHECK(rig.connection->state() == State::connected);
  CHECK(rig.connection->services().empty());
  REQUIRE(rig.connection->last_error().has_value());
  CHECK(rig.connection->last_error()->code == codes::kSubscribeRefused);
  rig.scheduler.advance(29s);
  CHECK(rig.pbx.count(kSubscribe) == 1);
}

TEST_CASE("a reset by the PBX leads to a new login, but not more often than logins may come") {
  Rig rig;
  rig.log_in();
  rig.connection->deliver("ucp.v20.client.connection.reset", {});
  CHECK(rig.connection->state() == State::reconnecting);
  CHECK(rig.pbx.count(kLogin) == 1);
  rig.scheduler.advance(5s);
  CHECK(rig.pbx.count(kLogin) == 2);
  rig.pbx.value(kLogin, true);
  rig.pbx.value(kSubscribe, true);
  CHECK(rig.connection->state() == State::connected);
  CHECK(rig.events.empty());
  rig.scheduler.advance(20s);
  rig.connection->deliver("ucp.v20.client.connection.reset", {});
  CHECK(rig.pbx.count(kLogin) == 3);
}

TEST_CASE("events are handed on with any name, also while the user is logged in again") {
  Rig rig;
  rig.connection->deliver("ucp.v30.events.call.receiveCallState", {});
  CHECK(rig.events.empty());
  rig.log_in();
  rig.connection->deliver("ucp.v30.events.call.receiveCallState", {});
  rig.wait_for_keep_alive();
  rig.pbx.value(kKeepAlive, false);
  rig.connection->deliver("ucp.v22.events.call.receiveCallState", {});
  rig.pbx.value(kLogin, true);
  rig.connection->deliver("ucp.v20.client.communication.call.receiveCallState", {});
  CHECK(rig.events ==
        std::vector<std::string>{"ucp.v30.events.call.receiveCallState",
                                 "ucp.v22.events.call.receiveCallState",
                                 "ucp.v20.client.communication.call.receiveCallState"});
  rig.pbx.value(kSubscribe, false);
  rig.connection->logout([] {});
  rig.connection->deliver("ucp.v30.events.call.receiveCallState", {});
  CHECK(rig.events.size() == 3);
}

TEST_CASE("changes of the state are told in a turn of their own") {
  Rig rig;
  rig.log_in();
  rig.scheduler.turn();
  rig.wait_for_keep_alive();
  rig.pbx.value(kKeepAlive, false);
  rig.scheduler.turn();
  rig.pbx.value(kLogin, true);
  rig.pbx.value(kSubscribe, true);
  CHECK(rig.states == std::vector<State>{State::connected, State::reconnecting});
  rig.scheduler.turn();
  CHECK(rig.states.back() == State::connected);
}

TEST_CASE("a connection may be destroyed by the callback that tells it was refused") {
  Rig rig;
  bool told = false;
  rig.connection->login([&rig, &told](const sfteams::Result<void>& result) {
    told = !result;
    rig.connection.reset();
  });
  rig.pbx.value(kLogin, false);
  CHECK(told);
  rig.scheduler.advance(1h);
  CHECK(rig.pbx.open() == 0);
}

TEST_CASE("v20 logs in, probes and names all its services in one list") {
  Rig rig(dialect_of(Version::v20));
  Outcome<void> login;
  rig.connection->login(login.callback());
  rig.pbx.value("ucp.v20.server.connection.login", true);
  rig.pbx.fault(kVersion, "no such method");
  const std::string provide = "ucp.v20.server.connection.setProvidedServices";
  CHECK(rig.pbx.request(provide).call.params ==
        Array{Value(Array{"ucp.v20.client.connection", "ucp.v20.client.communication.call"})});
  rig.pbx.value(provide, true);
  CHECK(login.code().empty());
  CHECK(rig.connection->services().size() == 2);
  CHECK(rig.pbx.count(provide) == 1);
  rig.scheduler.advance(30s);
  rig.pbx.value("ucp.v20.server.connection.probe", false);
  CHECK(rig.pbx.is_open("ucp.v20.server.connection.login"));
}

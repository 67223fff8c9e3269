#include <list>

#include <catch2/catch.hpp>

#include "tests/contains.h"
#include "tests/uci/fakes.h"
#include "uci/codes.h"

namespace codes = sfteams::uci::codes;
using namespace std::chrono_literals;  // NOLINT: only for the times
using sfteams::uci::Array;
using sfteams::uci::Connection;
using sfteams::uci::dialect_of;
using sfteams::uci::LoneGate;
using sfteams::uci::Nil;
using sfteams::uci::RpcReply;
using sfteams::uci::Value;
using sfteams::uci::Version;
using State = sfteams::uci::Connection::State;
using sfteams::uci::test::kGetPhones;
using sfteams::uci::test::kKeepAlive;
using sfteams::uci::test::kLogin;
using sfteams::uci::test::kLogout;
using sfteams::uci::test::kPlaceCall;
using sfteams::uci::test::kSubscribe;
using sfteams::uci::test::kUnsubscribe;
using sfteams::uci::test::kVersion;
using sfteams::uci::test::Outcome;
using sfteams::uci::test::Rig;

namespace {

const std::string kNotConnected = "de.vertico.starface.UcpNotConnectedException: no login active";

}  // namespace

TEST_CASE("a call passes with its name and parameters and brings back the value") {
  Rig rig;
  rig.log_in();
  Outcome<Value> call;
  rig.connection->call(kPlaceCall, Array{"0123", Nil{}, ""}, call.callback());
  CHECK(rig.pbx.request(kPlaceCall).call.params == Array{"0123", Nil{}, ""});
  CHECK_FALSE(rig.pbx.request(kPlaceCall).announce);
  rig.pbx.value(kPlaceCall, "uuid");
  REQUIRE(call.code().empty());
  CHECK(*call.result == Value("uuid"));
}

TEST_CASE("names of every version pass unchanged") {
  Rig rig;
  rig.log_in();
  for (const char* method :
       {"ucp.v20.server.communication.call.placeCall", "ucp.v22.requests.call.getCallIds",
        "ucp.v30.requests.connection.keepAlive", "ucp.v31.requests.something.new"}) {
    Outcome<Value> call;
    rig.connection->call(method, {}, call.callback());
    rig.pbx.value(method, true);
    CHECK(call.code().empty());
  }
}

TEST_CASE("a slow call holds up no other") {
  Rig rig;
  rig.log_in();
  Outcome<Value> slow;
  Outcome<Value> quick;
  rig.connection->call(kPlaceCall, Array{"1"}, slow.callback());
  rig.connection->call(kGetPhones, {}, quick.callback());
  rig.pbx.value(kGetPhones, Array{"SIP/a"});
  CHECK(quick.times == 1);
  CHECK(slow.times == 0);
  rig.pbx.value(kPlaceCall, "");
  CHECK(slow.times == 1);
}

TEST_CASE("each failure of a call has its own code and ends only this call") {
  Rig rig;
  rig.log_in();
  Outcome<Value> call;
  rig.connection->call(kGetPhones, {}, call.callback());
  std::string expected;
  SECTION("a fault") {
    rig.pbx.fault(kGetPhones, "no such phone");
    expected = codes::kFault.id;
    CHECK(sfteams::contains(call.result.error().message, "no such phone"));
  }
  SECTION("no right") {
    rig.pbx.fault(kGetPhones, "UciIllegalAccessException");
    expected = codes::kAccessRefused.id;
  }
  SECTION("HTTP 500") {
    rig.pbx.status(kGetPhones, 500);
    expected = codes::kPbxError.id;
  }
  SECTION("time out") {
    rig.pbx.fails(kGetPhones, codes::kTimeout);
    expected = codes::kTimeout.id;
  }
  SECTION("closed in the middle of the reply") {
    rig.pbx.fails(kGetPhones, codes::kBrokenReply);
    expected = codes::kBrokenReply.id;
  }
  SECTION("a document that is none") {
    rig.pbx.reply(kGetPhones, RpcReply{200, "text/xml", "<methodResponse>"});
    expected = codes::kBrokenReply.id;
  }
  SECTION("an array of a million elements") {
    std::string many = "<methodResponse><params><param><value><array><data>";
    for (int i = 0; i < 1'000'000; ++i)
      many += "<value/>";
    rig.pbx.reply(kGetPhones,
                  RpcReply{200, "text/xml",
                           many + "</data></array></value></param></params></methodResponse>"});
    expected = codes::kXmlTooManyElements.id;
  }
  CHECK(call.times == 1);
  CHECK(call.code() == expected);
  CHECK(rig.connection->state() == State::connected);
  Outcome<Value> next;
  rig.connection->call(kGetPhones, {}, next.callback());
  // It may have been the token's fault, which a single keepAlive settles.
  CHECK_FALSE(rig.pbx.is_open(kGetPhones));
  rig.pbx.value(kKeepAlive, true);
  rig.pbx.value(kGetPhones, Array{});
  CHECK(next.code().empty());
}

TEST_CASE("a call turned away makes the connection ask at once whether its token still holds") {
  Rig rig;
  rig.log_in();
  Outcome<Value> call;
  rig.connection->call(kGetPhones, {}, call.callback());
  rig.pbx.status(kGetPhones, 401);
  CHECK(call.code() == codes::kAccessRefused.id);
  CHECK(rig.connection->state() == State::connected);
  SECTION("it does") {
    rig.pbx.value(kKeepAlive, true);
    CHECK(rig.connection->state() == State::connected);
    rig.scheduler.advance(30s);
    CHECK(rig.pbx.count(kKeepAlive) == 2);
  }
  SECTION("it does not") {
    rig.pbx.status(kKeepAlive, 401);
    CHECK(rig.connection->state() == State::refused);
    rig.scheduler.advance(24h);
    CHECK(rig.pbx.open() == 0);
  }
}

TEST_CASE("a call that found no PBX makes the connection look for it at once") {
  Rig rig;
  rig.log_in();
  Outcome<Value> call;
  rig.connection->call(kGetPhones, {}, call.callback());
  rig.pbx.fails(kGetPhones, codes::kUnreachable);
  CHECK(call.code() == codes::kUnreachable.id);
  rig.pbx.fails(kKeepAlive, codes::kUnreachable);
  CHECK(rig.connection->state() == State::reconnecting);
  // Somebody who calls while the connection waits makes it look again at once.
  Outcome<Value> next;
  rig.connection->call(kGetPhones, {}, next.callback());
  CHECK_FALSE(rig.pbx.is_open(kGetPhones));
  rig.pbx.value(kKeepAlive, true);
  CHECK(rig.connection->state() == State::connected);
  rig.pbx.value(kGetPhones, Array{});
  CHECK(next.code().empty());
}

TEST_CASE("a call that was not carried out for want of a login is sent once more after it") {
  Rig rig;
  rig.log_in();
  rig.scheduler.advance(10s);
  Outcome<Value> call;
  rig.connection->call(kPlaceCall, Array{"0123"}, call.callback());
  rig.pbx.fault(kPlaceCall, kNotConnected);
  CHECK(call.times == 0);
  CHECK(rig.connection->state() == State::reconnecting);
  CHECK_FALSE(rig.pbx.is_open(kPlaceCall));
  rig.pbx.value(kLogin, true);
  CHECK_FALSE(rig.pbx.is_open(kPlaceCall));
  rig.pbx.value(kSubscribe, true);
  CHECK(rig.pbx.request(kPlaceCall).call.params == Array{"0123"});
  SECTION("and then brings its value") {
    rig.pbx.value(kPlaceCall, "uuid");
    CHECK(*call.result == Value("uuid"));
  }
  SECTION("and never a third time") {
    rig.pbx.fault(kPlaceCall, kNotConnected);
    CHECK(call.code() == codes::kNotConnected.id);
    CHECK(rig.pbx.count(kPlaceCall) == 2);
  }
  CHECK(call.times == 1);
}

TEST_CASE("a call sent before a login that has succeeded since is repeated without another login") {
  Rig rig;
  rig.log_in();
  Outcome<Value> call;
  rig.connection->call(kPlaceCall, Array{"0123"}, call.callback());
  rig.wait_for_keep_alive();
  rig.pbx.value(kKeepAlive, false);
  rig.pbx.value(kLogin, true);
  rig.pbx.value(kSubscribe, true);
  rig.pbx.fault(kPlaceCall, kNotConnected);
  rig.pbx.value(kKeepAlive, true);
  CHECK(rig.pbx.count(kLogin) == 2);
  rig.pbx.value(kPlaceCall, "uuid");
  CHECK(call.code().empty());
  CHECK(rig.connection->state() == State::connected);
}

TEST_CASE("a call whose fate is unknown is never repeated") {
  for (const auto& code : {codes::kUnreachable, codes::kTimeout, codes::kBrokenReply}) {
    Rig rig;
    rig.log_in();
    Outcome<Value> call;
    rig.connection->call(kPlaceCall, Array{"0123"}, call.callback());
    rig.pbx.fails(kPlaceCall, code);
    CHECK(call.code() == code.id);
    rig.scheduler.advance(1h);
    CHECK(rig.pbx.count(kPlaceCall) == 1);
  }
}

TEST_CASE("calls made while the user is logged in again wait for it") {
  Rig rig;
  rig.log_in();
  rig.wait_for_keep_alive();
  rig.pbx.value(kKeepAlive, false);
  Outcome<Value> call;
  rig.connection->call(kGetPhones, {}, call.callback());
  CHECK_FALSE(rig.pbx.is_open(kGetPhones));
  SECTION("and are sent when it succeeds") {
    rig.pbx.value(kLogin, true);
    rig.pbx.value(kSubscribe, true);
    rig.pbx.value(kGetPhones, Array{});
    CHECK(call.code().empty());
  }
  SECTION("and fail when it is refused") {
    rig.pbx.value(kLogin, false);
    CHECK(call.code() == codes::kLoginRefused.id);
  }
  SECTION("and fail when the PBX goes away") {
    rig.pbx.fails(kLogin, codes::kUnreachable);
    CHECK(call.code() == codes::kUnreachable.id);
  }
  CHECK(call.times == 1);
}

TEST_CASE("only so many calls wait for a login") {
  Rig rig;
  rig.log_in();
  rig.wait_for_keep_alive();
  rig.pbx.value(kKeepAlive, false);
  std::list<Outcome<Value>> waiting;
  for (std::size_t i = 0; i < Connection::kMaxWaiting; ++i)
    rig.connection->call(kGetPhones, {}, waiting.emplace_back().callback());
  Outcome<Value> surplus;
  rig.connection->call(kGetPhones, {}, surplus.callback());
  CHECK(surplus.code() == codes::kTooManyWaiting.id);
  rig.pbx.value(kLogin, true);
  rig.pbx.value(kSubscribe, true);
  for (std::size_t i = 0; i < Connection::kMaxWaiting; ++i) {
    CHECK(rig.pbx.open() <= LoneGate::kMostAtOnce);
    rig.pbx.value(kGetPhones, Array{});
    rig.scheduler.turn();
  }
  for (const auto& call : waiting)
    CHECK(call.code().empty());
}

TEST_CASE("calls before the login fail at once") {
  Rig rig;
  Outcome<Value> call;
  rig.connection->call(kGetPhones, {}, call.callback());
  CHECK(call.code() == codes::kNotConnected.id);
  CHECK(rig.pbx.open() == 0);
}

TEST_CASE("no session can log the others out, or in again") {
  Rig rig;
  rig.log_in();
  for (const char* method :
       {"ucp.v30.requests.connection.logout", "ucp.v22.requests.connection.login",
        "ucp.v20.server.connection.logout"}) {
    Outcome<Value> call;
    rig.connection->call(method, {}, call.callback());
    CHECK(call.code() == codes::kMethodReserved.id);
  }
  CHECK(rig.pbx.count(kLogout) == 0);
}

TEST_CASE("values that cannot be written never reach the PBX") {
  Rig rig;
  rig.log_in();
  Outcome<Value> call;
  rig.connection->call(kPlaceCall, Array{INT64_C(1) << 40}, call.callback());
  CHECK(call.code() == codes::kIntOutOfRange.id);
  Outcome<Value> odd;
  rig.connection->call("a<b", {}, odd.callback());
  CHECK(odd.code() == codes::kBadMethodName.id);
  CHECK(rig.pbx.open() == 0);
}

TEST_CASE("a service is given up at the PBX only with the last wish for it") {
  Rig rig;
  rig.log_in();
  const std::string fax = "ucp.v30.events.fax";
  const auto subscribe = [&rig, &fax] {
    Outcome<Value> call;
    rig.connection->call(kSubscribe, Array{fax}, call.callback());
    rig.pbx.value(kSubscribe, true);
    CHECK(call.code().empty());
  };
  subscribe();
  subscribe();
  Outcome<Value> first;
  rig.connection->call(kUnsubscribe, Array{fax}, first.callback());
  CHECK(*first.result == Value(true));
  CHECK(rig.pbx.count(kUnsubscribe) == 0);
  CHECK(rig.connection->services().size() == 2);
  Outcome<Value> second;
  rig.connection->call(kUnsubscribe, Array{fax}, second.callback());
  CHECK(second.times == 0);
  rig.pbx.value(kUnsubscribe, true);
  CHECK(second.times == 1);
  CHECK(rig.connection->services().size() == 1);
}

TEST_CASE("no session can end the call events of the others") {
  Rig rig;
  rig.log_in();
  for (int i = 0; i < 3; ++i) {
    Outcome<Value> call;
    rig.connection->call(kUnsubscribe, Array{"ucp.v30.events.call"}, call.callback());
    CHECK(*call.result == Value(true));
  }
  CHECK(rig.pbx.count(kUnsubscribe) == 0);
  CHECK(rig.connection->services().size() == 1);
}

TEST_CASE("a service that the PBX did not grant a client is not subscribed again") {
  Rig rig;
  rig.log_in();
  Outcome<Value> call;
  rig.connection->call(kSubscribe, Array{"ucp.v30.events.nonsense"}, call.callback());
  SECTION("false") {
    rig.pbx.value(kSubscribe, false);
  }
  SECTION("a fault") {
    rig.pbx.fault(kSubscribe, "unknown");
  }
  CHECK(call.times == 1);
  CHECK(rig.connection->services().size() == 1);
}

TEST_CASE("a client's list of services for v20 keeps those of the others") {
  Rig rig(dialect_of(Version::v20));
  Outcome<void> login;
  rig.connection->login(login.callback());
  rig.pbx.value("ucp.v20.server.connection.login", true);
  rig.pbx.value(kVersion, "10.0.1.6");
  const std::string provide = "ucp.v20.server.connection.setProvidedServices";
  rig.pbx.value(provide, true);
  Outcome<Value> call;
  rig.connection->call(provide, Array{Value(Array{"ucp.v20.client.other"})}, call.callback());
  CHECK(rig.pbx.request(provide).call.params ==
        Array{Value(Array{"ucp.v20.client.connection", "ucp.v20.client.communication.call",
                          "ucp.v20.client.other"})});
  rig.pbx.value(provide, true);
  CHECK(call.code().empty());
  CHECK(rig.connection->services().size() == 3);
}

TEST_CASE("the name of an event service is short and plain") {
  Rig rig;
  rig.log_in();
  for (const std::string& name : {std::string(129, 'a'), std::string(), std::string("a b"),
                                  std::string("a\n"), std::string("ä"), std::string("\x7f")}) {
    CAPTURE(name);
    Outcome<Value> call;
    rig.connection->call(kSubscribe, Array{name}, call.callback());
    CHECK(call.code() == codes::kBadServiceName.id);
    Outcome<Value> list;
    rig.connection->call("ucp.v20.server.connection.setProvidedServices",
                         Array{Value(Array{"fax", name})}, list.callback());
    CHECK(list.code() == codes::kBadServiceName.id);
  }
  CHECK(rig.pbx.open() == 0);
  CHECK(rig.connection->services().size() == 1);
  Outcome<Value> longest;
  rig.connection->call(kSubscribe, Array{std::string(128, 'a')}, longest.callback());
  rig.pbx.value(kSubscribe, true);
  CHECK(longest.code().empty());
  CHECK(rig.connection->services().size() == 2);
}

TEST_CASE("a version that is too large for the answer of a sign-in stays unknown") {
  Rig rig;
  Outcome<void> login;
  rig.connection->login(login.callback());
  rig.pbx.value(kLogin, true);
  rig.pbx.value(kVersion, Array{std::string(5'000, 'x')});
  rig.pbx.value(kSubscribe, true);
  CHECK(login.code().empty());
  CHECK_FALSE(rig.connection->server_version().has_value());
}

TEST_CASE("204 and an answer without a value are those of a call without a result") {
  Rig rig;
  rig.log_in();
  for (const RpcReply& reply :
       {RpcReply{204, "", ""}, RpcReply{200, "text/xml", "<methodResponse/>"}}) {
    Outcome<Value> call;
    rig.connection->call(kGetPhones, {}, call.callback());
    // What has no body says nothing of the token: a keepAlive settles that first.
    if (rig.pbx.is_open(kKeepAlive)) rig.pbx.value(kKeepAlive, true);
    rig.scheduler.turn();
    rig.pbx.reply(kGetPhones, reply);
    REQUIRE(call.code().empty());
    CHECK(call.result->is_nil());
  }
}

TEST_CASE("an empty answer does not say that the call was carried out") {
  Rig rig;
  rig.log_in();
  for (const RpcReply& reply : {RpcReply{200, "text/xml", ""}, RpcReply{200, "", " \r\n"},
                                RpcReply{202, "", ""}, RpcReply{404, "", ""}}) {
    Outcome<Value> call;
    rig.connection->call(kGetPhones, {}, call.callback());
    if (rig.pbx.is_open(kKeepAlive)) rig.pbx.value(kKeepAlive, true);
    rig.scheduler.turn();
    rig.pbx.reply(kGetPhones, reply);
    CHECK(call.code() == codes::kBrokenReply.id);
  }
}

TEST_CASE("an answer without a value is neither a login nor its refusal") {
  for (const RpcReply& reply :
       {RpcReply{204, "", ""}, RpcReply{200, "text/xml", ""},
        RpcReply{200, "text/xml", "<methodResponse/>"},
        RpcReply{200, "text/xml", "<methodResponse><params/></methodResponse>"}}) {
    Rig rig;
    Outcome<void> login;
    rig.connection->login(login.callback());
    rig.pbx.reply(kLogin, reply);
    CHECK(login.code() == codes::kBrokenReply.id);
  }
}

TEST_CASE("a keepAlive without a value does not count as true") {
  for (const RpcReply& reply : {RpcReply{204, "", ""}, RpcReply{200, "text/xml", ""},
                                RpcReply{200, "text/xml", "<methodResponse/>"}}) {
    Rig rig;
    rig.log_in();
    rig.wait_for_keep_alive();
    rig.pbx.reply(kKeepAlive, reply);
    CHECK(rig.connection->state() == State::reconnecting);
  }
}

TEST_CASE("lost events are told once a second, the last one too") {
  Rig rig;
  rig.log_in();
  rig.connection->lose_event();
  rig.connection->lose_event();
  CHECK(rig.losses == 0);
  rig.scheduler.turn();
  CHECK(rig.losses == 1);
  for (int i = 0; i < 10; ++i) {
    rig.connection->lose_event();
    rig.scheduler.advance(50ms);
  }
  CHECK(rig.losses == 1);
  rig.scheduler.advance(500ms);
  CHECK(rig.losses == 2);
  rig.scheduler.advance(60s);
  CHECK(rig.losses == 2);
}

TEST_CASE("a lost event is not told while the login is gone, because its return says as much") {
  Rig rig;
  rig.connection->lose_event();
  rig.log_in();
  rig.wait_for_keep_alive();
  rig.pbx.value(kKeepAlive, false);
  rig.connection->lose_event();
  rig.scheduler.turn();
  CHECK(rig.losses == 0);
}

TEST_CASE("a user cannot subscribe services without end") {
  Rig rig;
  rig.log_in();
  for (std::size_t i = 1; i < sfteams::uci::Subscriptions::kMost; ++i) {
    Outcome<Value> call;
    rig.connection->call(kSubscribe, Array{"service" + std::to_string(i)}, call.callback());
    rig.pbx.value(kSubscribe, true);
  }
  Outcome<Value> surplus;
  rig.connection->call(kSubscribe, Array{"one-more"}, surplus.callback());
  CHECK(surplus.code() == codes::kTooManyServices.id);
  Outcome<Value> known;
  rig.connection->call(kSubscribe, Array{"service1"}, known.callback());
  rig.pbx.value(kSubscribe, true);
  CHECK(known.code().empty());
}

TEST_CASE("a connection may be destroyed by the answer of a call") {
  Rig rig;
  rig.log_in();
  rig.connection->call(kGetPhones, {},
                       [&rig](const sfteams::Result<Value>&) { rig.connection.reset(); });
  rig.connection->call(kPlaceCall, {},
                       [](const sfteams::Result<Value>&) { FAIL("a callback after the end"); });
  rig.pbx.value(kGetPhones, Array{});
  CHECK(rig.pbx.open() == 0);
  rig.scheduler.advance(1h);
}

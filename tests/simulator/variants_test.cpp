#include <catch2/catch.hpp>

#include "tests/contains.h"
#include "tests/simulator/house.h"

namespace sfteams::simulator::test {
namespace {

using Type = uci::Value::Type;

/// The first struct that Alice's callback gets of a call from outside.
uci::Value first_event(House& house, const std::string& dialect = "v30") {
  house.http.sent.clear();
  Client(house, "0011", dialect).with_callback(4011).join();
  house.control("POST", "/control/incoming", R"({"to":"0011","from":"0721555"})");
  house.advance(1);
  const auto events = event_structs(house, 4011);
  REQUIRE_FALSE(events.empty());
  return events.front();
}

TEST_CASE("an unknown value is an empty string, or nil when the switch says so") {
  House house;
  CHECK(first_event(house).find("callerName")->type() == Type::string);
  house.set("empty-values=nil");
  CHECK(first_event(house).find("callerName")->type() == Type::nil);
  CHECK(first_event(house).find("groupId")->type() == Type::nil);
}

TEST_CASE("old clients always get empty strings") {
  House house({"empty-values=nil"});
  const uci::Value call = first_event(house, "v20");
  for (const uci::Member& one : *call.as_struct())
    CHECK(one.value.type() == Type::string);
}

TEST_CASE("a call's timestamp is a text, a date or a number") {
  House house;
  CHECK(member(first_event(house), "timestamp") == "2026-11-23T10:00:00");
  house.set("timestamps=date");
  CHECK(first_event(house).find("timestamp")->type() == Type::date_time);
  house.set("timestamps=double");
  const uci::Value call = first_event(house);
  REQUIRE(call.find("timestamp")->as_double() != nullptr);
  CHECK(*call.find("timestamp")->as_double() == Approx(1'795'428'000'002.0));
}

TEST_CASE("dates are written in the zone that the switch has") {
  House house({"utc-offset-minutes=60"});
  CHECK(member(first_event(house), "timestamp") == "2026-11-23T11:00:00");
}

TEST_CASE("the first event of a call may lack its state or its names") {
  House house({"first-state-empty=yes"});
  const uci::Value stateless = first_event(house);
  CHECK(stateless.find("state") != nullptr);
  CHECK(member(stateless, "state").empty());
  CHECK(member(stateless, "callerNumber") == "0721555");
  house.advance(50);
  CHECK(member(event_structs(house, 4011).at(1), "state") == "RINGING");

  House late({"late-names=yes"});
  const uci::Value nameless = first_event(late);
  CHECK(member(nameless, "state") == "INCOMING");
  CHECK(member(nameless, "callerNumber").empty());
  late.advance(50);
  CHECK(member(event_structs(late, 4011).at(1), "callerNumber") == "0721555");
}

TEST_CASE("odd values stand beside all that was there, in answers and in events") {
  House house({"odd-values=yes"});
  Client alice(house, "0011");
  alice.with_callback(4011).join();
  for (int turn = 0; turn < 60; ++turn) {
    CAPTURE(turn);
    const std::string presence = "im Urlaub 🌴 ä " + std::to_string(turn);
    REQUIRE(alice.yes("userState.setChatPresenceMessage", {presence}));
    const uci::Value state = alice.get("userState.getUserState");
    REQUIRE(member(state, "chatPresenceMessage") == presence);
    house.http.sent.clear();
    house.control("POST", "/control/event",
                  R"({"user":"0011","method":"ucp.v30.events.call.receiveCallState","params":)"
                  R"([{"id":"7","callerName":"Zoë 🌴"}]})");
    house.advance(1);
    const auto events = event_structs(house, 4011);
    REQUIRE(events.size() == 1);
    CHECK(member(events.front(), "callerName") == "Zoë 🌴");
    CHECK(member(events.front(), "id") == "7");
  }
  const std::string odd = alice.post("userState.getUserState").body;
  house.set("odd-values=no");
  CHECK(alice.post("userState.getUserState").body != odd);
}

TEST_CASE("a request without a result answers true or nil") {
  House house;
  Client alice(house, "0011");
  REQUIRE(alice.yes("connection.login"));
  CHECK(alice.get("userState.setDoNotDisturbSetting", {false}) == uci::Value(true));
  house.set("void-result=nil");
  CHECK(alice.get("userState.setDoNotDisturbSetting", {false}).is_nil());
}

TEST_CASE("the first state of an outgoing call is PROCEEDING or OUTGOING") {
  House house({"outgoing-state=outgoing"});
  Client alice(house, "0011");
  alice.with_callback(4011).join();
  alice.text("call.placeCallWithPhone", {"0012", "", ""});
  house.advance(30);
  CHECK(call_events(house, 4011).front() == "OUTGOING 0011>0012");
}

TEST_CASE("the version is a text or a struct, and whatever the switch says") {
  House house({"version=6.7.3.11"});
  Client alice(house, "0011");
  CHECK(alice.text("system.getServerVersion") == "6.7.3.11");
  house.set("version-shape=struct");
  CHECK(member(alice.get("system.getServerVersion"), "version") == "6.7.3.11");
}

TEST_CASE("faults have the code that the switch says") {
  House house({"fault-code=-32601"});
  Client alice(house, "0011");
  const uci::Response answer = alice.ask("no.such.request");
  REQUIRE(std::holds_alternative<uci::Fault>(answer));
  CHECK(std::get<uci::Fault>(answer).code == -32601);
}

TEST_CASE("an entry point of a module can be called on the same address, unless switched off") {
  House house;
  Client alice(house, "0011");
  CHECK(alice.text("simulator.echo", {"hello"}) == "hello");
  CHECK(alice.get("simulator.echo").is_nil());
  house.set("module-entry=no");
  CHECK_FALSE(alice.fault("simulator.echo", {"hello"}).empty());
}

TEST_CASE("every switch can be set to what it says about itself") {
  for (const Switch& one : switches()) {
    CAPTURE(one.name);
    Options options;
    const std::string before = one.access.get(options);
    CHECK(set_switch(options, one.name, before));
    CHECK(one.access.get(options) == before);
    CHECK_FALSE(one.help.empty());
  }
}

TEST_CASE("a switch that is none, or a value that is none, is refused by name") {
  Options options;
  const auto unknown = set_switch(options, "refused-logins=fault");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code.id == "simulator.unknown-switch");
  const auto wrong = set_switch(options, "refused-login=teapot");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code.id == "simulator.bad-switch");
  CHECK(contains(wrong.error().hint, "http-403"));
  for (const char* text : {"latency=-1", "latency=1s", "latency=", "latency", "version=",
                           "event-attempts=0", "blacklist-after=99999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(set_switch(options, text));
  }
}

}  // namespace
}  // namespace sfteams::simulator::test

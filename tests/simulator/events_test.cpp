#include <catch2/catch.hpp>

#include "tests/simulator/house.h"

namespace sfteams::simulator::test {
namespace {

constexpr const char* kRing = R"({"to":"0011","from":"0721555"})";

TEST_CASE("an event carries the user and the client's own token to the callback") {
  House house;
  Client alice(house, "0011");
  alice.with_callback(4011, "/secret/path?x=1").join();
  house.control("POST", "/control/incoming", kRing);
  house.advance(1);
  REQUIRE_FALSE(house.http.sent.empty());
  const std::string& url = house.http.sent.front().url;
  const std::string token(
      uci::make_token(uci::TokenKind::sha512, "0011", crypto::Secret::from_text("Geheim")).text());
  const std::string expected =
      "http://127.0.0.1:4011/secret/path?x=1&de.vertico.starface.user=0011"
      "&de.vertico.starface.auth=0011%3A" +
      token.substr(5);
  CHECK(url == expected);
  const auto call = uci::parse_call(house.http.sent.front().body);
  REQUIRE(call);
  CHECK(call->method == "ucp.v30.events.call.receiveCallState");
}

TEST_CASE("who has not subscribed, or has no callback, gets no events") {
  House house;
  REQUIRE(Client(house, "0011").with_callback(4011).yes("connection.login"));
  Client(house, "0011").join();
  house.control("POST", "/control/incoming", kRing);
  house.advance(1'000);
  CHECK(house.http.sent.empty());
}

TEST_CASE("after unsubscribing no events come") {
  House house;
  Client alice(house, "0011");
  alice.with_callback(4011).join();
  CHECK(alice.yes("service.unsubscribeEvents", {"ucp.v30.events.call"}));
  CHECK_FALSE(alice.yes("service.unsubscribeEvents", {"ucp.v30.events.call"}));
  house.control("POST", "/control/incoming", kRing);
  house.advance(100);
  CHECK(house.http.sent.empty());
}

TEST_CASE("every callback of an account gets the events, in its own dialect") {
  House house;
  Client(house, "0011", "v20").with_callback(4020).join();
  Client(house, "0011", "v22").with_callback(4022).join();
  Client(house, "0011", "v30").with_callback(4030).join();
  house.control("POST", "/control/incoming", kRing);
  house.advance(1);
  const auto v20 = event_structs(house, 4020);
  const auto v22 = event_structs(house, 4022);
  const auto v30 = event_structs(house, 4030);
  REQUIRE((v20.size() == 1 && v22.size() == 1 && v30.size() == 1));
  CHECK(v20[0].as_struct()->size() == 7);
  CHECK(v22[0].find("groupID") != nullptr);
  CHECK(v30[0].find("channelNames") != nullptr);
  CHECK(v30[0].find("groupId") != nullptr);
}

TEST_CASE("only services of events that exist can be subscribed") {
  House house;
  Client alice(house, "0011");
  REQUIRE(alice.yes("connection.login"));
  CHECK_FALSE(alice.yes("service.subscribeEvents", {"ucp.v30.events.weather"}));
  CHECK(alice.yes("service.providesEvents", {"ucp.v30.events.call"}));
  CHECK_FALSE(alice.yes("service.providesEvents", {"ucp.v30.events.weather"}));
  CHECK(alice.yes("service.providesRequests", {"ucp.v30.requests.call"}));
  CHECK_FALSE(alice.yes("service.providesRequests", {"ucp.v30.requests.weather"}));
  CHECK(*alice.get("service.getProvidedEvents").as_array() == uci::Array{"ucp.v30.events.call"});
  const uci::Value requests = alice.get("service.getProvidedRequests");
  CHECK(requests.as_array()->front() == uci::Value("ucp.v30.requests.connection"));
}

TEST_CASE("the next event leaves only when the one before has been taken") {
  House house({"auto-answer=no"});
  Client(house, "0011").with_callback(4011).join();
  Client(house, "0012").with_callback(4012).join();
  house.http.by_itself = false;
  house.control("POST", "/control/incoming", kRing);
  house.control("POST", "/control/incoming", R"({"to":"0012","from":"0721555"})");
  house.advance(100);
  CHECK(call_events(house, 4011).size() == 1);
  CHECK(call_events(house, 4012).size() == 1);  // another callback does not wait
  house.http.answer_oldest(200);
  CHECK(call_events(house, 4011) ==
        std::vector<std::string>{"INCOMING 0721555>0011", "RINGING 0721555>0011"});
  CHECK(call_events(house, 4012).size() == 1);
}

TEST_CASE("an event that is not taken is sent again, and the order stays") {
  House house({"event-attempts=3", "event-retry-time=500", "auto-answer=no"});
  Client(house, "0011").with_callback(4011).join();
  house.http.by_itself = false;
  house.control("POST", "/control/incoming", kRing);
  house.advance(100);
  house.http.answer_oldest(503);
  house.advance(499);
  CHECK(house.http.sent.size() == 1);
  house.advance(1);
  CHECK(house.http.sent.size() == 2);
  house.http.answer_oldest(0);
  house.advance(500);
  house.http.answer_oldest(200);
  CHECK(call_events(house, 4011) ==
        std::vector<std::string>{"INCOMING 0721555>0011", "INCOMING 0721555>0011",
                                 "INCOMING 0721555>0011", "RINGING 0721555>0011"});
  const Json::Value entry = house.control("GET", "/control/journal")["entries"][2];
  CHECK(entry["kind"].asString() == "event");
  CHECK(entry["outcome"].asString() == "delivered");
  CHECK(entry["attempts"].asInt() == 3);
}

TEST_CASE("an event is given up after the attempts that the switch allows") {
  House house({"event-attempts=2", "event-retry-time=10", "auto-answer=no"});
  house.http.status = 500;
  Client(house, "0011").with_callback(4011).join();
  house.control("POST", "/control/incoming", kRing);
  house.advance(200);
  const Json::Value counters = house.control("GET", "/control/journal")["counters"];
  CHECK(counters["eventsFailed"].asInt() == 2);
  CHECK(counters["eventsRetried"].asInt() == 2);
  CHECK_FALSE(counters.isMember("eventsDelivered"));
  CHECK(house.pbx.outbox().waiting() == 0);
}

TEST_CASE("no more events wait for a callback than the switch allows") {
  House house({"event-queue=3", "auto-answer=no"});
  house.http.by_itself = false;
  Client(house, "0011").with_callback(4011).join();
  for (int i = 0; i < 5; ++i)
    house.control("POST", "/control/incoming", kRing);
  CHECK(house.pbx.outbox().waiting() == 3);
  CHECK(house.control("GET", "/control/state")["counters"]["eventsDropped"].asInt() == 2);
}

TEST_CASE("logging out forgets the events that still wait") {
  House house({"auto-answer=no"});
  Client alice(house, "0011");
  alice.with_callback(4011).join();
  house.http.by_itself = false;
  house.control("POST", "/control/incoming", kRing);
  house.advance(100);
  REQUIRE(house.pbx.outbox().waiting() == 2);
  CHECK(alice.yes("connection.logout"));
  CHECK(house.pbx.outbox().waiting() == 0);
  CHECK(house.http.waiting() == 0);
}

TEST_CASE("a login that has run out of time gets no more events") {
  House house({"auto-answer=no"});
  Client(house, "0011").with_callback(4011).join();
  house.advance(60'000);
  house.control("POST", "/control/incoming", kRing);
  house.advance(100);
  CHECK(call_events(house, 4011).empty());
}

TEST_CASE("old clients are told when the PBX ends their login; others when the switch says so") {
  House house;
  Client(house, "0011", "v20").with_callback(4020).join();
  Client(house, "0011", "v30").with_callback(4030).join();
  CHECK(house.control("POST", "/control/logins/end", R"({"user":"0011"})")["ended"].asInt() == 2);
  house.advance(1);
  REQUIRE(house.http.sent.size() == 1);
  CHECK(house.http.sent[0].url.starts_with("http://127.0.0.1:4020/"));
  CHECK(uci::parse_call(house.http.sent[0].body)->method == "ucp.v20.client.connection.reset");
  CHECK_FALSE(Client(house, "0011").with_callback(4030).yes("connection.keepAlive"));

  house.set("reset-event=all");
  Client(house, "0011", "v30").with_callback(4030).join();
  house.control("POST", "/control/logins/end");
  house.advance(1);
  REQUIRE(house.http.sent.size() == 2);
  CHECK(uci::parse_call(house.http.sent[1].body)->method == "ucp.v30.events.connection.reset");

  house.set("reset-event=none");
  Client(house, "0011", "v20").with_callback(4020).join();
  house.control("POST", "/control/logins/end");
  house.advance(1);
  CHECK(house.http.sent.size() == 2);
}

TEST_CASE("any event can be sent by hand, to everybody who has a callback") {
  House house;
  REQUIRE(Client(house, "0011").with_callback(4011).yes("connection.login"));
  const Json::Value sent = house.control(
      "POST", "/control/event",
      R"({"user":"0011","method":"ucp.v30.events.fax.receiveFaxState","params":[{"id":"7"}]})");
  CHECK(sent["callbacks"].asInt() == 1);
  house.advance(1);
  const auto call = uci::parse_call(house.http.sent.at(0).body);
  REQUIRE(call);
  CHECK(call->method == "ucp.v30.events.fax.receiveFaxState");
  CHECK(member(call->params.at(0), "id") == "7");
  house.control("POST", "/control/event", R"({"user":"0011","method":"not a name"})", 400);
  house.control("POST", "/control/event", R"({"user":"9999","method":"a.b"})", 404);
}

}  // namespace
}  // namespace sfteams::simulator::test

#include <catch2/catch.hpp>

#include "tests/simulator/house.h"

namespace sfteams::simulator::test {
namespace {

using Events = std::vector<std::string>;

/// Alice's events come to port 4011, Bob's to 4012, Carol's to 4013.
struct Office {
  explicit Office(const std::vector<std::string>& switches = {}) : house(switches) {
    alice.with_callback(4011).join();
    bob.with_callback(4012).join();
    carol.with_callback(4013).join();
  }
  std::string dial(const std::string& number, const std::string& id = "") {
    return alice.text("call.placeCallWithPhone", {number, "", id});
  }
  std::string only_call(Client& client) {
    const uci::Value ids = client.get("call.getCallIds");
    REQUIRE(ids.as_array() != nullptr);
    REQUIRE(ids.as_array()->size() == 1);
    return *ids.as_array()->front().as_string();
  }
  std::size_t calls_of(Client& client) { return client.get("call.getCallIds").as_array()->size(); }
  std::string state_of(Client& client) {
    return member(client.get("call.getCallState", {only_call(client)}), "state");
  }

  House house;
  Client alice{house, "0011"};
  Client bob{house, "0012"};
  Client carol{house, "0013"};
};

TEST_CASE("a call between two users walks through its states on both sides") {
  Office office;
  const std::string id = office.dial("0012", "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  CHECK(id == "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  office.house.advance(1'000);
  CHECK(office.alice.yes("call.hangupCall", {id}));
  office.house.advance(10);

  CHECK(call_events(office.house, 4011) == Events{"PROCEEDING 0011>0012", "RINGBACK 0011>0012",
                                                  "CONNECTED 0011>0012", "HANGUP 0011>0012"});
  CHECK(call_events(office.house, 4012) == Events{"INCOMING 0011>0012", "RINGING 0011>0012",
                                                  "CONNECTED 0011>0012", "HANGUP 0011>0012"});
  CHECK(call_events(office.house, 4013).empty());
  for (const uci::Value& call : event_structs(office.house, 4011)) {
    CHECK(member(call, "id") == id);
    CHECK(member(call, "callerName") == "Alice Adler");
    CHECK(member(call, "calledName") == "Bob Brandt");
  }
  CHECK(office.calls_of(office.alice) == 0);
  CHECK(office.calls_of(office.bob) == 0);
}

TEST_CASE("each step of a call takes the time that its switch has") {
  Office office({"dial-time=100", "ring-time=200", "answer-time=300"});
  office.dial("0012");
  CHECK(office.state_of(office.alice) == "REQUESTED");
  office.house.advance(99);
  CHECK(office.state_of(office.alice) == "REQUESTED");
  CHECK(office.calls_of(office.bob) == 0);
  office.house.advance(1);
  CHECK(office.state_of(office.alice) == "PROCEEDING");
  CHECK(office.state_of(office.bob) == "INCOMING");
  office.house.advance(200);
  CHECK(office.state_of(office.alice) == "RINGBACK");
  CHECK(office.state_of(office.bob) == "RINGING");
  office.house.advance(299);
  CHECK(office.state_of(office.bob) == "RINGING");
  office.house.advance(1);
  CHECK(office.state_of(office.alice) == "CONNECTED");
  CHECK(office.state_of(office.bob) == "CONNECTED");
}

TEST_CASE("a user's own answering time comes before the general one") {
  Office office({"dial-time=0", "ring-time=0", "answer-time=5000"});
  office.dial("0013");
  office.house.advance(100);
  CHECK(office.state_of(office.carol) == "CONNECTED");
}

TEST_CASE("either side may hang up, and the other hears of it") {
  Office office;
  office.dial("0012");
  office.house.advance(1'000);
  CHECK(office.bob.yes("call.hangupCall", {office.only_call(office.bob)}));
  office.house.advance(10);
  CHECK(call_events(office.house, 4011).back() == "HANGUP 0011>0012");
  CHECK(office.calls_of(office.alice) == 0);
}

TEST_CASE("a call may be ended while it is still being dialled") {
  Office office({"dial-time=1000"});
  const std::string id = office.dial("0012");
  CHECK(office.alice.yes("call.hangupCall", {id}));
  office.house.advance(5'000);
  CHECK(call_events(office.house, 4011) == Events{"HANGUP 0011>0012"});
  CHECK(call_events(office.house, 4012).empty());
}

TEST_CASE("a number outside answers too, and has no name") {
  Office office;
  office.dial("00497219999");
  office.house.advance(1'000);
  CHECK(office.state_of(office.alice) == "CONNECTED");
  const uci::Value call = office.alice.get("call.getCallState", {office.only_call(office.alice)});
  CHECK(member(call, "calledName").empty());
  CHECK(member(call, "calledNumber") == "00497219999");
}

TEST_CASE("a call ends by itself after the time to talk") {
  Office office({"talk-time=2000"});
  office.dial("0012");
  office.house.advance(2'000);
  CHECK(office.calls_of(office.alice) == 1);
  office.house.advance(1'000);
  CHECK(office.calls_of(office.alice) == 0);
}

TEST_CASE("a call that nobody takes ends, and is missed") {
  Office office({"auto-answer=no", "no-answer-time=15000"});
  office.dial("0012");
  office.house.advance(15'000);
  CHECK(office.state_of(office.bob) == "RINGING");
  office.house.advance(100);
  CHECK(call_events(office.house, 4012) ==
        Events{"INCOMING 0011>0012", "RINGING 0011>0012", "HANGUP 0011>0012"});
  const uci::Value list =
      office.bob.get("callList.getCallList", {"", "", "", "", "", "", "", 0, 10});
  CHECK(member(list.find("entries")->as_array()->front(), "result") == "MISSED");
}

TEST_CASE("somebody who does not want to be disturbed rejects, and finds the call in his list") {
  Office office;
  CHECK(office.bob.yes("userState.setDoNotDisturbSetting", {true}));
  office.dial("0012");
  office.house.advance(100);
  CHECK(call_events(office.house, 4011) == Events{"PROCEEDING 0011>0012", "HANGUP 0011>0012"});
  CHECK(call_events(office.house, 4012).empty());
  const uci::Value list =
      office.bob.get("callList.getCallList", {"", "", "", "", "", "", "", 0, 10});
  CHECK(*list.find("totalCount")->as_int() == 1);
}

TEST_CASE("call waiting decides whether a second call comes through") {
  Office office;
  office.dial("0012");
  office.house.advance(1'000);
  CHECK(office.bob.yes("phone.setCallWaitingIndication", {false}));
  CHECK_FALSE(office.bob.yes("phone.getCallWaitingIndication"));
  office.carol.text("call.placeCallWithPhone", {"0012", "", ""});
  office.house.advance(1'000);
  CHECK(office.calls_of(office.bob) == 1);
  CHECK(office.calls_of(office.carol) == 0);
  CHECK(office.bob.yes("phone.setCallWaitingIndication", {true}));
  office.carol.text("call.placeCallWithPhone", {"0012", "", ""});
  office.house.advance(1'000);
  CHECK(office.calls_of(office.bob) == 2);
}

TEST_CASE("nonsense is not dialled: the identifier that comes back is empty") {
  Office office({"dial-time=1000"});
  const auto place = [&](uci::Value number, uci::Value phone, uci::Value id) {
    return office.alice.text("call.placeCallWithPhone", {number, phone, id});
  };
  CHECK(place("", "", "").empty());
  CHECK(place("call me", "", "").empty());
  CHECK(place(std::string(65, '1'), "", "").empty());
  CHECK(place("0012", "SIP/of-somebody-else", "").empty());
  CHECK(place("0012", "", "no identifier").empty());
  CHECK_FALSE(place("0012", "SIP/alice.app", uci::Nil{}).empty());
  CHECK(place("0013", "", "").empty());  // one call is just being placed
}

TEST_CASE("the identifier of a call that lives cannot be taken again") {
  Office office;
  REQUIRE(office.dial("0012", "mine") == "mine");
  office.house.advance(1'000);
  CHECK(office.dial("0013", "mine").empty());
  CHECK(office.carol.text("call.placeCallWithPhone", {"0012", "", "mine"}).empty());
}

TEST_CASE("who may not place calls gets a fault") {
  House house;
  Client emil(house, "0015");
  REQUIRE(emil.yes("connection.login"));
  CHECK(emil.fault("call.placeCallWithPhone", {"0011", "", ""}).find("UciIllegalAccess") == 0);
}

TEST_CASE("nobody sees or ends the calls of others") {
  Office office;
  const std::string id = office.dial("0012");
  CHECK(office.carol.get("call.getCallState", {id}).as_struct()->empty());
  CHECK_FALSE(office.carol.yes("call.hangupCall", {id}));
  CHECK_FALSE(office.carol.yes("call.forward", {id, "0013"}));
  CHECK_FALSE(office.carol.yes("call.hold", {id}));
  CHECK(office.alice.get("call.getCallState", {"unknown"}).as_struct()->empty());
  CHECK_FALSE(office.alice.yes("call.hangupCall", {"unknown"}));
}

TEST_CASE("only a connected call can be held") {
  Office office;
  const std::string id = office.dial("0012");
  CHECK_FALSE(office.alice.yes("call.hold", {id}));
  office.house.advance(1'000);
  CHECK(office.alice.yes("call.hold", {id}));
  CHECK(office.house.control("GET", "/control/calls")["calls"][0]["held"].asBool());
  CHECK(office.alice.yes("call.hold", {id}));
  CHECK_FALSE(office.house.control("GET", "/control/calls")["calls"][0]["held"].asBool());
}

TEST_CASE("connected calls of one user are joined, and the last one is a call of two again") {
  Office office;
  const std::string first = office.dial("0012");
  office.house.advance(1'000);
  const std::string second = office.dial("0013");
  CHECK_FALSE(office.alice.yes("call.conference", {uci::Array{first, second}, ""}));
  office.house.advance(1'000);
  CHECK_FALSE(office.bob.yes("call.conference", {uci::Array{first, second}, ""}));
  CHECK_FALSE(office.alice.yes("call.conference", {uci::Array{first, first}, ""}));
  CHECK(office.alice.yes("call.conference", {uci::Array{first, second}, ""}));
  const auto state = [&](const std::string& id) {
    return member(office.alice.get("call.getCallState", {id}), "state");
  };
  CHECK(state(first) == "CONFERENCE_ACTIVE");
  CHECK(state(second) == "CONFERENCE_ACTIVE");
  CHECK(office.alice.yes("call.hangupCall", {first}));
  CHECK(state(second) == "CONNECTED");
}

TEST_CASE("a ringing call is sent on to somebody else") {
  Office office({"auto-answer=no"});
  office.dial("0012");
  office.house.advance(100);
  CHECK(office.bob.yes("call.forward", {office.only_call(office.bob), "0013"}));
  office.house.advance(100);
  CHECK(office.calls_of(office.bob) == 0);
  CHECK(office.state_of(office.carol) == "RINGING");
  const uci::Value call = office.carol.get("call.getCallState", {office.only_call(office.carol)});
  CHECK(member(call, "forwardType") == "BLINDTRANSFER");
  CHECK(member(call, "forwarderCallerIdName") == "Bob Brandt");
  CHECK(member(call, "callerNumber") == "0011");
}

TEST_CASE("the one who has called hands the other over to a third") {
  Office office;
  const std::string id = office.dial("0012");
  office.house.advance(1'000);
  CHECK(office.alice.yes("call.forward", {id, "0013"}));
  office.house.advance(1'000);
  CHECK(office.calls_of(office.alice) == 0);
  CHECK(office.state_of(office.bob) == "CONNECTED");
  CHECK(office.state_of(office.carol) == "CONNECTED");
  CHECK(call_events(office.house, 4012).back() == "CONNECTED 0013>0012");
  CHECK(office.carol.yes("call.hangupCall", {office.only_call(office.carol)}));
  CHECK(office.calls_of(office.bob) == 0);
}

TEST_CASE("a transfer to somebody who rejects ends the call") {
  Office office;
  const std::string id = office.dial("0012");
  office.house.advance(1'000);
  CHECK(office.carol.yes("userState.setDoNotDisturbSetting", {true}));
  CHECK(office.alice.yes("call.forward", {id, "0013"}));
  CHECK(office.calls_of(office.bob) == 0);
}

TEST_CASE("a group's number rings everybody in it, and the first who answers has the call") {
  Office office({"auto-answer=no"});
  office.carol.text("call.placeCallWithPhone", {"0100", "", ""});
  office.house.advance(100);
  const std::string at_alice = office.only_call(office.alice);
  const std::string at_bob = office.only_call(office.bob);
  CHECK(member(office.bob.get("call.getCallState", {at_bob}), "groupId") == "sales");
  office.house.control("POST", "/control/answer", R"({"callId":")" + at_bob + R"("})");
  CHECK(office.calls_of(office.alice) == 0);
  CHECK(office.state_of(office.bob) == "CONNECTED");
  CHECK(office.state_of(office.carol) == "CONNECTED");
  CHECK(at_alice != at_bob);
}

TEST_CASE("one phone of a group that rejects leaves the others ringing") {
  Office office({"auto-answer=no"});
  office.carol.text("call.placeCallWithPhone", {"0100", "", ""});
  office.house.advance(100);
  CHECK(office.alice.yes("call.hangupCall", {office.only_call(office.alice)}));
  CHECK(office.state_of(office.bob) == "RINGING");
  CHECK(office.bob.yes("call.hangupCall", {office.only_call(office.bob)}));
  CHECK(office.calls_of(office.carol) == 0);
}

TEST_CASE("who has left a group does not hear its calls") {
  Office office({"auto-answer=no"});
  const uci::Value settings = office.alice.get("group.getGroupSettings");
  const uci::Value& sales = settings.as_array()->front();
  CHECK(member(sales, "name") == "Sales");
  CHECK(*sales.find("active")->as_bool());
  const uci::Struct left{{"id", "sales"}, {"active", false}};
  CHECK(office.alice.yes("group.setGroupSetting", {left}));
  office.carol.text("call.placeCallWithPhone", {"0100", "", ""});
  office.house.advance(100);
  CHECK(office.calls_of(office.alice) == 0);
  CHECK(office.calls_of(office.bob) == 1);
  const uci::Struct foreign{{"id", "boss"}, {"active", false}};
  CHECK_FALSE(
      office.alice.fault("group.setGroupSettings", {uci::Value(uci::Array{foreign})}).empty());
}

TEST_CASE("an old client places a call and gets the seven fields") {
  House house;
  Client alice(house, "0011", "v20");
  alice.with_callback(4011).join();
  CHECK(*alice.get("call.getPhoneIds").as_array() == uci::Array{"SIP/alice.desk", "SIP/alice.app"});
  const std::string id = alice.text("call.placeCall", {"00497219999", "", ""});
  house.advance(30);
  const uci::Value call = event_structs(house, 4011).front();
  std::vector<std::string> names;
  for (const uci::Member& one : *call.as_struct())
    names.push_back(one.name);
  CHECK(names == std::vector<std::string>{"id", "state", "timestamp", "callerNumber", "callerName",
                                          "calledNumber", "calledName"});
  CHECK(member(call, "id") == id);
  CHECK(call.find("calledName")->as_string() != nullptr);
  CHECK(alice.yes("call.hangupCall", {id}));
}

}  // namespace
}  // namespace sfteams::simulator::test

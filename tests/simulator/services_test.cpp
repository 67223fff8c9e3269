#include <catch2/catch.hpp>

#include "tests/contains.h"
#include "tests/simulator/house.h"

namespace sfteams::simulator::test {
namespace {

/// Bob, who is logged in and wants no events.
struct Desk {
  explicit Desk(const std::vector<std::string>& switches = {}) : house(switches) {
    REQUIRE(bob.yes("connection.login"));
    REQUIRE(alice.yes("connection.login"));
  }
  void ring(const std::string& from, const std::string& to = "0012") {
    house.control("POST", "/control/incoming",
                  R"({"to":")" + to + R"(","from":")" + from + R"("})");
    house.advance(1'000);
  }
  void hang_up_everything() {
    const Json::Value calls = house.control("GET", "/control/calls")["calls"];
    for (const Json::Value& call : calls) {
      const std::string body = R"({"callId":")" + call["callId"].asString() + R"("})";
      static_cast<void>(house.control_port.handle("POST", "/control/hangup", "", body));
    }
  }

  House house;
  Client alice{house, "0011"};
  Client bob{house, "0012"};
};

TEST_CASE("a user's phones and numbers can be asked for and chosen") {
  Desk desk;
  CHECK(*desk.alice.get("phone.getPhoneIds").as_array() ==
        uci::Array{"SIP/alice.desk", "SIP/alice.app"});
  CHECK(desk.alice.text("phone.getPrimaryPhoneId") == "SIP/alice.desk");
  CHECK(desk.alice.yes("phone.setPrimaryPhoneId", {"SIP/alice.app"}));
  CHECK(desk.alice.text("phone.getPrimaryPhoneId") == "SIP/alice.app");
  CHECK_FALSE(desk.alice.fault("phone.setPrimaryPhoneId", {"SIP/bob"}).empty());
  CHECK(desk.alice.yes("phone.setPrimaryPhoneId", {uci::Nil{}}));
  desk.house.set("empty-values=nil");
  CHECK(desk.alice.get("phone.getPrimaryPhoneId").is_nil());

  const uci::Value numbers = desk.bob.get("phone.getAvailableDisplayNumbers");
  REQUIRE(numbers.as_array()->size() == 2);
  CHECK(member(numbers.as_array()->at(1), "number") == "004972112345");
  CHECK(desk.bob.text("phone.getDisplayNumberId") == "0012");
  CHECK(desk.bob.yes("phone.setDisplayNumberId", {"004972112345"}));
  CHECK(desk.bob.text("phone.getDisplayNumberId") == "004972112345");
  CHECK_FALSE(desk.bob.fault("phone.setDisplayNumberId", {"0011"}).empty());
}

TEST_CASE("the user state follows calls, do not disturb, message and redirect") {
  Desk desk({"answer-time=2000"});
  const auto state = [&](const char* name) {
    return member(desk.bob.get("userState.getUserState"), name);
  };
  CHECK(state("telephonyState") == "AVAILABLE");
  CHECK(state("chatPresence") == "AVAILABLE");
  desk.ring("0721555");
  CHECK(state("telephonyState") == "RINGING");
  desk.house.advance(2'000);
  CHECK(state("telephonyState") == "ACTIVE");
  desk.hang_up_everything();
  CHECK(state("telephonyState") == "AVAILABLE");

  CHECK(desk.bob.yes("userState.setDoNotDisturbSetting", {true}));
  CHECK(state("chatPresence") == "DO_NOT_DISTURB");
  CHECK(desk.bob.yes("userState.setChatPresenceMessage", {"Zu Tisch — bis 13 Uhr"}));
  CHECK(state("chatPresenceMessage") == "Zu Tisch — bis 13 Uhr");
  CHECK_FALSE(
      desk.bob.fault("userState.setChatPresenceMessage", {std::string(1'001, 'x')}).empty());
  CHECK_FALSE(desk.bob.fault("userState.setDoNotDisturbSetting", {"yes"}).empty());
}

uci::Value list(Client& client, const std::string& direction = "", const std::string& result = "",
                const std::string& group = "", const std::string& property = "",
                const std::string& order = "", int offset = 0, int limit = 100) {
  return client.get("callList.getCallList", {uci::Nil{}, uci::Nil{}, direction, result, group,
                                             property, order, offset, limit});
}

std::vector<std::string> callers(const uci::Value& answer) {
  std::vector<std::string> numbers;
  for (const uci::Value& entry : *answer.find("entries")->as_array()) {
    numbers.push_back(member(entry, "callerNumber"));
  }
  return numbers;
}

using Numbers = std::vector<std::string>;

TEST_CASE("a finished call stands in the lists of both, with its length") {
  Desk desk;
  desk.alice.text("call.placeCallWithPhone", {"0012", "", ""});
  desk.house.advance(10'000);
  desk.hang_up_everything();
  const uci::Value hers = list(desk.alice).find("entries")->as_array()->front();
  const uci::Value his = list(desk.bob).find("entries")->as_array()->front();
  CHECK(member(hers, "direction") == "OUTBOUND");
  CHECK(member(his, "direction") == "INBOUND");
  CHECK(member(hers, "callDescription") == "Bob Brandt");
  CHECK(member(his, "callDescription") == "Alice Adler");
  for (const uci::Value& entry : {hers, his}) {
    CHECK(member(entry, "result") == "ANSWERED");
    CHECK(*entry.find("duration")->as_int() == 9);
    CHECK(entry.find("startTime")->type() == uci::Value::Type::date_time);
    CHECK_FALSE(*entry.find("calledBack")->as_bool());
  }
}

TEST_CASE("the call list is filtered, ordered and paged as asked") {
  Desk desk({"talk-time=100"});
  desk.ring("0721003");
  desk.house.set("auto-answer=no");
  desk.house.set("no-answer-time=100");
  desk.ring("0721001");
  desk.ring("0721002", "0100");
  desk.house.set("auto-answer=yes");
  desk.house.set("no-answer-time=30000");
  desk.bob.text("call.placeCallWithPhone", {"0721009", "", ""});
  desk.house.advance(1'000);

  CHECK(callers(list(desk.bob)) == Numbers{"0012", "0721002", "0721001", "0721003"});
  CHECK(callers(list(desk.bob, "INBOUND")) == Numbers{"0721002", "0721001", "0721003"});
  CHECK(callers(list(desk.bob, "OUTBOUND")) == Numbers{"0012"});
  CHECK(callers(list(desk.bob, "", "MISSED")) == Numbers{"0721002", "0721001"});
  CHECK(callers(list(desk.bob, "", "ANSWERED")) == Numbers{"0012", "0721003"});
  CHECK(callers(list(desk.bob, "", "", "sales")) == Numbers{"0721002"});
  CHECK(callers(list(desk.bob, "INBOUND", "", "NON_GROUP")) == Numbers{"0721001", "0721003"});
  CHECK(callers(list(desk.bob, "INBOUND", "", "", "callerNumber", "ASCENDING")) ==
        Numbers{"0721001", "0721002", "0721003"});
  const uci::Value page = list(desk.bob, "INBOUND", "", "", "startTime", "DESCENDING", 1, 1);
  CHECK(callers(page) == Numbers{"0721001"});
  CHECK(*page.find("totalCount")->as_int() == 3);
  CHECK(callers(list(desk.bob, "", "", "", "", "", 99)).empty());
}

TEST_CASE("a call list is as long as the switch says, and still filtered and paged") {
  Desk desk({"past-calls=500"});
  CHECK(list(desk.bob).find("totalCount")->as_int() != nullptr);
  CHECK(*list(desk.bob).find("totalCount")->as_int() == 500);
  CHECK(list(desk.bob).find("entries")->as_array()->size() == 100);
  CHECK(list(desk.bob, "", "", "", "", "", 490).find("entries")->as_array()->size() == 10);
  CHECK(*list(desk.bob, "INBOUND").find("totalCount")->as_int() == 250);
  const auto newest = *list(desk.bob).find("entries")->as_array()->front().find("startTime");
  REQUIRE(newest.as_date_time() != nullptr);
  CHECK(*newest.as_date_time() == uci::DateTime{2026, 11, 22, 23, 40, 0, {}});
}

TEST_CASE("the control port sets everything back that users have set or been left") {
  Desk desk({"answer-time=100"});
  CHECK(desk.bob.yes("userState.setChatPresenceMessage", {"at lunch"}));
  CHECK(desk.bob.yes("phone.setCallWaitingIndication", {false}));
  desk.ring("0721001");
  desk.hang_up_everything();
  REQUIRE_FALSE(callers(list(desk.bob)).empty());
  desk.house.control("POST", "/control/users/reset", "{}");
  CHECK(callers(list(desk.bob)).empty());
  CHECK(member(desk.bob.get("userState.getUserState"), "chatPresenceMessage").empty());
  CHECK(desk.bob.yes("phone.getCallWaitingIndication"));
  CHECK(desk.bob.text("phone.getDisplayNumberId") == "0012");
}

TEST_CASE("the call list is cut by dates, given as dates or as texts") {
  Desk desk({"talk-time=100"});
  desk.ring("0721001");
  desk.house.advance(3'600'000);
  desk.house.set("keep-alive-timeout=80000000");
  REQUIRE(desk.bob.yes("connection.login"));
  desk.ring("0721002");
  const auto between = [&](uci::Value before, uci::Value after) {
    return callers(desk.bob.get("callList.getCallList",
                                {std::move(before), std::move(after), "", "", "", "", "", 0, 10}));
  };
  const uci::DateTime half_past{2026, 11, 23, 10, 30, 0, {}};
  CHECK(between(half_past, "") == Numbers{"0721001"});
  CHECK(between(uci::Nil{}, half_past) == Numbers{"0721002"});
  CHECK(between("20261123T10:30:00", "") == Numbers{"0721001"});
  CHECK(between("20261123T11:30:00", "2026-11-23T10:30:00") == Numbers{"0721002"});
  CHECK(between(uci::DateTime{9999, 12, 31, 23, 59, 59, {}}, uci::DateTime{1, 1, 1, 0, 0, 0, {}})
            .size() == 2);
}

TEST_CASE("a question to the call list that makes no sense gets a fault") {
  Desk desk;
  const auto ask = [&](const uci::Array& params) {
    return desk.bob.fault("callList.getCallList", params);
  };
  CHECK_FALSE(ask({}).empty());
  CHECK_FALSE(ask({"", "", "SIDEWAYS", "", "", "", "", 0, 10}).empty());
  CHECK_FALSE(ask({"", "", "", "LOST", "", "", "", 0, 10}).empty());
  CHECK_FALSE(ask({"", "", "", "", "", "colour", "", 0, 10}).empty());
  CHECK_FALSE(ask({"", "", "", "", "", "", "RANDOM", 0, 10}).empty());
  CHECK_FALSE(ask({"", "", "", "", "", "", "", -1, 10}).empty());
  CHECK_FALSE(ask({"", "", "", "", "", "", "", "0", 10}).empty());
  CHECK_FALSE(ask({"tomorrow", "", "", "", "", "", "", 0, 10}).empty());
}

TEST_CASE("entries of the call list can be deleted, one or many") {
  Desk desk({"talk-time=100"});
  for (const char* from : {"0721001", "0721002", "0721003"})
    desk.ring(from);
  const auto ids = [&] {
    uci::Array found;
    const uci::Value answer = list(desk.bob);
    for (const uci::Value& entry : *answer.find("entries")->as_array()) {
      found.push_back(*entry.find("id"));
    }
    return found;
  };
  const uci::Array before = ids();
  REQUIRE(before.size() == 3);
  CHECK(desk.bob.yes("callList.deleteCallListEntry", {before[0]}));
  CHECK(ids() == uci::Array{before[1], before[2]});
  CHECK(desk.bob.yes("callList.deleteCallListEntries",
                     {uci::Value(uci::Array{before[1], before[2]})}));
  CHECK(ids().empty());
}

TEST_CASE("a missed call is called back, and the list remembers it") {
  Desk desk({"auto-answer=no", "no-answer-time=100"});
  desk.ring("0721001");
  const uci::Value entry = list(desk.bob).find("entries")->as_array()->front();
  const std::string id =
      desk.bob.text("callList.placeCallbackCallWithPhone", {*entry.find("id"), "", "back-1"});
  CHECK(id == "back-1");
  CHECK(*list(desk.bob).find("entries")->as_array()->front().find("calledBack")->as_bool());
  CHECK(desk.bob.text("callList.placeCallbackCallWithPhone", {"unknown", "", ""}).empty());
}

uci::Struct redirect(const std::string& type, const std::string& to, bool enabled = true) {
  return {{"type", type},       {"calledNumber", "0012"},
          {"enabled", enabled}, {"destinationType", to.empty() ? "VOICEMAIL" : "PHONENUMBER"},
          {"destination", to},  {"timeout", 5}};
}

std::string who_rings(Desk& desk) {
  std::string users;
  const Json::Value calls = desk.house.control("GET", "/control/calls")["calls"];
  for (const Json::Value& call : calls) {
    users += call["user"].asString() + " ";
  }
  return users;
}

TEST_CASE("redirects are read, set and followed") {
  Desk desk({"auto-answer=no"});
  CHECK(desk.bob.get("redirect.getRedirectSettings", {"", "", "", ""}).as_array()->size() == 3);
  const uci::Value busy =
      desk.bob.get("redirect.getRedirectSettings", {"BUSY", "NON_GROUP", "", ""});
  REQUIRE(busy.as_array()->size() == 1);
  CHECK_FALSE(*busy.as_array()->front().find("enabled")->as_bool());

  SECTION("always") {
    CHECK(desk.bob.yes("redirect.setRedirectSetting", {redirect("ALWAYS", "0013")}));
    const uci::Value state = desk.bob.get("userState.getUserState");
    CHECK(*state.find("redirectAlwaysActive")->as_bool());
    desk.ring("0721555");
    CHECK(who_rings(desk) == "0013 ");
  }
  SECTION("busy, which do not disturb is") {
    CHECK(desk.bob.yes("redirect.setRedirectSettings",
                       {uci::Value(uci::Array{redirect("BUSY", "0013")})}));
    desk.ring("0721555");
    CHECK(who_rings(desk) == "0012 ");
    desk.hang_up_everything();
    CHECK(desk.bob.yes("userState.setDoNotDisturbSetting", {true}));
    desk.ring("0721555");
    CHECK(who_rings(desk) == "0013 ");
  }
  SECTION("after a time") {
    CHECK(desk.bob.yes("redirect.setRedirectSetting", {redirect("TIMEOUT", "0013")}));
    desk.ring("0721555");
    CHECK(who_rings(desk) == "0012 ");
    desk.house.advance(5'000);
    CHECK(who_rings(desk) == "0013 ");
  }
  SECTION("in a circle, which ends") {
    CHECK(desk.bob.yes("redirect.setRedirectSetting", {redirect("ALWAYS", "0012")}));
    desk.house.control("POST", "/control/incoming", R"({"to":"0012","from":"0721555"})", 409);
  }
}

TEST_CASE("a redirect to voice mail leaves an entry there") {
  Desk desk;
  CHECK(desk.bob.yes("redirect.setRedirectSetting", {redirect("ALWAYS", "")}));
  desk.ring("0721555");
  desk.alice.text("call.placeCallWithPhone", {"0012", "", ""});
  desk.house.advance(5'000);
  desk.hang_up_everything();
  const uci::Value mails = desk.bob.get("voicemailList.getVoicemailList");
  REQUIRE(mails.as_array()->size() == 2);
  CHECK(member(mails.as_array()->at(0), "callDescription") == "Alice Adler");
  CHECK(member(mails.as_array()->at(1), "callerNumber") == "0721555");
  CHECK(member(mails.as_array()->at(0), "folder") == "INBOX");

  const uci::Value boxes = desk.bob.get("voicemailList.getMailboxes");
  CHECK(member(boxes.as_array()->front(), "id") == "0012");
  const uci::Value id = *mails.as_array()->at(0).find("id");
  CHECK(desk.bob.yes("voicemailList.moveVoicemailListEntry", {id, "Old"}));
  CHECK(member(desk.bob.get("voicemailList.getVoicemailList").as_array()->at(0), "folder") ==
        "Old");
  CHECK(desk.bob.yes("voicemailList.deleteVoicemailListEntry", {id}));
  const uci::Value rest = *mails.as_array()->at(1).find("id");
  CHECK(desk.bob.yes("voicemailList.deleteVoicemailListEntries", {uci::Value(uci::Array{rest})}));
  CHECK(desk.bob.get("voicemailList.getVoicemailList").as_array()->empty());
}

TEST_CASE("a redirect that cannot be is refused and changes nothing") {
  Desk desk;
  const auto set = [&](uci::Struct setting) {
    return desk.bob.fault("redirect.setRedirectSetting", {std::move(setting)});
  };
  CHECK_FALSE(set(redirect("SOMETIMES", "0013")).empty());
  uci::Struct foreign = redirect("ALWAYS", "0013");
  foreign[1].value = "0011";
  CHECK_FALSE(set(foreign).empty());
  uci::Struct nowhere = redirect("ALWAYS", "0013");
  nowhere[4].value = "";
  CHECK_FALSE(set(nowhere).empty());
  uci::Struct never = redirect("ALWAYS", "0013");
  never[5].value = 0;
  CHECK_FALSE(set(never).empty());
  CHECK_FALSE(set({}).empty());
  CHECK_FALSE(desk.bob.fault("redirect.setRedirectSetting", {"ALWAYS"}).empty());
  desk.ring("0721555");
  CHECK(who_rings(desk) == "0012 ");
}

TEST_CASE("a busy lamp key shows and calls its user") {
  Desk desk;
  const uci::Value keys = desk.alice.get("functionKey.getFunctionKeys");
  CHECK(keys.as_array()->size() == 5);
  CHECK(member(keys.as_array()->front(), "id") == "blf-0012");
  CHECK(desk.alice.get("functionKey.getCallInfoForKey", {"blf-0012"}).as_struct()->empty());
  CHECK(desk.alice.yes("functionKey.pressKey", {"blf-0012", uci::Array{}}));
  desk.house.advance(1'000);
  const uci::Value call = desk.alice.get("functionKey.getCallInfoForKey", {"blf-0012"});
  CHECK(member(call, "state") == "CONNECTED");
  CHECK_FALSE(desk.alice.fault("functionKey.pressKey", {"blf-0011", uci::Array{}}).empty());
  CHECK_FALSE(desk.alice.fault("functionKey.pressKey", {"blf-9999", uci::Array{}}).empty());
}

TEST_CASE("a request that does not exist, or with wrong parameters, gets a fault") {
  Desk desk;
  CHECK(contains(desk.bob.fault("call.makeCoffee"), "no such request"));
  CHECK_FALSE(desk.bob.fault("call.getCallState").empty());
  CHECK_FALSE(desk.bob.fault("call.getCallState", {1}).empty());
  CHECK_FALSE(desk.bob.fault("call.getCallState", {"a", "b"}).empty());
  CHECK_FALSE(
      desk.bob.fault("callList.deleteCallListEntries", {uci::Value(uci::Array{1})}).empty());
}

}  // namespace
}  // namespace sfteams::simulator::test

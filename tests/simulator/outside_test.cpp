// The journal, misbehaviour and the control port: what is not UCI.

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "simulator/text.h"
#include "tests/contains.h"
#include "tests/simulator/house.h"

namespace sfteams::simulator::test {
namespace {

TEST_CASE("the journal says which attempts reached the PBX, and what became of them") {
  House house({"blacklist-after=2", "success-whitelists=no"});
  Client right(house, "0011");
  REQUIRE(right.yes("connection.login"));
  static_cast<void>(right.text("call.placeCallWithPhone", {"0012", "", "mine"}));
  Client wrong(house, "0012", "v30", "Falsch");
  for (int i = 0; i < 3; ++i)
    static_cast<void>(wrong.post("connection.login"));

  const Json::Value report = house.control("GET", "/control/journal");
  std::vector<std::string> lines;
  for (const Json::Value& entry : report["entries"]) {
    lines.push_back(entry["kind"].asString() + " " + entry["user"].asString() + " " +
                    entry["outcome"].asString());
  }
  CHECK(lines == std::vector<std::string>{"login 0011 accepted", "request 0011 ok",
                                          "login 0012 refused", "login 0012 refused",
                                          "request 0012 ignored"});
  CHECK(report["entries"][1]["method"].asString() == "ucp.v30.requests.call.placeCallWithPhone");
  CHECK(report["entries"][1]["params"].asString() == R"("0012", "", "mine")");
  CHECK(report["entries"][0]["address"].asString() == "127.0.0.1");
  CHECK(report["counters"]["logins"].asInt() == 1);
  CHECK(report["counters"]["wrongTokens"].asInt() == 2);
  CHECK(report["counters"]["ignored"].asInt() == 1);
  CHECK(report["counters"]["requests"].asInt() == 1);
  CHECK(report["counters"]["received"].asInt() == 5);
  const Json::Value& methods = report["counters"]["methods"];
  CHECK(methods["ucp.v30.requests.call.placeCallWithPhone"].asInt() == 1);
  CHECK(methods["ucp.v30.requests.connection.login"].asInt() == 1);
}

TEST_CASE("no password, token or callback path stands in the journal") {
  House house;
  Client alice(house, "0011");
  alice.with_callback(4011, "/unguessable").naming_user().join();
  Client wrong(house, "0012", "v30", "Sesam");
  static_cast<void>(wrong.post("connection.login"));
  Client md5(house, "0013", "v30", "Geheim", uci::TokenKind::md5);
  static_cast<void>(md5.post("connection.login"));
  house.post("de.vertico.starface.auth=Geheim:Geheim", "<nonsense>");
  house.control("POST", "/control/incoming", R"({"to":"0011","from":"0721555"})");
  house.advance(1'000);

  const std::string journal = json::write(house.control("GET", "/control/journal"));
  CHECK_FALSE(contains(journal, "Geheim"));
  CHECK_FALSE(contains(journal, "Sesam"));
  CHECK_FALSE(contains(journal, "unguessable"));
  for (const char* login : {"0011", "0012", "0013"}) {
    for (const auto kind : {uci::TokenKind::sha512, uci::TokenKind::md5}) {
      const auto token = uci::make_token(kind, login, crypto::Secret::from_text("Geheim"));
      const std::string_view secret = token.text().substr(token.text().find(':') + 1);
      CHECK_FALSE(contains(journal, secret));
    }
  }
}

TEST_CASE("the journal can be read on from where one was, and keeps only so much") {
  House house({"journal-size=3"});
  Client alice(house, "0011");
  for (int i = 0; i < 5; ++i)
    static_cast<void>(alice.text("system.getServerVersion"));
  const Json::Value all = house.control("GET", "/control/journal");
  CHECK(all["entries"].size() == 3);
  CHECK(all["dropped"].asInt() == 2);
  CHECK(all["next"].asInt() == 5);
  CHECK(all["counters"]["requests"].asInt() == 5);
  CHECK(house.control("GET", "/control/journal?since=4")["entries"].size() == 1);
  CHECK(house.control("GET", "/control/journal?since=5")["entries"].empty());
  CHECK(house.control("GET", "/control/journal?limit=1")["next"].asInt() == 3);
  house.control("POST", "/control/journal/clear");
  CHECK(house.control("GET", "/control/journal")["entries"].empty());
  static_cast<void>(alice.text("system.getServerVersion"));
  CHECK(house.control("GET", "/control/journal")["entries"][0]["number"].asInt() == 6);
}

TEST_CASE("a body that is no request gets a fault, and is counted against nobody") {
  House house;
  Client alice(house, "0011");
  for (const std::string body :
       {"", "<html>", "<methodCall/>", "{\"jsonrpc\":\"2.0\"}",
        "<!DOCTYPE a [<!ENTITY b \"c\">]><methodCall><methodName>&b;</methodName></methodCall>"}) {
    CAPTURE(body);
    const Reply reply = house.post(alice.query, body);
    CHECK(reply.status == 200);
    const auto response = uci::parse_response(reply.body);
    REQUIRE(response);
    CHECK(std::holds_alternative<uci::Fault>(*response));
  }
  CHECK(house.pbx.logins().count() == 0);
}

TEST_CASE("answers are spoilt as the rule says, and the request is carried out nevertheless") {
  House house({"huge-array=1000"});
  Client alice(house, "0011");
  const auto spoilt = [&](const std::string& kind) {
    house.control("POST", "/control/misbehave",
                  R"({"method":"ucp.v30.requests.*","kind":")" + kind + R"(","times":1})");
    return alice.post("connection.login");
  };
  CHECK(spoilt("close").way == Reply::Way::close);
  CHECK(spoilt("close-mid-reply").way == Reply::Way::cut);
  CHECK(spoilt("no-answer").way == Reply::Way::hold);
  CHECK(spoilt("slow-drip").way == Reply::Way::drip);
  CHECK(spoilt("html").content_type == "text/html; charset=UTF-8");
  CHECK(spoilt("http-500").status == 500);
  CHECK_FALSE(uci::parse_response(spoilt("bad-xml").body));
  const auto huge = uci::parse_response(spoilt("huge-array").body);
  REQUIRE(huge);
  CHECK(std::get<uci::Value>(*huge).as_array()->size() == 1'000);

  CHECK(alice.yes("connection.keepAlive"));
  const Json::Value report = house.control("GET", "/control/journal");
  CHECK(report["counters"]["misbehaved"].asInt() == 8);
  CHECK(report["entries"][0]["misbehaviour"].asString() == "close");
  CHECK(report["entries"][0]["outcome"].asString() == "accepted");
}

TEST_CASE("a rule without a number of times lasts until it is cleared, and may skip the request") {
  House house;
  Client alice(house, "0011");
  house.control("POST", "/control/misbehave", R"({"kind":"close","execute":false})");
  for (int i = 0; i < 3; ++i)
    CHECK(alice.post("connection.login").way == Reply::Way::close);
  CHECK(house.pbx.logins().count() == 0);
  CHECK_FALSE(house.control("GET", "/control/state")["counters"].isMember("logins"));
  house.control("POST", "/control/misbehave/clear");
  CHECK(alice.yes("connection.login"));
}

TEST_CASE("a rule for one method leaves the others alone") {
  House house;
  Client alice(house, "0011");
  house.control("POST", "/control/misbehave", R"({"method":"*.getCallIds","kind":"html"})");
  CHECK(alice.yes("connection.login"));
  CHECK(alice.post("call.getCallIds").content_type.find("text/html") == 0);
}

TEST_CASE("answers take the time of the switch, or of a rule for their method") {
  House house({"latency=200"});
  Client alice(house, "0011");
  CHECK(alice.post("connection.login").delay.count() == 200);
  house.control("POST", "/control/latency", R"({"method":"*.getCallIds","timeMs":1000})");
  CHECK(alice.post("call.getCallIds").delay.count() == 1'000);
  CHECK(alice.post("connection.keepAlive").delay.count() == 200);
  house.control("POST", "/control/latency/clear");
  house.set("latency-jitter=50");
  bool differs = false;
  for (int i = 0; i < 200; ++i) {
    const auto delay = alice.post("call.getCallIds").delay.count();
    CHECK(delay >= 200);
    CHECK(delay <= 250);
    differs = differs || delay != 200;
  }
  CHECK(differs);
}

TEST_CASE("a call from outside rings, is answered and put down from outside") {
  House house({"auto-answer=no"});
  Client alice(house, "0011");
  alice.with_callback(4011).join();
  const Json::Value rung =
      house.control("POST", "/control/incoming", R"({"to":"0011","from":"0721555","name":"Zoe"})");
  const std::string id = rung["callIds"][0].asString();
  const std::string body = R"({"callId":")" + id + R"("})";
  house.control("POST", "/control/answer", body, 409);  // it does not ring yet
  house.advance(100);
  house.control("POST", "/control/answer", body);
  house.control("POST", "/control/hangup", body);
  house.control("POST", "/control/hangup", body, 409);
  house.advance(10);
  CHECK(call_events(house, 4011) ==
        std::vector<std::string>{"INCOMING 0721555>0011", "RINGING 0721555>0011",
                                 "CONNECTED 0721555>0011", "HANGUP 0721555>0011"});
  CHECK(member(event_structs(house, 4011)[0], "callerName") == "Zoe");
}

TEST_CASE("the far end of an outgoing call can be lifted by the caller's identifier") {
  House house({"auto-answer=no"});
  Client alice(house, "0011");
  REQUIRE(alice.yes("connection.login"));
  alice.text("call.placeCallWithPhone", {"0721555", "", "mine"});
  house.advance(100);
  house.control("POST", "/control/answer", R"({"callId":"mine"})");
  CHECK(member(alice.get("call.getCallState", {"mine"}), "state") == "CONNECTED");
}

TEST_CASE("a call to nobody, or to somebody who rejects, is refused") {
  House house;
  house.control("POST", "/control/incoming", R"({"to":"4711","from":"0721555"})", 409);
  Client alice(house, "0011");
  REQUIRE(alice.yes("connection.login"));
  CHECK(alice.yes("userState.setDoNotDisturbSetting", {true}));
  house.control("POST", "/control/incoming", R"({"to":"0011","from":"0721555"})", 409);
  CHECK(house.pbx.switchboard().count() == 0);
}

TEST_CASE("switches are read and set on the control port, all of them or none") {
  House house;
  CHECK(house.control("GET", "/control/switches")["refused-login"].asString() == "fault");
  const Json::Value now =
      house.control("POST", "/control/switches",
                    R"({"refused-login":"http-403","latency":5,"auto-answer":false})");
  CHECK(now["latency"].asString() == "5");
  CHECK(now["auto-answer"].asString() == "no");
  house.control("POST", "/control/switches", R"({"latency":7,"refused-login":"teapot"})", 400);
  house.control("POST", "/control/switches", R"({"latency":[]})", 400);
  CHECK(house.control("GET", "/control/switches")["latency"].asString() == "5");
}

TEST_CASE("nonsense on the control port is refused with a reason") {
  House house;
  house.control("GET", "/control/nothing", "", 404);
  house.control("DELETE", "/control/journal", "", 405);
  house.control("GET", "/control/incoming", "", 405);
  house.control("POST", "/control/incoming", "{", 400);
  house.control("POST", "/control/incoming", "[]", 400);
  house.control("POST", "/control/incoming", R"({"to":"0011"})", 400);
  house.control("POST", "/control/incoming", R"({"to":7,"from":"0721"})", 400);
  house.control("POST", "/control/incoming", R"({"to":"0011","from":"0721","when":"now"})", 400);
  house.control("POST", "/control/misbehave", R"({"kind":"explode"})", 400);
  house.control("POST", "/control/misbehave", R"({"kind":"close","times":-1})", 400);
  house.control("POST", "/control/misbehave", R"({"kind":"close","execute":"no"})", 400);
  house.control("POST", "/control/logins/end", R"({"user":"4711"})", 404);
  const Json::Value answer = house.control("POST", "/control/hangup", "{}", 400);
  CHECK(answer["error"]["code"].asString() == "simulator.bad-request");
}

TEST_CASE("a star in a pattern stands for any text") {
  CHECK(matches("*", ""));
  CHECK(matches("ucp.v*.requests.*", "ucp.v30.requests.call.getCallIds"));
  CHECK_FALSE(matches("ucp.v*.requests.*", "ucp.v30.events.call"));
  CHECK(matches("*.login", "a.b.login"));
  CHECK_FALSE(matches("*.login", "a.b.logins"));
  CHECK(matches("a*b*c", "aXbYbZc"));
  CHECK_FALSE(matches("abc", "ab"));
}

}  // namespace
}  // namespace sfteams::simulator::test

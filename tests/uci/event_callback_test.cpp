#include "uci/event_callback.h"

#include <set>

#include <catch2/catch.hpp>

#include "base/text/percent.h"
#include "tests/contains.h"

using sfteams::crypto::Secret;
using sfteams::uci::Array;
using sfteams::uci::EventCallback;
using sfteams::uci::parse_response;
using sfteams::uci::Struct;
using sfteams::uci::Value;
using sfteams::uci::write_call;

namespace {

const std::string kCallbackToken = "123:0123456789abcdef";
const std::string kMethod = "ucp.v30.events.call.receiveCallState";

std::string event(const std::string& method = kMethod) {
  return write_call(method, Array{Struct{{"id", "7"}, {"state", "RINGING"}}}).value();
}

std::string query_with(const std::string& token) {
  return "de.vertico.starface.user=123&de.vertico.starface.auth=" + token;
}

/// A callback with one registration that counts what arrives.
struct Listening {
  std::vector<std::string> refused;  // codes
  int lost = 0;
  EventCallback events{[this](const sfteams::Error& error) {
    refused.emplace_back(error.code.id);
    CHECK_FALSE(sfteams::contains(sfteams::describe(error), kCallbackToken));
    CHECK_FALSE(sfteams::contains(sfteams::describe(error), "/events/"));
  }};
  std::vector<std::string> methods;
  Array params;
  std::unique_ptr<EventCallback::Registration> registration = register_as(kCallbackToken);

  std::unique_ptr<EventCallback::Registration> register_as(const std::string& token) {
    return events
        .add(
            Secret::from_text(token),
            [this](const std::string& method, const Array& arrived) {
              methods.push_back(method);
              params = arrived;
            },
            [this] { ++lost; })
        .value();
  }
  EventCallback::Reply post(const std::string& query, const std::string& body) {
    return events.handle(registration->path(), query, body);
  }
};

}  // namespace

TEST_CASE("an event with the right path and token arrives and is answered with true") {
  Listening here;
  const auto reply = here.post(query_with(kCallbackToken), event());
  CHECK(reply.status == 200);
  CHECK(reply.content_type.starts_with("text/xml"));
  CHECK(std::get<Value>(parse_response(reply.body).value()) == Value(true));
  CHECK(here.methods == std::vector<std::string>{kMethod});
  REQUIRE(here.params.size() == 1);
  CHECK(*here.params.front().find("state") == Value("RINGING"));
}

TEST_CASE("events of every version arrive with their own names") {
  Listening here;
  for (const char* method :
       {"ucp.v20.client.communication.call.receiveCallState", "ucp.v20.client.connection.reset",
        "ucp.v22.events.fax.receiveFaxState"})
    CHECK(here.post(query_with(kCallbackToken), event(method)).status == 200);
  CHECK(here.methods.size() == 3);
  CHECK(here.methods.at(1) == "ucp.v20.client.connection.reset");
}

TEST_CASE("a token is taken percent-encoded, and with a plus as a plus or a space") {
  Listening here;
  const std::string token = "a+b c@x:0123";
  const auto registration = here.register_as(token);
  for (const char* raw : {"a%2Bb%20c%40x%3A0123", "a%2Bb+c@x:0123", "a+b%20c@x:0123"}) {
    CAPTURE(raw);
    CHECK(here.events.handle(registration->path(), query_with(raw), event()).status == 200);
  }
}

TEST_CASE("a wrong or missing token is refused and nothing arrives") {
  Listening here;
  for (const std::string& query :
       {std::string(), query_with(""), query_with("124:0123456789abcdef"),
        query_with(kCallbackToken + "0"), query_with(kCallbackToken.substr(1)),
        "auth=" + kCallbackToken, "x" + query_with(kCallbackToken).substr(29),
        std::string("de.vertico.starface.auth"), std::string("&&&=&")}) {
    CAPTURE(query);
    CHECK(here.post(query, event()).status == 403);
  }
  CHECK(here.methods.empty());
}

TEST_CASE("an unknown path is not found, also with a right token") {
  Listening here;
  for (const std::string& path :
       {std::string(), std::string("/"), std::string("/events/"), here.registration->path() + "a",
        here.registration->path().substr(0, 20)}) {
    CHECK(here.events.handle(path, query_with(kCallbackToken), event()).status == 404);
  }
  CHECK(here.methods.empty());
}

TEST_CASE("each registration has its own path and takes its own token only") {
  Listening here;
  const auto other = here.register_as("456:ffff");
  CHECK(other->path() != here.registration->path());
  CHECK(here.events.handle(other->path(), query_with(kCallbackToken), event()).status == 403);
  CHECK(here.events.handle(other->path(), query_with("456:ffff"), event()).status == 200);
}

TEST_CASE("paths hold 192 random bits and are never the same") {
  Listening here;
  std::set<std::string> paths;
  for (int i = 0; i < 100; ++i) {
    const auto registration = here.register_as(kCallbackToken);
    CHECK(registration->path().size() == std::string("/events/").size() + 32);
    paths.insert(registration->path());
  }
  CHECK(paths.size() == 100);
}

TEST_CASE("a path is gone with its registration") {
  Listening here;
  const std::string path = here.registration->path();
  here.registration.reset();
  CHECK(here.events.handle(path, query_with(kCallbackToken), event()).status == 404);
}

TEST_CASE("a body that is no event is refused") {
  Listening here;
  for (const std::string& body :
       {std::string(), std::string("{\"status\":\"OK\"}"), std::string("<methodResponse/>"),
        std::string("<!DOCTYPE x><methodCall/>"), event() + "x",
        std::string(EventCallback::kLimits.bytes + 1, ' ')}) {
    CHECK(here.post(query_with(kCallbackToken), body).status == 400);
  }
  CHECK(here.methods.empty());
}

TEST_CASE("whatever is refused is told with its code, and a lost event to its user") {
  Listening here;
  CHECK(here.events.handle("/events/x", query_with(kCallbackToken), event()).status == 404);
  CHECK(here.post(query_with("x"), event()).status == 403);
  CHECK(here.lost == 0);
  CHECK(here.post(query_with(kCallbackToken), event() + "x").status == 400);
  CHECK(here.lost == 1);
  CHECK(here.post(query_with(kCallbackToken), "<!DOCTYPE x><methodCall/>").status == 400);
  CHECK(here.lost == 2);
  here.events.refuse(here.registration->path(), 501);
  CHECK(here.lost == 3);
  here.events.refuse("/events/x", 413);
  CHECK(here.lost == 3);
  CHECK(here.refused == std::vector<std::string>{"uci.callback-unknown-path",
                                                 "uci.callback-wrong-token", "uci.xml-syntax",
                                                 "uci.xml-doctype", "uci.callback-bad-request",
                                                 "uci.callback-bad-request"});
  CHECK(here.post(query_with(kCallbackToken), event()).status == 200);
  CHECK(here.refused.size() == 6);
  CHECK(here.methods.size() == 1);
}

TEST_CASE("an event with an odd character arrives") {
  Listening here;
  for (const char* odd : {"&#27;", "\x1b", "&#55356;&#57140;", "M\xFCller"}) {
    const std::string body = "<methodCall><methodName>" + kMethod +
                             "</methodName><params><param><value><struct><member><name>state"
                             "</name><value>HANGUP</value></member><member><name>callerName"
                             "</name><value>" +
                             odd + "</value></member></struct></value></param></params>" +
                             "</methodCall>";
    CHECK(here.post(query_with(kCallbackToken), body).status == 200);
    REQUIRE(here.params.size() == 1);
    CHECK(*here.params.front().find("state") == Value("HANGUP"));
  }
  CHECK(here.methods.size() == 4);
  CHECK(here.lost == 0);
}

TEST_CASE("a handler may end its own registration") {
  EventCallback events;
  std::unique_ptr<EventCallback::Registration> registration;
  int times = 0;
  registration = events
                     .add(Secret::from_text(kCallbackToken),
                          [&registration, &times](const std::string&, const Array&) {
                            ++times;
                            registration.reset();
                          })
                     .value();
  const std::string path = registration->path();
  CHECK(events.handle(path, query_with(kCallbackToken), event()).status == 200);
  CHECK(events.handle(path, query_with(kCallbackToken), event()).status == 404);
  CHECK(times == 1);
}

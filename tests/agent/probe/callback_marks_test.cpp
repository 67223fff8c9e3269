#include "agent/probe/callback_marks.h"

#include <catch2/catch.hpp>

#include "tests/contains.h"

// What the callback's query carried.

namespace sfteams::probe {
namespace {

const std::string kDigest(128, 'a');
const std::string kJwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMDAxIn0.c2ln";

std::string text_of(const std::vector<Fact>& facts) {
  std::string text;
  for (const Fact& fact : facts)
    text += fact.name + ": " + fact.text + "\n";
  return text;
}

TEST_CASE("tokens are told apart by their looks") {
  CHECK(kind_of_token("") == "none");
  CHECK(kind_of_token("1001:" + kDigest) == "legacy token");
  CHECK(kind_of_token(std::string(32, 'f')) == "legacy token");
  CHECK(kind_of_token(kJwt) == "JWT");
  CHECK(kind_of_token("1001") == "something else");
  CHECK(kind_of_token("eyJ.1") == "something else");
}

TEST_CASE("a query tells its kinds of tokens, and the names of UCI's other parameters") {
  const Heard older = read_query("de.vertico.starface.auth=1001%3A" + kDigest +
                                 "&de.vertico.starface.user=1001&password=secret&x");
  CHECK(older.auth == "legacy token");
  CHECK(older.jwt == "none");
  CHECK(older.others == std::vector<std::string>{"user"});
  const Heard newer = read_query("de.vertico.starface.jwt=" + kJwt);
  CHECK(newer.auth == "none");
  CHECK(newer.jwt == "JWT");
  CHECK(newer.token.text() == kJwt);
  const Heard nothing = read_query("");
  CHECK(nothing.auth == "none");
  CHECK(nothing.jwt == "none");
}

TEST_CASE("facts name members and states of calls, and none of their values") {
  std::vector<Heard> heard;
  Heard event = read_query("de.vertico.starface.jwt=" + kJwt + "&de.vertico.starface.user=1001");
  event.method = "ucp.v30.events.call.receiveCallState";
  event.params.emplace_back(uci::Struct{{"state", "RINGING"},
                                        {"callerNumber", "072155501"},
                                        {"callerName", "Zoe"},
                                        {"de vertico 0721", "x"}});
  heard.push_back(std::move(event));
  Heard odd = read_query("");
  odd.method = "ucp.v30.events.call.receiveCallState";
  odd.params.emplace_back(uci::Struct{{"state", "Zoe 0721"}});
  heard.push_back(std::move(odd));
  CHECK(is_call_state(heard.front()));
  const std::string text = text_of(facts_of(heard));
  CHECK(contains(text, "auth in the callback's query: none\n"));
  CHECK(contains(text, "jwt in the callback's query: JWT, none\n"));
  CHECK(contains(text, "members of a call: callerName, callerNumber, state\n"));
  CHECK(contains(text, "states of calls: RINGING, (none)\n"));
  for (const char* const never : {"0721", "Zoe", "1001", "eyJ"})
    CHECK_FALSE(contains(text, never));
}

}  // namespace
}  // namespace sfteams::probe

#include "uci/large_reply.h"

#include <chrono>
#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "tests/fake_background.h"
#include "tests/uci/fakes.h"
#include "uci/codes.h"
#include "uci/json_mapping.h"

namespace sfteams::uci::test {
namespace {

const std::string kGetCallList = "ucp.v30.requests.callList.getCallList";

/// A call list of about 3.6 MiB as XML.
Value call_list(int entries = 4'000) {
  Array list;
  for (int i = 0; i < entries; ++i) {
    Struct entry;
    for (const char* name : {"id", "direction", "result", "callerNumber", "calledNumber",
                             "callDescription", "groupId", "calledBack", "note"})
      entry.push_back({name, "entry " + std::to_string(i) + " of a list of calls that were"});
    list.emplace_back(std::move(entry));
  }
  return Struct{{"entries", std::move(list)}, {"totalCount", entries}};
}

struct LargeRig : Rig {
  LargeRig() {
    connection = std::make_unique<Connection>(
        pbx, scheduler, dialect,
        Connection::Handlers{
            .on_event = [this](const std::string& method,
                               const Array&) { events.push_back(method); },
            .on_state = [this](Connection::State state) { states.push_back(state); }},
        &background);
    log_in();
  }

  sfteams::test::FakeBackground background;
  Outcome<Value> outcome;
  std::string text;

  [[nodiscard]] Rendering rendering() {
    return {[](const Value& value) { return json::write(to_json(value)); },
            [this](std::string made) { text = std::move(made); }};
  }
  void ask() {
    outcome = {};
    connection->call(kGetCallList, {}, outcome.callback(), rendering());
  }
};

TEST_CASE_METHOD(LargeRig,
                 "a large answer is read and written beside the loop, and comes as a text") {
  const Value list = call_list();
  ask();
  pbx.value(kGetCallList, list);
  CHECK(background.waiting() == 1);
  CHECK(text.empty());
  background.work_one();
  CHECK(text.empty());
  background.finish_one();
  CHECK(text == json::write(to_json(list)));
  CHECK(text.size() > 1'000'000);
  CHECK(outcome.times == 0);
}

TEST_CASE_METHOD(LargeRig, "a small answer takes no way round, and passes a large one") {
  ask();
  pbx.value(kGetCallList, call_list());
  Outcome<Value> small;
  connection->call(kGetPhones, {}, small.callback(), rendering());
  pbx.value(kGetPhones, Array{"sip/1"});
  CHECK(small.times == 1);
  CHECK(*small.result == Value(Array{"sip/1"}));
  CHECK(text.empty());
  background.do_all();
  CHECK_FALSE(text.empty());
}

TEST_CASE_METHOD(LargeRig,
                 "who wants the value itself gets it, read beside the loop all the same") {
  connection->call(kGetCallList, {}, outcome.callback());
  pbx.value(kGetCallList, call_list());
  CHECK(outcome.times == 0);
  background.do_all();
  REQUIRE(outcome.code().empty());
  CHECK(*outcome.result == call_list());
}

TEST_CASE_METHOD(LargeRig,
                 "events that come meanwhile are delivered at once, before the large answer") {
  ask();
  pbx.value(kGetCallList, call_list());
  connection->deliver("ucp.v30.events.call.receiveCallState", {});
  CHECK(events.size() == 1);
  CHECK(text.empty());
  background.do_all();
  CHECK_FALSE(text.empty());
}

TEST_CASE_METHOD(LargeRig,
                 "a large fault and a large document that is broken fail as small ones do") {
  ask();
  pbx.fault(kGetCallList, std::string(100'000, 'x'));
  background.do_all();
  CHECK(outcome.code() == "uci.fault");
  ask();
  // After a fault it is in doubt whether the token still holds.
  pbx.value(kKeepAlive, true);
  scheduler.turn();
  pbx.reply(kGetCallList,
            RpcReply{200, "text/xml", "<methodResponse>" + std::string(100'000, ' ')});
  background.do_all();
  CHECK(outcome.code() == "uci.broken-reply");
  CHECK(text.empty());
}

TEST_CASE_METHOD(LargeRig,
                 "a large fault that says that nobody is logged in is followed by a login") {
  scheduler.advance(std::chrono::seconds(10));  // logins are that far apart
  ask();
  pbx.fault(kGetCallList,
            "de.vertico.starface.UcpNotConnectedException" + std::string(100'000, ' '));
  background.do_all();
  REQUIRE(pbx.is_open(kLogin));
  pbx.value(kLogin, true);
  pbx.value(kSubscribe, true);
  pbx.value(kGetCallList, call_list());
  background.do_all();
  CHECK_FALSE(text.empty());
}

TEST_CASE_METHOD(LargeRig, "the part of the budget is held until the answer has been given") {
  auto held = std::make_shared<int>(0);
  const std::weak_ptr<int> seen = held;
  ask();
  pbx.reply(kGetCallList,
            RpcReply{200, "text/xml", write_response(call_list()).value(), std::move(held)});
  CHECK_FALSE(seen.expired());
  background.work_one();
  CHECK_FALSE(seen.expired());
  background.finish_one();
  CHECK(seen.expired());
}

TEST_CASE_METHOD(LargeRig, "the connection may go while its answer is worked on") {
  auto held = std::make_shared<int>(0);
  const std::weak_ptr<int> seen = held;
  ask();
  pbx.reply(kGetCallList,
            RpcReply{200, "text/xml", write_response(call_list()).value(), std::move(held)});
  const bool begun = GENERATE(true, false);
  if (begun) background.work_one();
  connection.reset();
  CHECK_FALSE(seen.expired());  // the memory is still there
  if (begun) {
    background.finish_one();
  } else {
    background.do_one();
  }
  CHECK(seen.expired());
  CHECK(background.called() == (begun ? 1 : 0));
  CHECK(text.empty());
  CHECK(outcome.times == 0);
}

TEST_CASE_METHOD(LargeRig, "a logout waits for large answers as for calls, and no longer") {
  ask();
  pbx.value(kGetCallList, call_list());
  int done = 0;
  connection->logout([&done] { ++done; });
  CHECK_FALSE(pbx.is_open(kLogout));
  const bool in_time = GENERATE(true, false);
  if (in_time) {
    background.do_all();
    CHECK_FALSE(text.empty());
  } else {
    scheduler.advance(dialect.logout_grace);
    CHECK(outcome.code() == "uci.connection-closed");
    background.do_all();
    CHECK(text.empty());
  }
  REQUIRE(pbx.is_open(kLogout));
  pbx.value(kLogout, true);
  CHECK(done == 1);
}

TEST_CASE("without a place beside the loop everything is read in it") {
  Rig rig;
  rig.log_in();
  Outcome<Value> outcome;
  rig.connection->call(kGetCallList, {}, outcome.callback());
  rig.pbx.value(kGetCallList, call_list());
  REQUIRE(outcome.code().empty());
  CHECK(*outcome.result == call_list());
}

}  // namespace
}  // namespace sfteams::uci::test

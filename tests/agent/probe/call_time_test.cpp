#include "agent/probe/call_time.h"

#include <catch2/catch.hpp>

#include "tests/contains.h"
#include "uci/xmlrpc.h"

// In which zone the PBX writes the times of calls.

namespace sfteams::probe {
namespace {

/// 2026-11-23T10:00:05Z
constexpr std::int64_t kHeard = 1'795'428'005;

CallTime call_at(uci::Value start) {
  CallTime call;
  call.before.id = "1";
  call.after.id = "2";
  call.after.start = std::move(start);
  call.heard = kHeard;
  call.host_offset = 60;
  return call;
}

TEST_CASE("a time is compared with this host's clock, in whichever type it comes") {
  const std::string utc = to_text(judge_call_time(call_at(uci::DateTime{2026, 11, 23, 10, 0, 0})));
  CHECK(contains(utc, "6 a call's startTime is UTC: yes\n"));
  CHECK(contains(utc, "ahead of UTC: +0 min\n"));
  CHECK(contains(utc, "this host's zone: +60 min\n"));
  const std::string local = to_text(judge_call_time(call_at("2026-11-23T11:00:04")));
  CHECK(contains(local, ": no\n"));
  CHECK(contains(local, "type: string\n"));
  CHECK(contains(local, "ahead of UTC: +60 min\n"));
  CHECK(judge_call_time(call_at(double(kHeard) * 1'000)).answer == Answer::yes);
  CHECK(judge_call_time(call_at("2026-11-23T11:00:00+01:00")).answer == Answer::yes);
}

TEST_CASE("no zone is made up") {
  CHECK(judge_call_time(call_at("2026-11-23T10:07:30")).why.starts_with("startTime fits no zone"));
  CHECK(judge_call_time(call_at("soon")).why == "startTime cannot be read");
  CHECK(judge_call_time(call_at("2026-11-21T10:00:00")).answer == Answer::unknown);
  CallTime older = call_at("2026-11-23T10:00:00");
  older.before.id = older.after.id;
  CHECK(judge_call_time(older).why == "the call is not in the call list");
}

TEST_CASE("the newest call is read, and asked for beyond every zone") {
  transport::HttpReply reply;
  reply.status = 200;
  reply.body =
      uci::write_response(
          uci::Struct{{"entries",
                       uci::Array{uci::Struct{{"id", "7"}, {"startTime", "2026-11-23T10:00:00"}}}},
                      {"totalCount", 1}})
          .value();
  const NewestCall newest = newest_in(reply);
  CHECK(newest.readable);
  CHECK(newest.id == "7");
  CHECK_FALSE(newest_in(fail(Code{"uci.timeout"}, "x")).readable);
  const uci::Array arguments = newest_call_arguments(kHeard);
  REQUIRE(arguments.size() == 9);
  CHECK(*arguments.front().as_date_time() == uci::DateTime{2026, 11, 24, 12, 0, 5});
}

}  // namespace
}  // namespace sfteams::probe

#include <catch2/catch.hpp>

#include "agent/diagnosis/sign_in_step.h"
#include "agent/pbx/meeting.h"
#include "tests/contains.h"

// What "check --user" says of the PBX's events.

namespace sfteams::diagnosis {
namespace {

const Error kElsewhere =
    agent::pbx_is_elsewhere(transport::parse_url("http://192.0.2.7").value(), "192.0.2.7");

TEST_CASE("an event that was seen settles it, wherever the PBX is") {
  CHECK(judge_events(true, {}).verdict == Verdict::ok);
  CHECK(judge_events(true, {.elsewhere = kElsewhere}).verdict == Verdict::ok);
}

TEST_CASE("of a PBX on this host silence says nothing, and what to do to see an event") {
  const Finding finding = judge_events(false, {});
  CHECK(finding.step == "events");
  CHECK(finding.verdict == Verdict::skipped);
  CHECK(finding.code.empty());
  CHECK(contains(finding.text.text(), "have it ring"));
}

TEST_CASE("of a PBX on another host silence is a warning, with what is in the way") {
  const Finding finding = judge_events(false, {.elsewhere = kElsewhere});
  CHECK(finding.verdict == Verdict::warn);
  CHECK(finding.code == "uci.callback-not-loopback");
  CHECK(contains(finding.text.text(), "192.0.2.7"));
  CHECK(contains(finding.next.text(), "run the agent on the PBX's own host"));
  CHECK(event_patience(true) > event_patience(false));
}

TEST_CASE("what was refused meanwhile is told, and a callback that leads elsewhere") {
  InTheWay in_the_way;
  in_the_way.callback = "192.0.2.10:9785";
  const Finding silent = judge_events(false, in_the_way);
  CHECK(silent.verdict == Verdict::skipped);
  CHECK(contains(silent.next.text(), "192.0.2.10:9785"));
  in_the_way.wrong_host = agent::wrong_callback_host("a.example.com", "that is another host");
  const Finding wrong = judge_events(false, in_the_way);
  CHECK(wrong.verdict == Verdict::warn);
  CHECK(wrong.code == "uci.callback-host");
  in_the_way.refused["code"] = "uci.callback-stranger";
  in_the_way.refused["message"] = "192.0.2.8 may not deliver events";
  const Finding stranger = judge_events(false, in_the_way);
  CHECK(stranger.verdict == Verdict::warn);
  CHECK(stranger.code == "uci.callback-stranger");
  CHECK(contains(stranger.text.text(), "192.0.2.8"));
}

}  // namespace
}  // namespace sfteams::diagnosis

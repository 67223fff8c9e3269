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
  CHECK(judge_events(true, std::nullopt).verdict == Verdict::ok);
  CHECK(judge_events(true, kElsewhere).verdict == Verdict::ok);
}

TEST_CASE("of a PBX on this host silence says nothing, and what to do to see an event") {
  const Finding finding = judge_events(false, std::nullopt);
  CHECK(finding.step == "events");
  CHECK(finding.verdict == Verdict::skipped);
  CHECK(finding.code.empty());
  CHECK(contains(finding.text.text(), "have it ring"));
}

TEST_CASE("of a PBX on another host silence is a warning, with what is in the way") {
  const Finding finding = judge_events(false, kElsewhere);
  CHECK(finding.verdict == Verdict::warn);
  CHECK(finding.code == "uci.callback-not-loopback");
  CHECK(contains(finding.text.text(), "192.0.2.7"));
  CHECK(contains(finding.next.text(), "run the agent on the PBX's own host"));
  CHECK(event_patience(true) > event_patience(false));
}

}  // namespace
}  // namespace sfteams::diagnosis

#include <catch2/catch.hpp>

#include "agent/diagnosis/license_step.h"
#include "agent/diagnosis/sign_in_step.h"
#include "agent/pbx/meeting.h"
#include "tests/contains.h"

// What "check --user" says of the PBX's events, and of the right to use the integration.

namespace sfteams::diagnosis {
namespace {

const Error kElsewhere =
    agent::pbx_is_elsewhere(transport::parse_url("http://192.0.2.7").value(), "192.0.2.7");

TEST_CASE("the sign-in tells whether the PBX names the user, where it was asked") {
  const std::string plain = "the user was signed in at the PBX and out again, 80 ms";
  const Finding none = judge_sign_in("80", "");
  CHECK(none.verdict == Verdict::ok);
  CHECK(none.text.text() == plain);
  const Finding granted = judge_sign_in("80", "granted");
  CHECK(granted.verdict == Verdict::ok);
  CHECK(granted.text.text() == plain + "; the PBX gives this user the right that is asked for");
  const Finding missing = judge_sign_in("80", "missing");
  CHECK(missing.verdict == Verdict::ok);
  CHECK(contains(missing.text.text(), "lacks the right"));
  const Finding unknown = judge_sign_in("80", "unknown");
  CHECK(unknown.verdict == Verdict::warn);
  CHECK(unknown.code == "license.right-unknown");
  CHECK(contains(unknown.next.text(), "name them in [license] named"));
}

TEST_CASE("rights that the running agent could not see are a warning about the licences") {
  const Finding good = well("license", verbatim("named users: 1"));
  CHECK(judge_rights(good, {}).verdict == Verdict::ok);
  Json::Value status(Json::objectValue);
  status["license"]["warning"] = Json::Value();
  CHECK(judge_rights(good, status).verdict == Verdict::ok);
  status["license"]["warning"]["code"] = "rest.not-offered";
  status["license"]["warning"]["message"] = "the rights are not visible at the PBX";
  status["license"]["warning"]["hint"] = "name them";
  status["license"]["warningAt"] = "2027-01-15T07:59:00Z";
  const Finding found = judge_rights(good, status);
  CHECK(found.verdict == Verdict::warn);
  CHECK(found.code == "rest.not-offered");
  CHECK(found.text.text() ==
        "who may sign in cannot be asked of the PBX, last at 2027-01-15T07:59:00Z: the rights are "
        "not visible at the PBX; named users: 1");
  CHECK(found.next.text() == "name them");
}

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

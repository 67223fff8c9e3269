#include "agent/probe/report.h"

#include <catch2/catch.hpp>

#include "agent/pbx/settings.h"
#include "agent/probe/probe.h"

// The report, whose form others may rely on.

namespace sfteams::probe {
namespace {

const ReportParts kParts{
    "starface-teams-agent 1.2.3",
    "2026-11-23T10:00:00Z",
    "10.0.2.6",
    "auth = oauth",
    {found(kVersionTold, true, {{"type", "string"}}), not_found_out(kNotBlocked, "not asked for")}};

TEST_CASE("a report has a head, and each question with its answer") {
  CHECK(to_text(kParts) ==
        "agent:     starface-teams-agent 1.2.3\n"
        "probe:     form 1\n"
        "time:      2026-11-23T10:00:00Z\n"
        "pbx:       10.0.2.6\n"
        "settings:  auth = oauth\n"
        "\n"
        "5 the PBX says its version: yes\n"
        "    type: string\n"
        "7 the right password is taken after three wrong ones: not found out: not asked for\n");
}

TEST_CASE("as JSON it says the same") {
  const Json::Value json = to_json(kParts);
  CHECK(json["form"].asInt() == 1);
  CHECK(json["pbxVersion"].asString() == "10.0.2.6");
  CHECK(json["findings"][0]["check"].asInt() == 5);
  CHECK(json["findings"][0]["facts"][0]["text"].asString() == "string");
  CHECK(json["findings"][1]["answer"].asString() == "not found out");
  CHECK(json["findings"][1]["why"].asString() == "not asked for");
}

TEST_CASE("the settings in its head name no host and no file") {
  agent::PbxSettings uci;
  uci.url = transport::parse_url("https://pbx.example.com").value();
  uci.client_secret_file = "/etc/secret-of-zoe";
  CHECK(settings_text(uci) == "auth = sha512, version = v30, https, callback on loopback");
}

}  // namespace
}  // namespace sfteams::probe

#include "agent/status/status.h"

#include <fstream>
#include <set>

#include <catch2/catch.hpp>

#include "agent/daemon/control_protocol.h"
#include "base/json/json.h"
#include "base/text/encoding.h"
#include "tests/contains.h"
#include "tunnel/codes.h"
#include "uci/codes.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using std::chrono::system_clock;

constexpr system_clock::time_point kStatusNow{std::chrono::seconds(1'800'000'000)};

ActiveKey active_key() {
  return ActiveKey::of(make_key(kStatusNow).value());
}

Status well(const ActiveKey& key) {
  Status status;
  status.version = "0.1.0";
  status.pid = 4711;
  status.uptime = 7260s;
  status.system_name = "pbx.example.com";
  status.identity.fill(0xab);
  status.connector_url = "wss://c.example.com/";
  status.uplink.state = Uplink::State::registered;
  status.uplink.registered_since = 1'799'999'940;
  status.uplink.keys = Link::KeysAtConnector::taken;
  status.uplink.round_trip = 1250us;
  status.sessions = 3;
  status.sessions_waiting = 1;
  status.keys = std::span(&key, 1);
  status.uci_enabled = true;
  status.uci_url = "http://127.0.0.1/";
  status.max_sessions = 2000;
  status.accounts.users = 2;
  status.accounts.connected = 1;
  return status;
}

/// "tunnel.since", …: the members that docs/status.md describes.
std::set<std::string> documented_members() {
  std::set<std::string> members;
  std::ifstream lines(SFTEAMS_SOURCE_DIR "/docs/status.md");
  bool json = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#")) json = line == "## JSON";
    if (json && line.starts_with("| `")) members.insert(line.substr(3, line.find('`', 3) - 3));
  }
  return members;
}

/// Of an object, with those of objects in it; errors and lists are one.
void add_members(const Json::Value& json, const std::string& path, std::set<std::string>& out) {
  for (const std::string& name : json.getMemberNames()) {
    if (json[name].isObject() && name != "error" && name != "warning") {
      add_members(json[name], path + name + ".", out);
    } else {
      out.insert(path + name);
    }
  }
}

TEST_CASE("the reference describes each member of the JSON form, and no other") {
  const ActiveKey key = active_key();
  std::set<std::string> members;
  add_members(to_json(well(key), kStatusNow), "", members);
  members.insert("key");  // null or an object
  CHECK(documented_members() == members);
}

TEST_CASE("the JSON form has a stable shape") {
  const ActiveKey key = active_key();
  const Json::Value json = to_json(well(key), kStatusNow);
  CHECK(json["format"] == 1);
  CHECK(json["version"] == "0.1.0");
  CHECK(json["pid"] == 4711);
  CHECK(json["uptime"] == 7260);
  CHECK(json["healthy"] == true);
  CHECK(json["health"] == "well");
  CHECK(json["tunnel"]["state"] == "connected");
  CHECK(json["tunnel"]["url"] == "wss://c.example.com/");
  CHECK(json["tunnel"]["proxy"].isNull());
  CHECK(json["tunnel"]["since"] == "2027-01-15T07:59:00Z");
  CHECK(json["tunnel"]["roundTripMs"] == 1.25);
  CHECK(json["tunnel"]["nextTryMs"].isNull());
  CHECK(json["tunnel"]["error"].isNull());
  CHECK(json["registration"]["name"] == "pbx.example.com");
  CHECK(json["registration"]["registered"] == true);
  CHECK(json["registration"]["identity"].asString().size() == 64);
  CHECK(json["registration"]["keys"] == "taken");
  CHECK(json["registration"]["error"].isNull());
  CHECK(json["key"]["id"].asString().size() == 16);
  CHECK(json["key"]["created"] == "2027-01-15T08:00:00Z");
  CHECK(json["key"]["older"].empty());
  CHECK(json["uci"]["enabled"] == true);
  CHECK(json["uci"]["reachable"] == true);
  CHECK(json["sessions"]["open"] == 3);
  CHECK(json["sessions"]["waiting"] == 1);
  CHECK(json["sessions"]["most"] == 2000);
  CHECK(json["sessions"]["users"] == 2);
  CHECK(json["sessions"]["usersConnected"] == 1);
  CHECK(json["page"]["error"].isNull());
}

TEST_CASE("rights that the PBX does not show are told, with the time, and are a warning") {
  const ActiveKey key = active_key();
  Status status = well(key);
  status.licensing.everybody_named = false;
  status.licensing.by_pbx = true;
  CHECK(health(status) == Health::well);
  CHECK(contains(to_text(to_json(status, kStatusNow)),
                 "license:      0 named users and users with the right at the PBX, 0 floating"));
  status.rights_unknown = RightsDesk::Unknown{
      {{"rest.not-offered", Exit::unavailable}, "the rights are not visible at the PBX", {}},
      1'799'999'940};
  CHECK(health(status) == Health::warning);
  const Json::Value json = to_json(status, kStatusNow);
  CHECK(json["license"]["byPbx"] == true);
  CHECK(json["license"]["warning"]["code"] == "rest.not-offered");
  CHECK(json["license"]["warningAt"] == "2027-01-15T07:59:00Z");
  CHECK(contains(to_text(json),
                 "; warning at 2027-01-15T07:59:00Z: [rest.not-offered] the rights are not visible "
                 "at the PBX"));
}

TEST_CASE("whether a PBX that was not asked answers is not known") {
  const ActiveKey key = active_key();
  Status quick = well(key);
  quick.uci_asked = false;
  const Json::Value json = to_json(quick, kStatusNow);
  CHECK(json["uci"]["enabled"] == true);
  CHECK(json["uci"]["reachable"].isNull());
}

TEST_CASE("moments do not move from one question to the next") {
  const ActiveKey key = active_key();
  const Json::Value first = to_json(well(key), kStatusNow);
  const Json::Value second = to_json(well(key), kStatusNow + 1'999ms);
  CHECK(first["tunnel"]["since"] == second["tunnel"]["since"]);
  CHECK(first["key"]["created"] == second["key"]["created"]);
}

TEST_CASE("keys that the connector has not taken yet are told, with their code") {
  const ActiveKey key = active_key();
  Status status = well(key);
  status.uplink.keys = Link::KeysAtConnector::pending;
  CHECK(health(status) == Health::critical);
  const Json::Value json = to_json(status, kStatusNow);
  CHECK(json["registration"]["keys"] == "pending");
  CHECK(json["registration"]["error"]["code"] == "agent.keys-not-taken");
  CHECK(contains(to_text(json), "last error: [agent.keys-not-taken]"));
  // A connector that acknowledges nothing is as good as it was before.
  status.uplink.keys = Link::KeysAtConnector::unknown;
  CHECK(health(status) == Health::well);
  CHECK(to_json(status, kStatusNow)["registration"]["keys"] == "unknown");
  status.uplink.keys.reset();
  CHECK(to_json(status, kStatusNow)["registration"]["keys"].isNull());
}

TEST_CASE("a page that cannot be opened is a warning that says why") {
  const ActiveKey key = active_key();
  Status status = well(key);
  status.page_error = Error{{"transport.listen-failed"}, "in use ([admin] listen)", "take another"};
  CHECK(health(status) == Health::warning);
  const Json::Value json = to_json(status, kStatusNow);
  CHECK(json["page"]["error"]["code"] == "transport.listen-failed");
  const std::string text = to_text(json);
  CHECK(text.substr(0, text.find('\n'))
            .ends_with("[transport.listen-failed] in use ([admin] listen) — take another"));
}

TEST_CASE("monitoring that cannot be opened is a warning that says why") {
  const ActiveKey key = active_key();
  Status status = well(key);
  status.monitoring_error =
      Error{{"transport.listen-failed"}, "in use ([watch] listen)", "free it"};
  CHECK(health(status) == Health::warning);
  const Json::Value json = to_json(status, kStatusNow);
  CHECK(json["monitoring"]["error"]["code"] == "transport.listen-failed");
  const std::string text = to_text(json);
  CHECK(text.substr(0, text.find('\n'))
            .ends_with("[transport.listen-failed] in use ([watch] listen) — free it"));
}

TEST_CASE("what is only doubtful about the PBX is a warning beside what users meet") {
  const ActiveKey key = active_key();
  Status status = well(key);
  status.uci_error = Error{uci::codes::kWebPage, "a page", "look"};
  status.accounts.error = Error{uci::codes::kTimeout, "slow", ""};
  CHECK(health(status) == Health::warning);
  const Json::Value json = to_json(status, kStatusNow);
  CHECK(json["uci"]["reachable"] == true);
  CHECK(json["uci"]["error"]["code"] == "uci.timeout");
  CHECK(json["uci"]["warning"]["code"] == "uci.web-page");
  CHECK(to_text(json).find("; last error: [uci.timeout] slow; warning: [uci.web-page] a page — "
                           "look\n") != std::string::npos);
  status.uci_error = Error{uci::codes::kRedirectedToHttps, "moved", ""};
  CHECK(health(status) == Health::critical);
  CHECK(to_json(status, kStatusNow)["uci"]["error"]["code"] == "uci.redirected-to-https");
  CHECK(to_json(status, kStatusNow)["uci"]["warning"].isNull());
}

TEST_CASE("without tunnel, key or PBX nobody can work") {
  const ActiveKey key = active_key();
  CHECK(health(well(key)) == Health::well);
  Status lost = well(key);
  lost.uplink.state = Uplink::State::waiting;
  CHECK(health(lost) == Health::critical);
  Status keyless = well(key);
  keyless.keys = {};
  CHECK(health(keyless) == Health::critical);
  CHECK(to_json(keyless, kStatusNow)["key"].isNull());
  CHECK(to_json(keyless, kStatusNow)["health"] == "critical");
  CHECK(to_json(keyless, kStatusNow)["healthy"] == false);
  Status silent = well(key);
  silent.uci_error = Error{{"transport.connect-failed"}, "refused", ""};
  CHECK(health(silent) == Health::critical);
  CHECK(to_json(silent, kStatusNow)["uci"]["reachable"] == false);
  CHECK(to_json(silent, kStatusNow)["uci"]["error"]["code"] == "transport.connect-failed");
}

TEST_CASE("what should be looked after is a warning") {
  const ActiveKey key = active_key();
  Status off = well(key);
  off.uci_enabled = false;
  CHECK(health(off) == Health::warning);
  CHECK(to_json(off, kStatusNow)["uci"]["reachable"].isNull());
  CHECK(to_json(off, kStatusNow)["healthy"] == false);
  Status full = well(key);
  full.licensing.seats = 2;
  full.licensing.taken = 1;
  CHECK(health(full) == Health::well);
  full.licensing.taken = 2;
  CHECK(health(full) == Health::warning);
  Status expired = well(key);
  expired.licensing.problem = Error{{"license.expired"}, "over", ""};
  CHECK(health(expired) == Health::warning);
  Status ending = well(key);
  ending.licensing.last_day = std::chrono::sys_days(std::chrono::year(2027) / 1 / 31);
  CHECK(health(ending) == Health::well);
  CHECK(to_json(ending, kStatusNow)["license"]["until"] == "2027-01-31");
  ending.licensing.ends_soon = true;
  CHECK(health(ending) == Health::warning);
  CHECK(contains(to_text(to_json(ending, kStatusNow)), "seats until 2027-01-31 (UTC)"));
  Status troubled = well(key);
  troubled.accounts.error = Error{{"uci.timeout"}, "slow", ""};
  CHECK(health(troubled) == Health::warning);
}

TEST_CASE("the PBX's version and the key's age stand in their lines") {
  const ActiveKey key = active_key();
  Status status = well(key);
  status.accounts.server_version = "8.1.0.3";
  const Json::Value json = to_json(status, kStatusNow + std::chrono::hours(24 * 12));
  CHECK(json["uci"]["serverVersion"] == "8.1.0.3");
  CHECK(json["key"]["age"] == 12 * 86'400);
  const std::string text = to_text(json);
  CHECK(contains(text, ", STARFACE 8.1.0.3\n"));
  CHECK(contains(text, " (12 days ago)\n"));
}

TEST_CASE("people get one line for each part") {
  const ActiveKey key = active_key();
  const std::string text = to_text(to_json(well(key), kStatusNow));
  CHECK(std::count(text.begin(), text.end(), '\n') == 8);
  CHECK(text.find("agent:        well, version 0.1.0, process 4711, running for 2 h 1 min\n") == 0);
  CHECK(text.find("tunnel:       connected, wss://c.example.com/, since 2027-01-15T07:59:00Z, "
                  "round trip 1.2 ms\n") != std::string::npos);
  CHECK(
      text.find("sessions:     3 of 2000 (1 waiting for a client to come back), 2 users signed in, "
                "1 of them connected to the PBX\n") != std::string::npos);
}

TEST_CASE("a key that is still good for a time is told with the end of that time") {
  ActiveKeys keys;
  keys.push_back(active_key());
  keys.push_back(active_key());
  keys[1].admission.expires = 1'800'003'600;
  Status status = well(keys[0]);
  status.keys = keys;
  const Json::Value json = to_json(status, kStatusNow);
  CHECK(json["key"]["id"] == text::to_hex(keys[0].admission.id));
  REQUIRE(json["key"]["older"].size() == 1);
  const std::string older = text::to_hex(keys[1].admission.id);
  CHECK(json["key"]["older"][0]["id"] == older);
  CHECK(json["key"]["older"][0]["expires"] == "2027-01-15T09:00:00Z");
  CHECK(to_text(json).find("; also " + older + " until 2027-01-15T09:00:00Z\n") !=
        std::string::npos);
}

TEST_CASE("what is wrong stands in its line, with the code and the next step") {
  Status status;
  status.connector_url = "wss://c.example.com/";
  status.uplink.state = Uplink::State::waiting;
  status.uplink.next_try = 1500ms;
  status.uplink.last_error = Error{tunnel::codes::kNameTaken, "taken\nby another", "ask"};
  const std::string text = to_text(to_json(status, kStatusNow));
  CHECK(text.find("agent:        critical") == 0);
  CHECK(text.find("waiting, wss://c.example.com/, next try in 1.5 s; last error: "
                  "[tunnel.name-taken] taken\\nby another — ask\n") != std::string::npos);
  CHECK(contains(text, "key new"));
  CHECK(contains(text, "switched off"));
}

TEST_CASE("a status of another shape is shown as far as it goes") {
  for (const char* shape : {"{}", "[]", "null", "5", R"({"tunnel":[],"key":5,"uci":"x","pid":"y"})",
                            R"({"tunnel":{"roundTripMs":"fast","error":[]},"uptime":1e99})"}) {
    const std::string text = to_text(*json::parse(shape));
    CHECK(std::count(text.begin(), text.end(), '\n') == 8);
  }
}

TEST_CASE("answers of the control socket carry a result or an error") {
  const auto good = control::read_answer(control::write_answer(Json::Value(5)));
  REQUIRE(good);
  CHECK(*good == Json::Value(5));
  const auto bad = control::read_answer(control::write_answer(fail(key_exists())));
  REQUIRE_FALSE(bad);
  CHECK(bad.error().exit == static_cast<int>(Exit::cant_create));
  CHECK(bad.error().line.starts_with("[agent.key-exists] "));
}

TEST_CASE("an answer that is none is an error of its own") {
  for (const char* text :
       {"", "{", "{}", "[]", R"({"error":{}})", R"({"error":{"line":5,"exit":1}})",
        R"({"error":{"line":"x","exit":"y"}})"}) {
    const auto answer = control::read_answer(text);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().exit == static_cast<int>(Exit::protocol));
    CHECK(answer.error().line.find("[agent.bad-control-request]") == 0);
  }
}

}  // namespace
}  // namespace sfteams::agent

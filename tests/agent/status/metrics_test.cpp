#include "agent/status/metrics.h"

#include <catch2/catch.hpp>

#include "tests/contains.h"
#include "transport/codes.h"
#include "uci/codes.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;

/// An agent whose parts all work.
struct MetricsFixture {
  MetricsFixture() {
    StoredKey stored = make_key(std::chrono::system_clock::time_point(1'800'000'000s)).value();
    keys.push_back(ActiveKey::of(stored));
    measured.status.version = "1.2.3";
    measured.status.system_name = "secret-name.example.com";
    measured.status.connector_url = "wss://secret-url.example.com";
    measured.status.uplink.state = Uplink::State::registered;
    measured.status.uplink.round_trip = 12'300us;
    measured.status.uci_enabled = true;
    measured.status.keys = keys;
    measured.status.sessions = 3;
  }

  ActiveKeys keys;
  TunnelCounts tunnel;
  SessionCounts sessions;
  ConversationCounts conversations;
  Measured measured{{}, tunnel, sessions, conversations};

  [[nodiscard]] const monitoring::Condition condition(std::string_view name) const {
    for (const monitoring::Condition& told : conditions(measured)) {
      if (told.name == name) return told;
    }
    FAIL("no condition " << name);
    return {};
  }
  [[nodiscard]] bool has(const std::string& line) const {
    return ("\n" + metrics_text(measured)).find("\nstarface_teams_agent_" + line + "\n") !=
           std::string::npos;
  }
  /// Any sample of it.
  [[nodiscard]] bool has_any(const std::string& name) const {
    return metrics_text(measured).find("\nstarface_teams_agent_" + name) != std::string::npos;
  }
};

TEST_CASE_METHOD(MetricsFixture, "an agent is ready when tunnel, key and UCI are") {
  for (const monitoring::Condition& told : conditions(measured)) {
    CAPTURE(told.name);
    CHECK(told.met);
    CHECK(told.code.empty());
  }
  CHECK(conditions(measured).size() == 3);
}

TEST_CASE_METHOD(MetricsFixture, "it is not ready while the connector has not taken the keys") {
  measured.status.uplink.keys = Link::KeysAtConnector::pending;
  CHECK_FALSE(condition("key").met);
  CHECK(condition("key").code == "agent.keys-not-taken");
  CHECK(condition("tunnel").met);
  CHECK(has("keys_taken 0"));
  measured.status.uplink.keys = Link::KeysAtConnector::taken;
  CHECK(condition("key").met);
  CHECK(has("keys_taken 1"));
  measured.status.uplink.keys = Link::KeysAtConnector::unknown;
  CHECK(condition("key").met);
  CHECK_FALSE(has_any("keys_taken"));
}

TEST_CASE_METHOD(MetricsFixture, "without a tunnel it is not ready, and says by which failure") {
  measured.status.uplink.state = Uplink::State::waiting;
  measured.status.uplink.last_error = Error{transport::codes::kTlsUntrusted, "host x", ""};
  CHECK_FALSE(condition("tunnel").met);
  CHECK(condition("tunnel").code == "transport.tls-untrusted");
  CHECK(has("tunnel_up 0"));
}

TEST_CASE_METHOD(MetricsFixture, "without a key it is not ready") {
  measured.status.keys = {};
  CHECK_FALSE(condition("key").met);
  CHECK(condition("key").code == "agent.no-key");
  CHECK(has("keys 0"));
  CHECK_FALSE(has_any("key_created_timestamp_seconds"));
}

TEST_CASE_METHOD(MetricsFixture,
                 "with a PBX that does not answer, or has not yet, it is not ready") {
  measured.status.uci_asked = false;
  CHECK_FALSE(condition("uci").met);
  CHECK(has("uci_up 0"));
  measured.status.uci_asked = true;
  measured.status.uci_error = Error{transport::codes::kTimeout, "http://secret", ""};
  CHECK_FALSE(condition("uci").met);
  CHECK(condition("uci").code == "transport.timeout");
  CHECK(has("uci_up 0"));
}

TEST_CASE_METHOD(MetricsFixture,
                 "what is only doubtful about the PBX leaves it ready, and is told") {
  for (const Code& code : {uci::codes::kWebPage, uci::codes::kCallbackNotLoopback}) {
    measured.status.uci_error = Error{code, "http://secret", ""};
    CHECK(condition("uci").met);
    CHECK(condition("uci").code == code.id);
    CHECK(has("uci_up 1"));
    CHECK(has("problem{part=\"uci\",code=\"" + std::string(code.id) + "\"} 1"));
  }
  measured.status.uci_error = Error{uci::codes::kNoUciAtUrl, "", ""};
  CHECK_FALSE(condition("uci").met);
  CHECK(has("uci_up 0"));
  CHECK(has("problem{part=\"uci\",code=\"uci.no-uci-at-url\"} 1"));
}

TEST_CASE_METHOD(MetricsFixture,
                 "each part that has a problem is told with its code, and no other") {
  CHECK_FALSE(has_any("problem"));
  measured.status.accounts.error = Error{uci::codes::kTimeout, "", ""};
  measured.status.page_error = Error{transport::codes::kListenFailed, "", ""};
  measured.status.licensing.problem = Error{{"license.expired"}, "", ""};
  measured.status.rights_unknown = RightsDesk::Unknown{{{"rest.not-offered"}, "", ""}, 1};
  CHECK(has("problem{part=\"users\",code=\"uci.timeout\"} 1"));
  CHECK(has("problem{part=\"page\",code=\"transport.listen-failed\"} 1"));
  CHECK(has("problem{part=\"license\",code=\"license.expired\"} 1"));
  CHECK(has("problem{part=\"rights\",code=\"rest.not-offered\"} 1"));
  CHECK_FALSE(has_any("problem{part=\"uci\""));
}

TEST_CASE_METHOD(MetricsFixture, "with UCI switched off it is not ready, and says so") {
  measured.status.uci_enabled = false;
  measured.status.uci_asked = false;
  CHECK_FALSE(condition("uci").met);
  CHECK(condition("uci").code == "uci.disabled");
  CHECK(has("uci_enabled 0"));
  CHECK(has("uci_up 0"));
}

TEST_CASE_METHOD(MetricsFixture, "every number comes out as it went in") {
  tunnel.registrations = 3;
  tunnel.failures.add("transport.timeout");
  tunnel.received_bytes = 10;
  tunnel.sent_bytes = 20;
  sessions = {5, 2, 1, {}, {}};
  sessions.dropped.add("held-in-all");
  measured.held_bytes = 77;
  measured.held_limit = 99;
  sessions.refused.add("tunnel.too-many-streams");
  conversations.logins.add("ok");
  conversations.calls.add("ok");
  conversations.calls.add("uci.fault");
  conversations.call_seconds.observe(0.02);
  conversations.events = 7;
  Status& status = measured.status;
  status.sessions_waiting = 1;
  status.max_sessions = 100;
  status.accounts.users = 4;
  status.accounts.connected = 3;
  status.licensing.seats = 10;
  status.licensing.taken = 9;
  for (const char* line : {"build_info{version=\"1.2.3\"} 1",
                           "tunnel_up 1",
                           "tunnel_reconnects_total 2",
                           "tunnel_failures_total{code=\"transport.timeout\"} 1",
                           "tunnel_round_trip_seconds 0.0123",
                           "tunnel_received_bytes_total 10",
                           "tunnel_sent_bytes_total 20",
                           "keys 1",
                           "key_created_timestamp_seconds 1800000000",
                           "uci_enabled 1",
                           "uci_up 1",
                           "sessions 3",
                           "sessions_waiting 1",
                           "sessions_limit 100",
                           "sessions_opened_total 5",
                           "sessions_resumed_total 2",
                           "sessions_abandoned_total 1",
                           "sessions_refused_total{code=\"tunnel.too-many-streams\"} 1",
                           "sessions_dropped_total{limit=\"held-in-all\"} 1",
                           "held_bytes 77",
                           "held_limit_bytes 99",
                           "users 4",
                           "users_connected 3",
                           "seats 10",
                           "seats_taken 9",
                           "logins_total{result=\"ok\"} 1",
                           "logins_total{result=\"uci.login-refused\"} 0",
                           "calls_total{result=\"ok\"} 1",
                           "calls_total{result=\"uci.fault\"} 1",
                           "call_duration_seconds_bucket{le=\"0.01\"} 0",
                           "call_duration_seconds_bucket{le=\"0.025\"} 1",
                           "call_duration_seconds_count 1",
                           "events_total 7"}) {
    CAPTURE(line);
    CHECK(has(line));
  }
  CHECK_FALSE(has_any("key_grace_end_timestamp_seconds"));
  CHECK_FALSE(has_any("license_end_timestamp_seconds"));
}

TEST_CASE_METHOD(MetricsFixture, "the end of the licences is that of their last day") {
  measured.status.licensing.last_day = std::chrono::sys_days(std::chrono::year(2027) / 1 / 14);
  CHECK(has("license_end_timestamp_seconds 1799971200"));
}

TEST_CASE_METHOD(MetricsFixture, "users who may not be let in are counted from the first one on") {
  CHECK(has("logins_total{result=\"license.no-seat\"} 0"));
  CHECK(has("logins_total{result=\"license.not-named\"} 0"));
  CHECK(has("logins_total{result=\"license.right-unknown\"} 0"));
}

TEST_CASE_METHOD(MetricsFixture, "the first registration is no reconnect") {
  CHECK(has("tunnel_reconnects_total 0"));
  tunnel.registrations = 1;
  CHECK(has("tunnel_reconnects_total 0"));
}

TEST_CASE_METHOD(MetricsFixture,
                 "the end of a grace is told, the last one when there are several") {
  for (const std::uint64_t end : {1'900'000'000U, 1'950'000'000U, 1'920'000'000U}) {
    StoredKey stored = make_key(std::chrono::system_clock::time_point(1'700'000'000s)).value();
    stored.expires = static_cast<std::int64_t>(end);
    keys.push_back(ActiveKey::of(stored));
  }
  measured.status.keys = keys;
  CHECK(has("keys 4"));
  CHECK(has("key_created_timestamp_seconds 1800000000"));
  CHECK(has("key_grace_end_timestamp_seconds 1950000000"));
}

TEST_CASE_METHOD(MetricsFixture, "neither names nor addresses are told") {
  measured.status.uci_error = Error{transport::codes::kTimeout, "http://secret", ""};
  CHECK_FALSE(contains(metrics_text(measured), "secret"));
}

TEST_CASE_METHOD(MetricsFixture, "large answers and long turns of the loop are told") {
  CHECK_FALSE(has_any("loop_turn"));  // nobody looks
  const auto loop = transport::Loop::create().value();
  monitoring::LoopTurns turns(*loop);
  measured.turns = &turns;
  measured.answers = {4'000'000, 16'000'000, 3, 12};
  for (const char* line : {"large_answers_bytes 4000000", "large_answers_most_bytes 16000000",
                           "large_answers_limit_bytes 16777216", "large_answers_waiting 3",
                           "large_answers_waited_total 12", "loop_turn_seconds_count 0",
                           "loop_turn_longest_seconds 0"}) {
    CAPTURE(line);
    CHECK(has(line));
  }
}

}  // namespace
}  // namespace sfteams::agent

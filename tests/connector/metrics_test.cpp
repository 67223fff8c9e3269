#include "connector/metrics.h"

#include <catch2/catch.hpp>

#include "connector/codes.h"
#include "connector/registry/codes.h"
#include "tests/contains.h"

namespace sfteams::connector {
namespace {

using namespace std::chrono_literals;
using std::chrono::system_clock;

/// A connector where all is well.
struct MetricsFixture {
  Tallies tallies;
  Limits limits;
  metrics::Tally reloads{"ok"};
  Measured measured{"1.2.3",
                    system_clock::time_point(1'800'000'000s),
                    false,
                    {},
                    tallies,
                    {},
                    limits,
                    transport::Validity{system_clock::time_point(1'799'913'600s),
                                        system_clock::time_point(1'800'086'400s)},
                    reloads};

  [[nodiscard]] monitoring::Condition condition(std::string_view name) const {
    for (const monitoring::Condition& told : conditions(measured)) {
      if (told.name == name) return told;
    }
    FAIL("no condition " << name);
    return {};
  }
  [[nodiscard]] bool has(const std::string& line) const {
    return ("\n" + metrics_text(measured)).find("\nstarface_teams_connector_" + line + "\n") !=
           std::string::npos;
  }
};

TEST_CASE_METHOD(MetricsFixture, "a connector that serves is ready") {
  for (const monitoring::Condition& told : conditions(measured)) {
    CAPTURE(told.name);
    CHECK(told.met);
    CHECK(told.code.empty());
  }
  CHECK(conditions(measured).size() == 3);
}

TEST_CASE_METHOD(MetricsFixture, "it is not ready while it stops") {
  measured.stopping = true;
  CHECK_FALSE(condition("serving").met);
  CHECK(condition("serving").code == "connector.stopping");
}

TEST_CASE_METHOD(MetricsFixture, "it is not ready while its registry cannot be written") {
  measured.counts.registry_ok = false;
  measured.counts.registry_code = codes::kRegistryFull.id;
  CHECK_FALSE(condition("registry").met);
  CHECK(condition("registry").code == "connector.registry-full");
  CHECK(has("registry_up 0"));
}

TEST_CASE_METHOD(MetricsFixture, "it is not ready with a certificate that has expired") {
  measured.now = measured.certificate->until;
  CHECK_FALSE(condition("certificate").met);
  CHECK(condition("certificate").code == "connector.certificate-expired");
}

TEST_CASE_METHOD(MetricsFixture, "it is not ready with a certificate that is not good yet") {
  measured.certificate->from = measured.now + std::chrono::seconds(1);
  CHECK_FALSE(condition("certificate").met);
  CHECK(condition("certificate").code == "connector.certificate-not-yet");
  measured.now = measured.certificate->from;
  CHECK(condition("certificate").met);
}

TEST_CASE_METHOD(MetricsFixture, "without TLS there is no certificate to be missed") {
  measured.certificate.reset();
  CHECK(condition("certificate").met);
  CHECK_FALSE(contains(metrics_text(measured), "tls_certificate"));
}

TEST_CASE_METHOD(MetricsFixture, "every number comes out as it went in") {
  measured.counts = {1, 2, 3, 4, 5};
  measured.registry = {6, 7};
  measured.late_connections = 30;
  limits.agents = 11;
  limits.clients = 12;
  limits.waiting = 13;
  limits.total_buffer = 14;
  tallies.agents.connections = 15;
  tallies.clients.connections = 16;
  tallies.agents.proofs.add("tunnel.name-taken");
  tallies.clients.proofs.add("tunnel.admission-refused");
  tallies.agents.sent_away.add("tunnel.replaced");
  tallies.clients.sent_away.add("tunnel.shutting-down");
  tallies.agents.delayed = 17;
  tallies.clients.delayed = 18;
  tallies.agents.relayed_bytes = 19;
  tallies.clients.relayed_bytes = 20;
  tallies.agents.relayed_packets = 23;
  tallies.clients.relayed_packets = 24;
  tallies.agents.disabled = 25;
  tallies.clients.disabled = 26;
  measured.names = NameStates{27, 28, 29};
  tallies.streams = 21;
  tallies.unknown_senders = 22;
  tallies.limits.add("waiting");
  reloads.add("transport.certificate-mismatch");
  for (const char* line : {"build_info{version=\"1.2.3\"} 1",
                           "agents 1",
                           "agents_limit 11",
                           "clients 2",
                           "clients_limit 12",
                           "streams 3",
                           "waiting 4",
                           "waiting_limit 13",
                           "late_connections_total 30",
                           "buffered_bytes 5",
                           "buffer_limit_bytes 14",
                           "unknown_senders_total 22",
                           "connections_total{peer=\"agent\"} 15",
                           "connections_total{peer=\"client\"} 16",
                           "registrations_total{result=\"ok\"} 0",
                           "registrations_total{result=\"tunnel.name-taken\"} 1",
                           "admissions_total{result=\"tunnel.admission-refused\"} 1",
                           "disconnects_total{peer=\"agent\",code=\"tunnel.replaced\"} 1",
                           "disconnects_total{peer=\"client\",code=\"tunnel.shutting-down\"} 1",
                           "delayed_attempts_total{peer=\"agent\"} 17",
                           "delayed_attempts_total{peer=\"client\"} 18",
                           "limit_refusals_total{limit=\"waiting\"} 1",
                           "limit_refusals_total{limit=\"names\"} 0",
                           "streams_opened_total 21",
                           "relayed_bytes_total{from=\"agent\"} 19",
                           "relayed_bytes_total{from=\"client\"} 20",
                           "relayed_packets_total{from=\"agent\"} 23",
                           "relayed_packets_total{from=\"client\"} 24",
                           "disabled_refusals_total{peer=\"agent\"} 25",
                           "disabled_refusals_total{peer=\"client\"} 26",
                           "names{state=\"enrolled\"} 27",
                           "names{state=\"pinned\"} 28",
                           "names{state=\"disabled\"} 29",
                           "registry_up 1",
                           "registry_writes_total 6",
                           "registry_write_failures_total 7",
                           "tls_certificate_not_after_timestamp_seconds 1800086400",
                           "tls_certificate_reloads_total{result=\"ok\"} 0",
                           "tls_certificate_reloads_total{result="
                           "\"transport.certificate-mismatch\"} 1"}) {
    CAPTURE(line);
    CHECK(has(line));
  }
}

TEST_CASE_METHOD(MetricsFixture, "long turns of the loop are told where somebody looks") {
  CHECK_FALSE(contains(metrics_text(measured), "loop_turn"));
  const auto loop = transport::Loop::create().value();
  monitoring::LoopTurns turns(*loop);
  measured.turns = &turns;
  CHECK(has("loop_turn_seconds_count 0"));
  CHECK(has("loop_turn_longest_seconds 0"));
}

}  // namespace
}  // namespace sfteams::connector

#include "connector/metrics.h"

#include <algorithm>
#include <iterator>

#include "base/metrics/exposition.h"
#include "connector/certificate.h"
#include "connector/cluster_metrics.h"
#include "connector/codes.h"

namespace sfteams::connector {
namespace {

using metrics::Exposition;

void write_present(Exposition& out, const Measured& measured) {
  const Counts& counts = measured.counts;
  const Limits& limits = measured.limits;
  out.gauge("agents", "Agents that are registered").is(counts.agents);
  out.gauge("agents_limit", "Agents that may be registered ([limits] agents)").is(limits.agents);
  out.gauge("clients", "Connections of clients, admitted or not").is(counts.clients);
  out.gauge("clients_limit", "Connections that clients may have ([limits] clients)")
      .is(limits.clients);
  out.gauge("streams", "Streams between clients and agents").is(counts.streams);
  out.gauge("waiting", "Connections that have proved nothing yet").is(counts.waiting);
  out.gauge("waiting_limit", "Connections that may wait so ([limits] waiting)").is(limits.waiting);
  out.counter("late_connections_total",
              "Connections closed unread because they had waited too long for their turn")
      .is(measured.late_connections);
  out.gauge("buffered_bytes", "Bytes on their way between clients and agents").is(counts.buffered);
  out.gauge("buffer_limit_bytes", "Bytes that may be on their way ([limits] total-buffer)")
      .is(limits.total_buffer);
}

void write_peers(Exposition& out, const Tallies& tallies) {
  const PeerTally& agents = tallies.agents;
  const PeerTally& clients = tallies.clients;
  out.counter("connections_total", "Websockets that were opened")
      .is(agents.connections, {{"peer", "agent"}})
      .is(clients.connections, {{"peer", "client"}});
  out.counter("registrations_total", "Registrations of agents, by result: ok or an error code")
      .is(agents.proofs, "result");
  out.counter("admissions_total", "Admissions of clients, by result: ok or an error code")
      .is(clients.proofs, "result");
  out.counter("disconnects_total",
              "Registered agents and admitted clients that were sent away, by error code")
      .is(agents.sent_away, "code", {"peer", "agent"})
      .is(clients.sent_away, "code", {"peer", "client"});
  out.counter("delayed_attempts_total", "Attempts put off because of failures before ([throttle])")
      .is(agents.delayed, {{"peer", "agent"}})
      .is(clients.delayed, {{"peer", "client"}});
  out.counter("limit_refusals_total", "Refusals because of a limit, by its key in [limits]")
      .is(tallies.limits, "limit");
  out.counter("origins_refused_total", "Requests for a websocket refused because of their Origin")
      .is(agents.foreign_origins, {{"peer", "agent"}})
      .is(clients.foreign_origins, {{"peer", "client"}});
  out.counter("unknown_senders_total",
              "Requests refused because a trusted proxy did not say for whom it asks")
      .is(tallies.unknown_senders);
  out.counter("streams_opened_total", "Streams that were opened").is(tallies.streams);
  out.counter("relayed_packets_total", "Packets that were passed on, by who sent them")
      .is(agents.relayed_packets, {{"from", "agent"}})
      .is(clients.relayed_packets, {{"from", "client"}});
  out.counter("relayed_bytes_total", "Bytes of packets that were passed on, by who sent them")
      .is(agents.relayed_bytes, {{"from", "agent"}})
      .is(clients.relayed_bytes, {{"from", "client"}});
}

void write_names(Exposition& out, const Measured& measured) {
  if (measured.names) {
    out.gauge("names", "Names in the registry, by state")
        .is(measured.names->enrolled, {{"state", "enrolled"}})
        .is(measured.names->pinned, {{"state", "pinned"}})
        .is(measured.names->disabled, {{"state", "disabled"}});
  }
  out.counter("disabled_refusals_total", "Refusals because the operator has disabled the name")
      .is(measured.tallies.agents.disabled, {{"peer", "agent"}})
      .is(measured.tallies.clients.disabled, {{"peer", "client"}});
}

void write_registry(Exposition& out, const Measured& measured) {
  out.gauge("registry_up", "1 while the registry can be written").is(measured.counts.registry_ok);
  out.counter("registry_writes_total", "Transactions written to the registry")
      .is(measured.registry.writes);
  out.counter("registry_write_failures_total", "Transactions that could not be written")
      .is(measured.registry.failures);
}

void write_certificate(Exposition& out, const Measured& measured) {
  if (!measured.certificate) return;
  const std::chrono::duration<double> end = measured.certificate->until.time_since_epoch();
  out.gauge("tls_certificate_not_after_timestamp_seconds",
            "When the first certificate of the chain in use expires, as seconds since 1970")
      .is(end.count());
  out.counter("tls_certificate_reloads_total", "Readings on SIGHUP, by result: ok or an error code")
      .is(measured.certificate_reloads, "result");
}

void write_page(Exposition& out, const Measured& measured) {
  if (measured.page == nullptr || measured.page_readings == nullptr) return;
  out.gauge("app_files", "Files of the Teams app's page that are served; 0: it is not")
      .is(measured.page->files());
  out.counter("app_answers_total", "Answers below /app/, by HTTP status")
      .is(measured.page->answers(), "status");
  out.counter("app_readings_total",
              "Readings of the page's files at the start and on SIGHUP, by result")
      .is(*measured.page_readings, "result");
}

}  // namespace

std::vector<monitoring::Condition> conditions(const Measured& measured) {
  monitoring::Condition serving{"serving", !measured.stopping};
  if (measured.stopping) serving.code = codes::kStopping.id;
  const monitoring::Condition registry{"registry", measured.counts.registry_ok,
                                       measured.counts.registry_code};
  monitoring::Condition certificate{"certificate", true};
  const auto problem =
      measured.certificate ? problem_of(*measured.certificate, measured.now) : std::nullopt;
  if (problem) certificate = {"certificate", false, problem->id};
  std::vector<monitoring::Condition> told{serving, registry, certificate};
  if (measured.cluster) std::ranges::copy(conditions(*measured.cluster), std::back_inserter(told));
  return told;
}

std::string metrics_text(const Measured& measured) {
  Exposition out("starface_teams_connector_");
  out.gauge("build_info", "1; the version is in the label").is(1, {{"version", measured.version}});
  write_present(out, measured);
  write_peers(out, measured.tallies);
  write_names(out, measured);
  write_registry(out, measured);
  write_certificate(out, measured);
  write_page(out, measured);
  if (measured.cluster) write_cluster(out, *measured.cluster, measured.tallies);
  if (measured.turns != nullptr) measured.turns->write(out);
  return out.text();
}

}  // namespace sfteams::connector

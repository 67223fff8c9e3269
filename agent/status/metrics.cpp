#include "agent/status/metrics.h"

#include <algorithm>
#include <chrono>

#include "agent/keys/codes.h"
#include "agent/pbx/codes.h"
#include "agent/pbx/pbx_probe.h"
#include "agent/uplink/codes.h"
#include "base/clock/utc_time.h"
#include "base/metrics/exposition.h"

namespace sfteams::agent {
namespace {

using metrics::Exposition;

double in_seconds(std::chrono::duration<double> duration) {
  return duration.count();
}

bool registered(const Status& status) {
  return status.uplink.state == Uplink::State::registered;
}

bool uci_up(const Measured& measured) {
  const Status& status = measured.status;
  return status.uci_enabled && status.uci_asked &&
         (!status.uci_error || is_doubt(*status.uci_error));
}

void write_tunnel(Exposition& out, const Measured& measured) {
  const TunnelCounts& counts = measured.tunnel;
  out.gauge("tunnel_up", "1 while the tunnel is registered at the connector and clients can come")
      .is(registered(measured.status));
  out.counter("tunnel_reconnects_total", "Registrations at the connector after the first one")
      .is(counts.registrations - std::min<std::uint64_t>(counts.registrations, 1));
  out.counter("tunnel_failures_total", "Dials that failed and tunnels that broke, by error code")
      .is(counts.failures, "code");
  if (const auto trip = measured.status.uplink.round_trip) {
    out.gauge("tunnel_round_trip_seconds", "Round trip of the last ping to the connector")
        .is(in_seconds(*trip));
  }
  out.counter("tunnel_received_bytes_total", "Bytes of websocket messages from the connector")
      .is(counts.received_bytes);
  out.counter("tunnel_sent_bytes_total", "Bytes of websocket messages to the connector")
      .is(counts.sent_bytes);
}

void write_keys(Exposition& out, const Status& status) {
  out.gauge("keys", "System keys that are good, the one in force included").is(status.keys.size());
  if (status.uplink.keys && *status.uplink.keys != Link::KeysAtConnector::unknown) {
    out.gauge("keys_taken", "1 when the connector has taken the system keys that are in force")
        .is(*status.uplink.keys == Link::KeysAtConnector::taken);
  }
  std::uint64_t grace_end = 0;
  for (const ActiveKey& key : status.keys) {
    grace_end = std::max(grace_end, key.admission.expires);
    const auto made = clock::parse_utc(key.created);
    if (key.admission.expires != 0 || !made) continue;
    out.gauge("key_created_timestamp_seconds",
              "When the system key in force was made, as seconds since 1970")
        .is(in_seconds(made->time_since_epoch()));
  }
  if (grace_end == 0) return;
  out.gauge("key_grace_end_timestamp_seconds",
            "When the last of the older system keys stops being good, as seconds since 1970")
      .is(grace_end);
}

void write_uci(Exposition& out, const Measured& measured) {
  out.gauge("uci_enabled", "1 when the UCI connection is switched on ([uci] enabled)")
      .is(measured.status.uci_enabled);
  out.gauge("uci_up", "1 while UCI is switched on and the PBX answers").is(uci_up(measured));
}

/// What `status` shows as an error or a warning, apart from the tunnel, whose failures are counted.
void write_problems(Exposition& out, const Status& status) {
  auto problems =
      out.gauge("problem", "1 for each part that has a problem now, with its error code");
  const auto add = [&problems](const char* part, const std::optional<Error>& error) {
    if (error) problems.is(1, {{"part", part}, {"code", std::string(error->code.id)}});
  };
  add("uci", status.uci_enabled ? status.uci_error : std::nullopt);
  add("users", status.accounts.error);
  add("license", status.licensing.problem);
  add("rights", status.rights_unknown ? std::optional(status.rights_unknown->why) : std::nullopt);
  add("page", status.page_error);
}

void write_answers(Exposition& out, const transport::HttpLoad& answers) {
  out.gauge("large_answers_bytes",
            "Bytes of large answers of the PBX that are being received or converted")
      .is(answers.bytes);
  out.gauge("large_answers_most_bytes", "The most of these that there ever were at once")
      .is(answers.most_bytes);
  out.gauge("large_answers_limit_bytes", "The most of these that there may be at once")
      .is(transport::HttpClient::kLargeReplies);
  out.gauge("large_answers_waiting", "Large answers that wait in their sockets for their turn")
      .is(answers.waiting);
  out.counter("large_answers_waited_total", "Large answers that had to wait for their turn")
      .is(answers.waited);
}

void write_sessions(Exposition& out, const Measured& measured) {
  const Status& status = measured.status;
  const SessionCounts& counts = measured.sessions;
  out.gauge("sessions", "Sessions that are open, waiting ones included").is(status.sessions);
  out.gauge("sessions_waiting", "Sessions that wait for their clients to come back")
      .is(status.sessions_waiting);
  out.gauge("sessions_limit", "Sessions that may be open ([limits] sessions)")
      .is(status.max_sessions);
  out.counter("sessions_opened_total", "Sessions that were opened").is(counts.opened);
  out.counter("sessions_resumed_total", "Clients that came back to their sessions")
      .is(counts.resumed);
  out.counter("sessions_abandoned_total", "Sessions whose clients did not come back in time")
      .is(counts.given_up);
  out.counter("sessions_dropped_total", "Sessions that had to end, by what was beyond its limit")
      .is(counts.dropped, "limit");
  out.gauge("held_bytes", "Memory of messages that wait for clients or have come in part")
      .is(measured.held_bytes);
  out.gauge("held_limit_bytes", "Memory that these may take ([limits] held-in-all)")
      .is(measured.held_limit);
  out.counter("sessions_refused_total", "Clients that got no session, by error code")
      .is(counts.refused, "code");
}

void write_users(Exposition& out, const Status& status) {
  out.gauge("users", "Users who are signed in at the PBX").is(status.accounts.users);
  out.gauge("users_connected", "Users whose connection to the PBX is up")
      .is(status.accounts.connected);
  out.gauge("seats", "Seats of the floating licences that are good today")
      .is(status.licensing.seats);
  out.gauge("seats_taken", "Users who hold a seat").is(status.licensing.taken);
  if (!status.licensing.last_day) return;
  // The last day is a whole one.
  const std::chrono::sys_seconds end = *status.licensing.last_day + std::chrono::days(1);
  out.gauge("license_end_timestamp_seconds",
            "When the floating licences stop giving seats, as seconds since 1970")
      .is(in_seconds(end.time_since_epoch()));
}

void write_conversations(Exposition& out, const ConversationCounts& counts) {
  out.counter("logins_total", "Sign-ins of users, by result: ok or an error code")
      .is(counts.logins, "result");
  out.counter("calls_total",
              "UCI calls of users and their questions to REST, by result: ok or an error code")
      .is(counts.calls, "result");
  out.histogram("call_duration_seconds", "Time until the PBX has answered a UCI call",
                counts.call_seconds);
  out.counter("events_total", "Events of the PBX handed to sessions").is(counts.events);
  out.counter("events_refused_total",
              "Requests of the PBX to the callback for events that were not taken, by error code")
      .is(counts.events_refused, "code");
}

}  // namespace

std::vector<monitoring::Condition> conditions(const Measured& measured) {
  const Status& status = measured.status;
  monitoring::Condition tunnel{"tunnel", registered(status)};
  if (status.uplink.last_error) tunnel.code = status.uplink.last_error->code.id;
  monitoring::Condition key{"key", !status.keys.empty()};
  if (!key.met) {
    key.code = codes::kNoKey.id;
  } else if (keys_error(status)) {
    key = {"key", false, codes::kKeysNotTaken.id};
  }
  monitoring::Condition uci{"uci", uci_up(measured)};
  if (!status.uci_enabled) {
    uci.code = codes::kUciDisabled.id;
  } else if (status.uci_error) {
    uci.code = status.uci_error->code.id;
  }
  return {tunnel, key, uci};
}

std::string metrics_text(const Measured& measured) {
  Exposition out("starface_teams_agent_");
  out.gauge("build_info", "1; the version is in the label")
      .is(1, {{"version", measured.status.version}});
  write_tunnel(out, measured);
  write_keys(out, measured.status);
  write_uci(out, measured);
  write_problems(out, measured.status);
  write_sessions(out, measured);
  write_users(out, measured.status);
  write_conversations(out, measured.conversations);
  write_answers(out, measured.answers);
  if (measured.turns != nullptr) measured.turns->write(out);
  return out.text();
}

}  // namespace sfteams::agent

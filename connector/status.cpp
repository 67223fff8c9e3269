#include "connector/status.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/clock/utc_time.h"
#include "base/json/error_json.h"
#include "base/json/json.h"
#include "connector/certificate.h"
#include "connector/cluster_status.h"
#include "connector/codes.h"

namespace sfteams::connector {
namespace {

using std::chrono::days;
using std::chrono::system_clock;

constexpr days kEndsSoon{14};

/// Whole days, rounded down: 0 on the last one, below 0 afterwards.
std::int64_t days_left(const transport::Validity& validity, system_clock::time_point now) {
  return std::chrono::floor<days>(validity.until - now).count();
}

std::optional<Problem> certificate_problem(const Measured& measured) {
  if (!measured.certificate) return std::nullopt;
  const transport::Validity& validity = *measured.certificate;
  if (const auto code = problem_of(validity, measured.now)) {
    return Problem{
        Health::critical,
        {*code,
         *code == codes::kCertificateNotYet
             ? "the certificate in use is not good before " + clock::utc_text(validity.from)
             : "the certificate in use expired on " + clock::utc_text(validity.until),
         "nobody connects; \"config check\" says what to do"}};
  }
  if (validity.until - measured.now >= kEndsSoon) return std::nullopt;
  return Problem{Health::warning,
                 {codes::kCertificateEndsSoon,
                  "the certificate in use ends on " + clock::utc_text(validity.until),
                  "renew it, and let the connector read it again (systemctl reload)"}};
}

std::optional<Problem> full(std::size_t there, std::size_t most, const char* what) {
  if (there < most) return std::nullopt;
  return Problem{
      Health::warning,
      {codes::kLimitReached,
       fmt::format("{} of {} {} are there; further ones are told to come later", there, most, what),
       fmt::format("raise [limits] {} if that many are expected", what)}};
}

Json::Value number(std::uint64_t value) {
  return static_cast<Json::UInt64>(value);
}

Json::Value of_most(std::uint64_t now, std::uint64_t most, const char* name) {
  Json::Value json(Json::objectValue);
  json[name] = number(now);
  json["most"] = number(most);
  return json;
}

Json::Value listen_json(const Status& status) {
  Json::Value json(Json::objectValue);
  json["address"] = status.address;
  json["tls"] = status.tls;
  json["certificateUntil"] = Json::Value();
  json["certificateDaysLeft"] = Json::Value();
  if (const auto& validity = status.measured.certificate) {
    json["certificateUntil"] = clock::utc_text(validity->until);
    json["certificateDaysLeft"] =
        static_cast<Json::Int64>(days_left(*validity, status.measured.now));
  }
  return json;
}

Json::Value names_json(const Status& status) {
  Json::Value json(Json::objectValue);
  json["registration"] = to_string(status.registration);
  for (const char* member : {"known", "enrolled", "pinned", "disabled"})
    json[member] = Json::Value();
  json["error"] = Json::Value();
  if (!status.names) {
    json["error"] = json::error_json(status.names.error());
    return json;
  }
  json["known"] = static_cast<Json::Int64>(status.names->all());
  json["enrolled"] = static_cast<Json::Int64>(status.names->enrolled);
  json["pinned"] = static_cast<Json::Int64>(status.names->pinned);
  json["disabled"] = static_cast<Json::Int64>(status.names->disabled);
  return json;
}

Json::Value traffic_json(const Tallies& tallies) {
  Json::Value json(Json::objectValue);
  json["fromAgents"]["packets"] = number(tallies.agents.relayed_packets);
  json["fromAgents"]["bytes"] = number(tallies.agents.relayed_bytes);
  json["fromClients"]["packets"] = number(tallies.clients.relayed_packets);
  json["fromClients"]["bytes"] = number(tallies.clients.relayed_bytes);
  json["streamsOpened"] = number(tallies.streams);
  return json;
}

Json::Value registry_json(const Status& status) {
  Json::Value json(Json::objectValue);
  json["file"] = status.registry_file.string();
  json["bytes"] = number(status.registry_bytes);
  json["writable"] = status.measured.counts.registry_ok;
  json["error"] = json::error_json(status.registry_error);
  const auto& last = status.registry_last_failure;
  json["lastError"] = json::error_json(last ? std::optional(last->error) : std::nullopt);
  json["lastErrorAt"] = last ? Json::Value(clock::utc_text(last->at)) : Json::Value();
  return json;
}

Json::Value page_json(const Status& status) {
  const std::size_t files = status.measured.page == nullptr ? 0 : status.measured.page->files();
  Json::Value json(Json::objectValue);
  json["served"] = files > 0;
  json["files"] = number(files);
  json["version"] = files > 0 ? Json::Value(status.page_version) : Json::Value();
  json["error"] = json::error_json(status.page_error);
  return json;
}

}  // namespace

std::vector<Problem> problems(const Status& status) {
  const Measured& measured = status.measured;
  std::vector<Problem> found;
  if (measured.cluster) found = problems(*measured.cluster);
  const auto add = [&found](Health severity, const std::optional<Error>& error) {
    const auto same = [&error](const Problem& known) {
      return known.error.code == error->code && known.error.message == error->message;
    };
    if (error && std::ranges::none_of(found, same)) found.push_back({severity, *error});
  };
  if (measured.stopping) {
    add(Health::critical, Error{codes::kStopping, "the connector is being stopped", {}});
  }
  add(Health::critical, status.registry_error);
  if (const auto problem = certificate_problem(measured)) found.push_back(*problem);
  for (const auto& problem : {full(measured.counts.agents, measured.limits.agents, "agents"),
                              full(measured.counts.clients, measured.limits.clients, "clients")})
    if (problem) found.push_back(*problem);
  if (!status.names) add(Health::warning, status.names.error());
  add(Health::warning, status.page_error);
  add(Health::warning, status.monitoring_error);
  add(Health::warning, status.control_error);
  for (const Error& error : status.standing)
    add(Health::warning, error);
  std::ranges::stable_sort(found, [](const Problem& one, const Problem& other) {
    return one.severity > other.severity;
  });
  return found;
}

Json::Value to_json(const Status& status) {
  const Measured& measured = status.measured;
  const std::vector<Problem> found = problems(status);
  const Health health = found.empty() ? Health::well : found.front().severity;
  Json::Value json(Json::objectValue);
  json["format"] = 1;
  json["version"] = std::string(measured.version);
  json["pid"] = status.pid;
  json["uptime"] = static_cast<Json::Int64>(status.uptime.count());
  json["health"] = std::string(to_string(health));
  json["healthy"] = health == Health::well;
  json["listen"] = listen_json(status);
  json["names"] = names_json(status);
  json["agents"] = of_most(measured.counts.agents, measured.limits.agents, "online");
  json["clients"] = of_most(measured.counts.clients, measured.limits.clients, "connected");
  json["clients"]["streams"] = number(measured.counts.streams);
  json["waiting"] = of_most(measured.counts.waiting, measured.limits.waiting, "links");
  json["traffic"] = traffic_json(measured.tallies);
  json["traffic"]["bufferedBytes"] = number(measured.counts.buffered);
  json["registry"] = registry_json(status);
  json["page"] = page_json(status);
  json["monitoring"]["url"] =
      status.monitoring_url ? Json::Value(*status.monitoring_url) : Json::Value();
  json["monitoring"]["error"] = json::error_json(status.monitoring_error);
  if (measured.cluster) json["cluster"] = to_json(*measured.cluster);
  json["problems"] = Json::Value(Json::arrayValue);
  for (const Problem& problem : found) {
    Json::Value shown = json::error_json(problem.error);
    shown["severity"] = std::string(to_string(problem.severity));
    json["problems"].append(std::move(shown));
  }
  return json;
}

int exit_status(const Json::Value& status) {
  const auto health = json::string_member(status, "health");
  if (health == "well") return 0;
  return health == "warning" ? 1 : 2;
}

}  // namespace sfteams::connector

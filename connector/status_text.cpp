#include <fmt/format.h>

#include "base/clock/uptime_text.h"
#include "base/error/counted.h"
#include "base/json/error_json.h"
#include "base/json/printable.h"
#include "base/json/view.h"
#include "connector/cluster_status.h"
#include "connector/status.h"

// The status for people, from its JSON form.

namespace sfteams::connector {
namespace {

std::string started_text(const Json::Value& status) {
  const Json::Value& uptime = json::part(status, "uptime");
  return uptime.isInt64() ? clock::uptime_text(uptime.asInt64()) : "?";
}

/// "812 B", "12.3 KiB": powers of 1,024.
std::string size_text(const Json::Value& object, const char* name) {
  const Json::Value& value = json::part(object, name);
  if (!value.isUInt64()) return "?";
  auto size = static_cast<double>(value.asUInt64());
  if (size < 1024) return fmt::format("{} B", value.asUInt64());
  for (const char* unit : {"KiB", "MiB", "GiB"}) {
    size /= 1024;
    if (size < 1024) return fmt::format("{:.1f} {}", size, unit);
  }
  return fmt::format("{:.1f} TiB", size / 1024);
}

/// "2 files", "? files".
std::string counted_member(const Json::Value& object, const char* name, std::string_view one) {
  const Json::Value& number = json::part(object, name);
  return number.isUInt64() ? counted(number.asUInt64(), one) : "? " + std::string(one) + "s";
}

std::string listen_text(const Json::Value& listen, const Json::Value& names) {
  std::string line = json::printable_member(listen, "address", "?");
  line += json::is_true(listen, "tls") ? ", TLS" : ", plain";
  if (json::part(listen, "certificateUntil").isString()) {
    line += fmt::format(", certificate good until {} (days left: {})",
                        json::printable_member(listen, "certificateUntil"),
                        json::number_text(listen, "certificateDaysLeft"));
  }
  return line + ", registration " + json::printable_member(names, "registration", "?");
}

std::string names_text(const Json::Value& names) {
  return fmt::format("{} known: {} pinned, {} enrolled and free, {} disabled",
                     json::number_text(names, "known"), json::number_text(names, "pinned"),
                     json::number_text(names, "enrolled"), json::number_text(names, "disabled"));
}

std::string traffic_text(const Json::Value& traffic) {
  const auto from = [&traffic](const char* whom) {
    const Json::Value& part = json::part(traffic, whom);
    return size_text(part, "bytes") + " in " + counted_member(part, "packets", "packet");
  };
  return fmt::format("from agents {}; from clients {}; on their way {}", from("fromAgents"),
                     from("fromClients"), size_text(traffic, "bufferedBytes"));
}

std::string registry_text(const Json::Value& registry) {
  std::string line = fmt::format(
      "{}, {}, {}", json::printable_member(registry, "file", "?"), size_text(registry, "bytes"),
      json::is_true(registry, "writable") ? "can be written" : "cannot be written");
  if (const Json::Value& last = json::part(registry, "lastError"); last.isObject()) {
    line += fmt::format("; last error at {}: {}", json::printable_member(registry, "lastErrorAt"),
                        json::describe_error_json(last));
  }
  return line;
}

std::string page_text(const Json::Value& page) {
  if (!json::is_true(page, "served")) return "none";
  return counted_member(page, "files", "file") + ", version " +
         json::printable_member(page, "version", "?");
}

}  // namespace

std::string to_text(const Json::Value& status) {
  const Json::Value& names = json::part(status, "names");
  const Json::Value& agents = json::part(status, "agents");
  const Json::Value& clients = json::part(status, "clients");
  const Json::Value& waiting = json::part(status, "waiting");
  const Json::Value& monitoring = json::part(status, "monitoring");
  std::string text = fmt::format(
      "connector:    {}, version {}, process {}, running for {}\n"
      "listening:    {}\n"
      "names:        {}\n"
      "agents:       {} of {} online\n"
      "clients:      {} of {} connected, {} joined to an agent\n"
      "waiting:      {} of {} that have proved nothing yet\n"
      "traffic:      {}\n"
      "registry:     {}\n"
      "page:         {}\n"
      "monitoring:   {}\n",
      json::printable_member(status, "health", "?"), json::printable_member(status, "version", "?"),
      json::number_text(status, "pid"), started_text(status),
      listen_text(json::part(status, "listen"), names), names_text(names),
      json::number_text(agents, "online"), json::number_text(agents, "most"),
      json::number_text(clients, "connected"), json::number_text(clients, "most"),
      json::number_text(clients, "streams"), json::number_text(waiting, "links"),
      json::number_text(waiting, "most"), traffic_text(json::part(status, "traffic")),
      registry_text(json::part(status, "registry")), page_text(json::part(status, "page")),
      json::printable_member(monitoring, "url", "none"));
  text += cluster_text(json::part(status, "cluster"));
  for (const Json::Value& problem : json::part(status, "problems")) {
    text += fmt::format("{:<13} {}\n", json::printable_member(problem, "severity", "?") + ":",
                        json::describe_error_json(problem));
  }
  return text;
}

}  // namespace sfteams::connector

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "base/clock/uptime_text.h"
#include "base/error/counted.h"
#include "base/json/printable.h"
#include "base/json/view.h"
#include "connector/cluster_status.h"

// A cluster's lines of `status`, from its JSON form.

namespace sfteams::connector {
namespace {

/// Below this nobody has to care.
constexpr std::int64_t kClockShownMs = 1'000;

std::int64_t whole(const Json::Value& object, const char* name) {
  const Json::Value& value = json::part(object, name);
  return value.isInt64() ? value.asInt64() : 0;
}

std::string time_text(const Json::Value& object, const char* name) {
  return json::part(object, name).isInt64() ? clock::uptime_text(whole(object, name)) : "?";
}

std::string counted_part(const Json::Value& object, const char* name, std::string_view one,
                         std::string_view many = {}) {
  return counted(static_cast<std::uint64_t>(std::max<std::int64_t>(whole(object, name), 0)), one,
                 many);
}

std::string own_text(const Json::Value& cluster) {
  std::string line = fmt::format(
      "{}, this is node {}; key {}", json::printable_member(cluster, "name", "?"),
      json::printable_member(cluster, "node", "?"), json::printable_member(cluster, "key", "?"));
  if (json::part(cluster, "alsoKey").isString())
    line += fmt::format(", {} is taken as well", json::printable_member(cluster, "alsoKey"));
  return line + ", log secret " + json::printable_member(cluster, "logSecret", "?");
}

std::string bus_text(const Json::Value& bus) {
  const std::int64_t ups = whole(bus, "timesUp");
  std::string line = fmt::format("{} for {}", json::is_true(bus, "up") ? "connected" : "away",
                                 time_text(bus, "since"));
  if (ups > 1) line += ", came up " + counted(static_cast<std::uint64_t>(ups), "time");
  return line;
}

std::string phase_text(const Json::Value& log) {
  std::string phase = json::printable_member(log, "phase", "?");
  if (phase == "in-step") return "in step";
  if (phase == "bus-down") return "does not answer";
  if (phase == "no-stream") return "not there";
  if (phase == "catching-up") return fmt::format("being read, {} to go", whole(log, "behind"));
  if (phase == "restoring") return "being written again";
  if (phase == "settling") return "waits for the other nodes";
  if (phase == "disk") return "cannot be kept here";
  return phase;
}

std::string log_text(const Json::Value& log) {
  std::string line = phase_text(log) + ", " + counted_part(log, "entries", "entry", "entries");
  if (whole(log, "restored") > 0) line += fmt::format(", {} written again", whole(log, "restored"));
  if (whole(log, "foreign") > 0)
    line += fmt::format(", {} that no node wrote", whole(log, "foreign"));
  if (const Json::ArrayIndex names = json::part(log, "contradictions").size(); names > 0)
    line += fmt::format(", {} in dispute", counted(names, "name"));
  return line;
}

std::string peer_links_text(const Json::Value& links) {
  const Json::Value& to = json::part(links, "to");
  const Json::Value& from = json::part(links, "from");
  return fmt::format("to {} for {} here, from {} for {} there", counted_part(to, "nodes", "node"),
                     counted_part(to, "streams", "client"), counted_part(from, "nodes", "node"),
                     counted_part(from, "streams", "client"));
}

std::string node_text(const Json::Value& node) {
  const std::string load =
      counted_part(node, "agents", "agent") + ", " + counted_part(node, "clients", "client");
  const std::string url = json::printable_member(node, "url", "?");
  const bool leaving = json::is_true(node, "leaving");
  if (json::is_true(node, "silent")) {
    return fmt::format("{} for {}, had {}, {}", leaving ? "stopped" : "silent",
                       time_text(node, "unheard"), load, url);
  }
  std::string line = fmt::format(
      "{}version {}, {}, running for {}, {}", leaving ? "stopping, " : "",
      json::printable_member(node, "version", "?"), load, time_text(node, "uptime"), url);
  if (const std::int64_t ahead = whole(node, "clockAheadMs"); std::abs(ahead) >= kClockShownMs) {
    line += fmt::format(", clock {:.1f} s {}", static_cast<double>(std::abs(ahead)) / 1'000,
                        ahead > 0 ? "ahead" : "behind");
  }
  if (json::is_true(node, "twice")) line += ", runs twice";
  return line;
}

std::string nodes_text(const Json::Value& nodes) {
  if (!nodes.isArray() || nodes.empty()) return "nodes:        no other one has been heard\n";
  std::size_t width = 0;
  for (const Json::Value& node : nodes)
    width = std::max(width, json::printable_member(node, "node", "?").size());
  std::string text;
  for (const Json::Value& node : nodes) {
    text += fmt::format("{:<13} {:<{}}  {}\n", text.empty() ? "nodes:" : "",
                        json::printable_member(node, "node", "?"), width, node_text(node));
  }
  return text;
}

/// Empty when none was, which is what has to be expected.
std::string dropped_text(const Json::Value& dropped) {
  std::string text;
  const auto add = [&](const char* name, const char* what) {
    if (whole(dropped, name) == 0) return;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", whole(dropped, name), what);
  };
  add("wrongKey", "with another key");
  add("malformed", "malformed");
  add("stale", "too old");
  add("replayed", "heard before");
  return text.empty() ? text : fmt::format("dropped:      messages of nodes: {}\n", text);
}

}  // namespace

std::string cluster_text(const Json::Value& cluster) {
  if (!cluster.isObject()) return {};
  return fmt::format(
      "cluster:      {}\n"
      "NATS:         {}\n"
      "log of names: {}\n"
      "peer links:   {}\n"
      "{}{}",
      own_text(cluster), bus_text(json::part(cluster, "bus")), log_text(json::part(cluster, "log")),
      peer_links_text(json::part(cluster, "peerLinks")), nodes_text(json::part(cluster, "nodes")),
      dropped_text(json::part(cluster, "dropped")));
}

}  // namespace sfteams::connector

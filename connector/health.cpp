#include "connector/health.h"

#include <string>

#include "json/json.h"

namespace sfteams::connector {
namespace {

Json::Value number(std::size_t value) {
  return static_cast<Json::UInt64>(value);
}

std::string health(const Counts& counts, std::string_view version) {
  Json::Value value(Json::objectValue);
  value["status"] = counts.registry_ok ? "ok" : "degraded";
  value["version"] = std::string(version);
  value["agents"] = number(counts.agents);
  value["clients"] = number(counts.clients);
  value["streams"] = number(counts.streams);
  value["waiting"] = number(counts.waiting);
  value["buffered_bytes"] = number(counts.buffered);
  return json::write(value) + "\n";
}

}  // namespace

transport::HttpResponse answer_http(const transport::HttpRequest& request, const Counts& counts,
                                    std::string_view version) {
  transport::HttpResponse response;
  if (request.path != "/healthz") {
    response.status = 404;
    response.body = "there is nothing here\n";
    return response;
  }
  if (request.method != "GET" && request.method != "HEAD") {
    response.status = 405;
    response.headers.emplace_back("allow", "GET, HEAD");
    response.body = "only GET and HEAD\n";
    return response;
  }
  response.content_type = "application/json";
  response.headers.emplace_back("cache-control", "no-store");
  response.body = health(counts, version);
  return response;
}

}  // namespace sfteams::connector

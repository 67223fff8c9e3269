#include "monitoring/answer.h"

#include <algorithm>

#include "base/json/json.h"
#include "base/metrics/exposition.h"
#include "transport/url.h"

namespace sfteams::monitoring {
namespace {

using transport::HttpRequest;
using transport::HttpResponse;

HttpResponse json_response(int status, const Json::Value& value) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = json::write(value) + "\n";
  return response;
}

HttpResponse healthz() {
  Json::Value value(Json::objectValue);
  value["status"] = "ok";
  return json_response(200, value);
}

HttpResponse readyz(const std::vector<Condition>& conditions) {
  const bool ready = std::ranges::all_of(conditions, &Condition::met);
  Json::Value value(Json::objectValue);
  value["ready"] = ready;
  for (const Condition& condition : conditions) {
    Json::Value told(Json::objectValue);
    told["met"] = condition.met;
    told["code"] =
        condition.code.empty() ? Json::Value() : Json::Value(std::string(condition.code));
    value["conditions"][std::string(condition.name)] = std::move(told);
  }
  return json_response(ready ? 200 : 503, value);
}

HttpResponse metrics(std::string text) {
  HttpResponse response;
  response.content_type = metrics::Exposition::kContentType;
  response.body = std::move(text);
  return response;
}

HttpResponse refusal(int status, std::string text) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(text);
  return response;
}

}  // namespace

HttpResponse answer(const HttpRequest& request, const Subject& subject, const Process& process) {
  // A page in somebody's browser could otherwise read along under a name of its own. Who names no
  // host is no browser.
  if (!request.host.empty() && !transport::is_loopback_authority(request.host))
    return refusal(403, "this is reached by 127.0.0.1, [::1] or localhost only\n");
  const std::string& path = request.path;
  if (path != "/healthz" && path != "/readyz" && path != "/metrics")
    return refusal(404, "there are only /healthz, /readyz and /metrics\n");
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse response = refusal(405, "only GET and HEAD\n");
    response.headers.emplace_back("allow", "GET, HEAD");
    return response;
  }
  HttpResponse response = path == "/healthz"  ? healthz()
                          : path == "/readyz" ? readyz(subject.conditions())
                                              : metrics(process.metrics() + subject.metrics());
  response.headers.emplace_back("cache-control", "no-store");
  return response;
}

}  // namespace sfteams::monitoring

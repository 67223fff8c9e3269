#include "connector/health.h"

namespace sfteams::connector {

transport::HttpResponse answer_http(const transport::HttpRequest& request,
                                    const Wellbeing& wellbeing) {
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
  if (wellbeing.leaving) {
    response.status = 404;
    response.body = "{\"status\":\"leaving\"}\n";
    return response;
  }
  response.body = wellbeing.registry_ok ? "{\"status\":\"ok\"}\n" : "{\"status\":\"degraded\"}\n";
  return response;
}

}  // namespace sfteams::connector

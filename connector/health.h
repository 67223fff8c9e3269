#pragma once

#include "transport/server.h"

namespace sfteams::connector {

/// What plain HTTP gets on the public listener: GET and HEAD /healthz, for the proxy or load
/// balancer in front, 405 for other methods on it, 404 for everything else. How many are served,
/// and by which version, is for the operator only: [watch] listen.
[[nodiscard]] transport::HttpResponse answer_http(const transport::HttpRequest& request,
                                                  bool registry_ok);

}  // namespace sfteams::connector

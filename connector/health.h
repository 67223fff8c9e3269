#pragma once

#include "transport/server.h"

namespace sfteams::connector {

struct Wellbeing {
  bool registry_ok = true;
  bool leaving = false;  ///< the node stops and moves everybody to the others
};

/// What plain HTTP gets on the public listener: GET and HEAD /healthz, for the proxy or load
/// balancer in front, 405 for other methods on it, 404 for everything else. A node that is leaving
/// answers /healthz with 404: by that HAProxy (http-check disable-on-404) sends nobody new there and
/// lets the others be. How many are served,
/// and by which version, is for the operator only: [watch] listen.
[[nodiscard]] transport::HttpResponse answer_http(const transport::HttpRequest& request,
                                                  const Wellbeing& wellbeing);

}  // namespace sfteams::connector

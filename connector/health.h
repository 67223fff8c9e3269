#pragma once

#include <string_view>

#include "connector/exchange.h"
#include "transport/server.h"

namespace sfteams::connector {

/// What plain HTTP gets: GET and HEAD /healthz as JSON with numbers but no names, 405 for other
/// methods on it, 404 for everything else.
[[nodiscard]] transport::HttpResponse answer_http(const transport::HttpRequest& request,
                                                  const Counts& counts, std::string_view version);

}  // namespace sfteams::connector

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "monitoring/process.h"
#include "transport/server.h"

namespace sfteams::monitoring {

/// One of the things that have to be so before a daemon is of use.
struct Condition {
  std::string_view name;  ///< "tunnel"
  bool met = false;
  std::string_view code{};  ///< why not, as an error's code; empty when that is not known (yet)
};

/// The daemon that is asked. Every call is answered at once, from what is known.
class Subject {
 public:
  virtual ~Subject() = default;
  [[nodiscard]] virtual std::vector<Condition> conditions() const = 0;
  /// In Prometheus' text format (base/metrics/exposition.h), without the process's own.
  [[nodiscard]] virtual std::string metrics() const = 0;
};

/// What GET and HEAD get: /healthz 200 as long as the process answers at all; /readyz 200 when all
/// conditions are met, otherwise 503, both with the conditions as JSON; /metrics, the process's
/// before the subject's own. 405 for other methods on these, 404 elsewhere; 403 for a Host header
/// that is not a loopback name.
[[nodiscard]] transport::HttpResponse answer(const transport::HttpRequest& request,
                                             const Subject& subject, const Process& process);

}  // namespace sfteams::monitoring

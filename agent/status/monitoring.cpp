#include "agent/status/monitoring.h"

namespace sfteams::agent {

Result<std::unique_ptr<Monitoring>> Monitoring::open(transport::Network& network, Measure measure,
                                                     const monitoring::Listen& listen) {
  std::unique_ptr<Monitoring> monitoring(new Monitoring(std::move(measure)));
  Result<std::unique_ptr<monitoring::Endpoint>> endpoint =
      monitoring::Endpoint::open(network, listen, *monitoring);
  if (!endpoint) return fail(endpoint.error());
  monitoring->endpoint_ = std::move(*endpoint);
  return monitoring;
}

std::vector<monitoring::Condition> Monitoring::conditions() const {
  return agent::conditions(measure_());
}

std::string Monitoring::metrics() const {
  return metrics_text(measure_());
}

}  // namespace sfteams::agent

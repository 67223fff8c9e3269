#include "agent/monitoring.h"

#include <utility>

namespace sfteams::agent {

Result<std::unique_ptr<Monitoring>> Monitoring::open(Setup setup, const watch::Listen& listen) {
  std::unique_ptr<Monitoring> monitoring(new Monitoring(std::move(setup)));
  Result<std::unique_ptr<watch::Endpoint>> endpoint =
      watch::Endpoint::open(monitoring->setup_.network, listen, *monitoring);
  if (!endpoint) return fail(endpoint.error());
  monitoring->endpoint_ = std::move(*endpoint);
  return monitoring;
}

Monitoring::Monitoring(Setup setup)
    : setup_(std::move(setup)), uci_(setup_.network.loop(), setup_.ask_pbx) {}

std::vector<watch::Condition> Monitoring::conditions() const {
  return agent::conditions(setup_.measure(uci_));
}

std::string Monitoring::metrics() const {
  return metrics_text(setup_.measure(uci_));
}

}  // namespace sfteams::agent

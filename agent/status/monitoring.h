#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "agent/status/metrics.h"
#include "base/error/error.h"
#include "monitoring/endpoint.h"
#include "transport/network.h"

namespace sfteams::agent {

/// The running agent as it is offered under [watch] listen.
class Monitoring final : private monitoring::Subject {
 public:
  using Measure = std::function<Measured()>;

  /// Fails with transport.listen-failed.
  [[nodiscard]] static Result<std::unique_ptr<Monitoring>> open(transport::Network& network,
                                                                Measure measure,
                                                                const monitoring::Listen& listen);

 private:
  explicit Monitoring(Measure measure) : measure_(std::move(measure)) {}
  [[nodiscard]] std::vector<monitoring::Condition> conditions() const override;
  [[nodiscard]] std::string metrics() const override;

  Measure measure_;
  std::unique_ptr<monitoring::Endpoint> endpoint_;
};

}  // namespace sfteams::agent

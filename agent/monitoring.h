#pragma once

#include <functional>
#include <memory>

#include "agent/metrics.h"
#include "agent/pbx_watch.h"
#include "error/error.h"
#include "transport/network.h"
#include "watch/endpoint.h"

namespace sfteams::agent {

/// The running agent as it is offered under [watch] listen, and the regular question to the PBX
/// that belongs to it.
class Monitoring final : private watch::Subject {
 public:
  struct Setup {
    transport::Network& network;
    PbxWatch::Ask ask_pbx;
    /// `uci` : what is known of the PBX.
    std::function<Measured(const PbxWatch& uci)> measure;
  };

  /// Fails with transport.listen-failed.
  [[nodiscard]] static Result<std::unique_ptr<Monitoring>> open(Setup setup,
                                                                const watch::Listen& listen);

  /// The connections to the PBX have been made anew.
  void uci_renewed() { uci_.start_anew(); }

 private:
  explicit Monitoring(Setup setup);
  [[nodiscard]] std::vector<watch::Condition> conditions() const override;
  [[nodiscard]] std::string metrics() const override;

  Setup setup_;
  PbxWatch uci_;
  std::unique_ptr<watch::Endpoint> endpoint_;
};

}  // namespace sfteams::agent

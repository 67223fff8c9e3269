#pragma once

#include <memory>

#include "base/error/error.h"
#include "monitoring/answer.h"
#include "monitoring/listen.h"
#include "monitoring/process.h"
#include "transport/network.h"
#include "transport/server.h"

namespace sfteams::monitoring {

/// The socket behind [watch] listen: answer() over HTTP.
class Endpoint {
 public:
  /// `subject` outlives it. Fails with transport.listen-failed.
  [[nodiscard]] static Result<std::unique_ptr<Endpoint>> open(transport::Network& network,
                                                              const Listen& listen,
                                                              const Subject& subject);
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  /// The port that is really open.
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }

 private:
  explicit Endpoint(const Subject& subject) : subject_(subject) {}

  const Subject& subject_;
  Process process_;
  std::unique_ptr<transport::Server> server_;
};

}  // namespace sfteams::monitoring

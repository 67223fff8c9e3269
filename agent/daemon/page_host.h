#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/admin/page.h"
#include "agent/configuration/configuration.h"
#include "agent/daemon/control_desk.h"
#include "base/error/error.h"
#include "transport/network.h"
#include "transport/server.h"

namespace sfteams::agent {

/// The administration page on its loopback port, for as long as this lives.
class PageHost {
 public:
  /// `desk` has all its commands, and outlives it. Fails with transport.listen-failed, naming
  /// [admin] listen.
  [[nodiscard]] static Result<std::unique_ptr<PageHost>> open(transport::Network& network,
                                                              const Configuration::Admin& where,
                                                              const ControlDesk& desk);

  /// A link that signs in once: "http://127.0.0.1:9780/#TOKEN". Browsers send to nobody what stands
  /// behind the #. Fails with crypto.no-randomness.
  [[nodiscard]] Result<std::string> new_link();

 private:
  PageHost(const ControlDesk& desk, std::string instance);

  admin::Page page_;
  std::string origin_;  ///< "http://127.0.0.1:9780"
  std::unique_ptr<transport::Server> server_;
};

}  // namespace sfteams::agent

#pragma once

#include <memory>
#include <string>

#include "agent/configuration.h"
#include "agent/pbx_access.h"
#include "error/error.h"
#include "uci/dialect.h"
#include "uci/pbx.h"

namespace sfteams::agent {

/// What the configuration says about UCI, in the words of the uci room.
[[nodiscard]] uci::Dialect dialect_for(const Configuration::Uci& configuration);

/// The PBX over HTTP.
class HttpPbx final : public PbxAccess {
 public:
  /// Fails as uci::Pbx::create() does. `network` outlives it.
  [[nodiscard]] static Result<std::unique_ptr<HttpPbx>> create(
      transport::Network& network, const Configuration::Uci& configuration);

  [[nodiscard]] Result<std::unique_ptr<PbxUser>> user(const std::string& name,
                                                      const crypto::Secret& password,
                                                      uci::Connection::Handlers handlers) override;

 private:
  explicit HttpPbx(std::unique_ptr<uci::Pbx> pbx) : pbx_(std::move(pbx)) {}
  std::unique_ptr<uci::Pbx> pbx_;
};

}  // namespace sfteams::agent

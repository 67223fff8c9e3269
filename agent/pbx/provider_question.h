#pragma once

#include <functional>
#include <memory>

#include "agent/pbx/settings.h"
#include "base/error/error.h"
#include "oauth/provider.h"
#include "oauth/token.h"
#include "transport/network.h"

namespace sfteams::agent {

/// The PBX is being asked who gives out tokens for it; destroyed, the answer does not come.
class ProviderQuestion {
 public:
  using Answer = std::function<void(const Result<oauth::Provider>&)>;
  virtual ~ProviderQuestion() = default;
  /// Names no user and no password, so it costs nothing. `answer` comes once, in a later turn, and
  /// may destroy the question; it brings what oauth::Issuer::find() does. Fails as
  /// transport::HttpClient::create() does.
  [[nodiscard]] static Result<std::unique_ptr<ProviderQuestion>> ask(
      transport::Network& network, const PbxSettings& settings,
      std::shared_ptr<const oauth::Client> client, Answer answer);
};

}  // namespace sfteams::agent

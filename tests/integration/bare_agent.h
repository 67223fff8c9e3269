#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "agent/sessions/sessions.h"
#include "agent/uplink/uplink.h"
#include "base/crypto/ed25519.h"
#include "base/error/error.h"
#include "transport/loop.h"
#include "transport/network.h"

namespace sfteams::integration {

/// An agent as far as the tunnel goes, with an identity of its own: hundreds of them fit into a test.
/// It has no system key, which is not needed to be registered.
class BareAgent {
 public:
  /// `url`: "wss://localhost:1234"; `loop` and `network` outlive this.
  BareAgent(transport::Loop& loop, transport::Network& network, const std::string& url,
            const std::filesystem::path& ca_file, const std::string& name);

  [[nodiscard]] bool registered() const {
    return uplink_.status().state == agent::Uplink::State::registered;
  }
  /// Whether the last thing that went wrong is this.
  [[nodiscard]] bool failed_with(const Code& code) const;
  /// How often this went wrong so far.
  [[nodiscard]] std::uint64_t failures(const Code& code) const {
    return uplink_.counts().failures.of(code.id);
  }
  /// As `list` shows it.
  [[nodiscard]] std::string identity() const;

 private:
  crypto::Ed25519Key identity_;
  agent::ActiveKeys keys_;
  agent::Sessions sessions_;
  agent::Uplink uplink_;
};

}  // namespace sfteams::integration

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/error/error.h"
#include "transport/network.h"
#include "transport/server.h"
#include "uci/event_callback.h"

namespace sfteams::uci {

/// The HTTP socket at which the PBX delivers events. On loopback where the PBX runs on the same
/// host. Elsewhere tokens come back through the network, in clear text unless there is TLS.
class CallbackListener {
 public:
  struct Place {
    std::string address = "127.0.0.1";  ///< numeric
    std::uint16_t port = 0;             ///< 0: any free one
    std::optional<transport::ServerTls> tls{};
  };
  /// As transport::ServerOptions::admit.
  using Admit = std::function<bool(const std::string& peer)>;

  /// Fails as transport::Server::listen(). `events` outlives it.
  [[nodiscard]] static Result<std::unique_ptr<CallbackListener>> listen(transport::Network& network,
                                                                        const Place& place,
                                                                        EventCallback& events,
                                                                        Admit admit = {});

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  /// As transport::Server::reload_certificate().
  [[nodiscard]] Result<void> reload_certificate() { return server_->reload_certificate(); }

 private:
  explicit CallbackListener(std::unique_ptr<transport::Server> server)
      : server_(std::move(server)) {}
  std::unique_ptr<transport::Server> server_;
};

}  // namespace sfteams::uci

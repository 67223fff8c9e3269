#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/error/error.h"
#include "transport/network.h"
#include "transport/server.h"
#include "uci/event_callback.h"

namespace sfteams::uci {

/// The HTTP socket at which the PBX delivers events. Loopback only: the PBX runs on the same host,
/// and tokens come back in clear text.
class CallbackListener {
 public:
  /// Port 0 takes any free one. Fails with uci.callback-not-loopback or transport.listen-failed.
  [[nodiscard]] static Result<std::unique_ptr<CallbackListener>> listen(transport::Network& network,
                                                                        const std::string& address,
                                                                        std::uint16_t port,
                                                                        EventCallback& events);

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }

 private:
  explicit CallbackListener(std::unique_ptr<transport::Server> server)
      : server_(std::move(server)) {}
  std::unique_ptr<transport::Server> server_;
};

}  // namespace sfteams::uci

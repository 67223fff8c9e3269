#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/uplink/settings.h"
#include "base/error/error.h"
#include "transport/websocket.h"

namespace sfteams::agent {

/// The websocket as the uplink uses it: transport::Websocket in the program, a script in a test.
class Wire {
 public:
  virtual ~Wire() = default;
  virtual void wake() = 0;
  virtual void start_keepalive(const transport::Keepalive& keepalive) = 0;
  virtual void close(transport::CloseStatus status, std::string_view reason) = 0;
  [[nodiscard]] virtual std::optional<std::chrono::microseconds> round_trip() const = 0;
};

/// Starts to connect; everything else as transport::dial().
using Dial = std::function<Result<std::unique_ptr<Wire>>(transport::WebsocketHandler& handler)>;

/// How the connector is dialled as an agent. `software`: name and version.
[[nodiscard]] transport::DialOptions dial_options(const UplinkSettings& connector,
                                                  std::string software);

/// Over the network. `options` and `network` as for transport::dial().
[[nodiscard]] Dial dial_by(transport::Network& network, transport::DialOptions options);

}  // namespace sfteams::agent

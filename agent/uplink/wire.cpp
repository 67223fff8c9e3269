#include "agent/uplink/wire.h"

#include <utility>

#include "tunnel/limits.h"

namespace sfteams::agent {
namespace {

class WebsocketWire final : public Wire {
 public:
  explicit WebsocketWire(std::unique_ptr<transport::Websocket> websocket)
      : websocket_(std::move(websocket)) {}

  void wake() override { websocket_->wake(); }
  void start_keepalive(const transport::Keepalive& keepalive) override {
    websocket_->start_keepalive(keepalive);
  }
  void close(transport::CloseStatus status, std::string_view reason) override {
    websocket_->close(status, reason);
  }
  [[nodiscard]] std::optional<std::chrono::microseconds> round_trip() const override {
    return websocket_->round_trip();
  }

 private:
  std::unique_ptr<transport::Websocket> websocket_;
};

}  // namespace

transport::DialOptions dial_options(const UplinkSettings& connector, std::string software) {
  transport::DialOptions dial;
  dial.url = connector.url;
  dial.url.path = tunnel::kAgentPath;
  dial.subprotocol = tunnel::kAgentSubprotocol;
  dial.ca_file = connector.ca_file;
  dial.timeout = connector.dial_timeout;
  dial.user_agent = std::move(software);
  dial.proxy = connector.proxy;
  return dial;
}

Dial dial_by(transport::Network& network, transport::DialOptions options) {
  return [&network, options = std::move(options)](
             transport::WebsocketHandler& handler) -> Result<std::unique_ptr<Wire>> {
    Result<std::unique_ptr<transport::Websocket>> websocket =
        transport::dial(network, options, handler);
    if (!websocket) return fail(websocket.error());
    return std::make_unique<WebsocketWire>(std::move(*websocket));
  };
}

}  // namespace sfteams::agent

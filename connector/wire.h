#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "transport/websocket.h"

namespace sfteams::connector {

/// What a link needs of the websocket under it; a test puts a fake in its place. Destroying it
/// drops the connection at once.
class Wire {
 public:
  virtual ~Wire() = default;
  virtual void wake() = 0;
  /// As Websocket::close(): what the link still has to send goes out first.
  virtual void close(transport::CloseStatus status, std::string_view reason) = 0;
  virtual void start_keepalive(const transport::Keepalive& keepalive) = 0;
};

class WebsocketWire final : public Wire {
 public:
  explicit WebsocketWire(std::unique_ptr<transport::Websocket> websocket)
      : websocket_(std::move(websocket)) {}

  void wake() override { websocket_->wake(); }
  void close(transport::CloseStatus status, std::string_view reason) override {
    websocket_->close(status, reason);
  }
  void start_keepalive(const transport::Keepalive& keepalive) override {
    websocket_->start_keepalive(keepalive);
  }

 private:
  std::unique_ptr<transport::Websocket> websocket_;
};

}  // namespace sfteams::connector

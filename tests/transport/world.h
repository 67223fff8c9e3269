#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "transport/loop.h"
#include "transport/network.h"
#include "transport/server.h"
#include "transport/websocket.h"

namespace sfteams::transport::test {

inline constexpr const char* kProtocol = "test.v1";

/// A loop and a network, turned until something has come true.
class World {
 public:
  World();

  [[nodiscard]] Network& network() { return *network_; }
  [[nodiscard]] Loop& loop() { return *loop_; }
  /// Turns the loop until `condition` holds, which is looked at again and again; fails the test
  /// after 20 s.
  void until(const std::function<bool()>& condition);
  /// Turns the loop a few times, for what must not happen.
  void few_turns();

 private:
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<Network> network_;
};

/// Writes down what happens to a websocket, sends what it is given and does what it is told.
class Recorder final : public WebsocketHandler {
 public:
  void on_open() override;
  void on_message(std::span<const std::uint8_t> message) override;
  std::size_t next_message(std::span<std::uint8_t> out) override;
  void on_close(const CloseInfo& info) override;

  void send(std::string message);

  std::unique_ptr<Websocket> websocket;
  bool opened = false;
  std::vector<std::string> messages;
  std::vector<std::string> to_send;  ///< first in, first out
  std::optional<CloseInfo> closed;
  std::function<void()> at_open;
  std::function<void()> at_message;
  std::function<void()> at_next;
  std::function<void()> at_close;
};

/// A server on a free port whose websockets at /ws go into `accepted`, each with a handler.
struct Accepting {
  std::unique_ptr<Server> server;
  std::vector<std::unique_ptr<Recorder>> accepted;
  std::function<void(Recorder&)> at_accept;

  [[nodiscard]] WebsocketRoute route();
  void listen(World& world, ServerOptions options = {});
  [[nodiscard]] std::uint16_t port() const { return server->port(); }
};

[[nodiscard]] DialOptions dial_options(const std::string& scheme, const std::string& host,
                                       std::uint16_t port);

void write_text(const std::filesystem::path& path, const std::string& text);

/// Starts a dial that has to start.
void dial(World& world, const DialOptions& options, Recorder& recorder);

}  // namespace sfteams::transport::test

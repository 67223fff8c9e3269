#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/connector/peers.h"
#include "tests/integration/child_process.h"
#include "transport/loop.h"
#include "transport/network.h"
#include "transport/websocket.h"

namespace sfteams::connector::test {

[[nodiscard]] std::filesystem::path connector_program();

/// The real program, on a free port of loopback, with a registry of its own.
class Running {
 public:
  /// `settings` is put behind "[listen] address = 127.0.0.1:0", so it may go on with keys of
  /// [listen]; the registry is there. With `start` false nothing runs yet.
  explicit Running(const std::string& settings = "", const std::string& registration = "open",
                   bool start = true);

  /// Waits until it listens.
  void start();
  /// SIGTERM, and up again on another port.
  void restart();
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] integration::ChildProcess& process() { return *process_; }
  /// The program once more, with the same configuration.
  [[nodiscard]] integration::Finished command(std::vector<std::string> arguments);
  [[nodiscard]] std::filesystem::path file(const char* name) const {
    return scratch_.path() / name;
  }
  /// Waits until the log has this text.
  [[nodiscard]] bool logged(std::string_view text);

 private:
  integration::ScratchDirectory scratch_;
  int commands_ = 0;
  std::uint16_t port_ = 0;
  std::unique_ptr<integration::ChildProcess> process_;
};

/// A socket that says exactly what it is told.
class RawSocket {
 public:
  /// `from`: the address of this end, one of 127.0.0.0/8.
  explicit RawSocket(std::uint16_t port, const char* from = "127.0.0.1");
  ~RawSocket();
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  void send(std::string_view bytes);
  /// Asks for the upgrade and takes the answer; `headers` are whole lines.
  [[nodiscard]] std::string upgrade(const std::string& path, const std::string& subprotocol,
                                    const std::string& headers = "");
  /// One frame of a websocket client; at most 65,535 bytes.
  void send_frame(std::uint8_t opcode, std::string_view payload);
  struct Frame {
    std::uint8_t opcode = 0;
    std::string payload;
  };
  /// The next frame of the server but for pings, which come at random moments; nullopt at the end
  /// of the connection.
  [[nodiscard]] std::optional<Frame> next_frame();
  /// The status of the server's close frame, after whatever comes before it; 0 without one.
  [[nodiscard]] unsigned close_status();
  /// Everything up to the end of the connection.
  [[nodiscard]] std::string rest();

 private:
  [[nodiscard]] std::string take(std::size_t bytes);
  [[nodiscard]] std::optional<Frame> any_frame();
  int descriptor_ = -1;
};

/// A loop of the test, for websockets that it dials.
class Dialler {
 public:
  Dialler();
  /// Runs the loop until `happened`; false when the patience is over.
  [[nodiscard]] bool until(const std::function<bool()>& happened);
  [[nodiscard]] transport::Network& network() { return *network_; }

 private:
  std::unique_ptr<transport::Loop> loop_;
  std::unique_ptr<transport::Network> network_;
};

/// A websocket to the connector that sends whole messages and keeps the frames that came.
class Dialled final : public transport::WebsocketHandler {
 public:
  Dialled(Dialler& dialler, const std::string& url, Peer::Path path,
          const std::optional<std::filesystem::path>& ca_file = std::nullopt);

  void send(Bytes message);
  /// Waits for the next frame of this type and drops those before it; fails the test without one.
  [[nodiscard]] Got expect(FrameType type);
  [[nodiscard]] bool wait_for_end();
  /// Takes the challenge and registers, or asks to be admitted.
  void register_as(const Pbx& pbx);
  void admit_to(const Pbx& pbx);
  [[nodiscard]] const std::optional<transport::CloseInfo>& end() const { return end_; }

 private:
  void on_open() override {}
  void on_message(std::span<const std::uint8_t> message) override;
  [[nodiscard]] std::size_t next_message(std::span<std::uint8_t> out) override;
  void on_close(const transport::CloseInfo& info) override { end_ = info; }
  [[nodiscard]] tunnel::Nonce challenge();

  Dialler& dialler_;
  std::vector<Bytes> to_send_;
  std::vector<Got> frames_;
  std::optional<transport::CloseInfo> end_;
  std::unique_ptr<transport::Websocket> websocket_;
};

}  // namespace sfteams::connector::test

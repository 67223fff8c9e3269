#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sfteams::transport::test {

/// A TCP connection to 127.0.0.1 that says whatever bytes it is given. It never blocks; looking at
/// it moves it on.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  /// Reads at most this many bytes before it stops reading for good: a peer that never reads.
  RawClient(std::uint16_t port, int receive_buffer);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(std::string_view bytes);
  /// Everything that has come so far.
  [[nodiscard]] const std::string& received();
  /// The other end has closed or reset the connection.
  [[nodiscard]] bool ended();
  /// The other end takes nothing any more.
  [[nodiscard]] bool broken() const { return broken_; }
  [[nodiscard]] int descriptor() const { return fd_; }
  void stop_reading() { reading_ = false; }

 private:
  void pump();

  int fd_ = -1;
  bool reading_ = true;
  bool ended_ = false;
  bool broken_ = false;
  std::string to_send_;
  std::string received_;
};

}  // namespace sfteams::transport::test

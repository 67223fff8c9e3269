#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sfteams::transport::test {

/// A proxy that really opens connections, on loopback and whatever the host was called; its answer
/// comes in the pieces it is given.
class ConnectProxy {
 public:
  explicit ConnectProxy(std::vector<std::string> answer = {"HTTP/1.1 200 OK\r\n", "\r\n"});
  ~ConnectProxy();
  ConnectProxy(const ConnectProxy&) = delete;
  ConnectProxy& operator=(const ConnectProxy&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// The heads of the requests so far.
  [[nodiscard]] std::vector<std::string> requests();

 private:
  void serve();
  void serve_one(int client);

  std::vector<std::string> answer_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> over_ = false;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace sfteams::transport::test

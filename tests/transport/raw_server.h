#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sfteams::transport {

/// One connection as a script sees it. It blocks, on a thread of its own.
class RawConnection {
 public:
  virtual ~RawConnection() = default;
  /// Up to the end of the body that Content-Length announces; empty when the peer has closed.
  [[nodiscard]] std::string read_request();
  /// False when the peer has gone.
  bool send(std::string_view bytes);
  /// Until the peer closes, or the server goes.
  void wait_for_close();
  /// 1 for the first connection to the server.
  int number = 0;

 protected:
  /// 0 or less: the peer has gone.
  [[nodiscard]] virtual long read_some(char* data, std::size_t size) = 0;
  [[nodiscard]] virtual long write_some(const char* data, std::size_t size) = 0;

 private:
  std::string held_;
};

/// A server that does to every connection what a script says, however wrong that is. The connection
/// ends when its script ends.
class RawServer {
 public:
  using Script = std::function<void(RawConnection&)>;

  struct Tls {
    std::string certificate_pem;
    std::string key_pem;
    int only_version = 0;  ///< TLS1_1_VERSION and the like; 0: what OpenSSL offers
  };

  explicit RawServer(Script script);
  RawServer(Script script, const Tls& tls);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  struct TlsContext;

  void listen();
  void serve();
  void serve_one(int socket, int number);

  Script script_;
  std::shared_ptr<TlsContext> tls_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  bool closed_ = false;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// "HTTP/1.1 200 OK" with a body of that type.
[[nodiscard]] std::string http_reply(int status, std::string_view type, std::string_view body);

}  // namespace sfteams::transport

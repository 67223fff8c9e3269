#pragma once

// Only for the .cpp files of this room: libuv stays behind the public headers.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/error/error.h"
#include "transport/loop.h"

namespace sfteams::transport {

/// A listening TCP socket of our own. libwebsockets would listen too, but tells nobody why it
/// cannot, and turns in circles when the process is out of file descriptors.
class Listener {
 public:
  /// Gets the descriptor of each connection, non-blocking and to be closed by it, and the peer's
  /// address.
  using Accept = std::function<void(int fd, std::string peer)>;

  /// `address` is numeric, "::" means both families. Fails with transport.listen-failed.
  [[nodiscard]] static Result<std::unique_ptr<Listener>> open(Loop& loop,
                                                              const std::string& address,
                                                              std::uint16_t port, Accept accept);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Connections that were closed because they had waited too long, since the start.
  [[nodiscard]] std::uint64_t late() const { return dropped_; }

 private:
  struct Watcher;

  Listener(Loop& loop, Accept accept) : loop_(loop), accept_(std::move(accept)) {}
  [[nodiscard]] Result<void> watch(int fd);
  void accept_some();
  void pause(int problem);
  void on_queue_empty();
  void drop(int fd);

  Loop& loop_;
  Accept accept_;
  int fd_ = -1;
  std::uint16_t port_ = 0;
  Watcher* watcher_ = nullptr;  ///< frees itself when libuv is through with it
  std::unique_ptr<Timer> pause_;
  std::optional<TimePoint> full_since_;  ///< nothing could be accepted, for want of descriptors
  std::uint64_t waited_ = 0;             ///< accepted since then
  bool crowded_ = false;                 ///< the queue was not empty when others had their turn
  std::uint64_t dropped_ = 0;
  std::optional<TimePoint> told_late_;
};

}  // namespace sfteams::transport

#pragma once

// Only for the .cpp files of this room: libuv's types stay behind loop.h.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <uv.h>

#include "base/files/descriptor.h"
#include "transport/loop.h"
#include "transport/proxy_handshake.h"

namespace sfteams::transport {

/// A connection to a proxy, until the proxy has opened one to where we want to go. Destroying it
/// breaks it off.
///
/// libwebsockets has a proxy client of its own, but takes whatever the first read brings for the
/// whole answer, knows no status but 200 and gives no reason.
class ProxyConnection {
 public:
  struct Events {
    std::function<void()> connected;                ///< TCP to the proxy stands
    std::function<void(files::Descriptor)> opened;  ///< the way is open; the socket does not block
    /// Nothing: there was no TCP connection. The last call, like opened().
    std::function<void(std::optional<Error>)> failed;
  };

  /// `address`: numeric, of the proxy. The events come in later turns.
  ProxyConnection(Loop& loop, const std::string& address, const Proxy& proxy,
                  ProxyHandshake handshake, Events events);
  ~ProxyConnection();
  ProxyConnection(const ProxyConnection&) = delete;
  ProxyConnection& operator=(const ProxyConnection&) = delete;

 private:
  enum class Stage { connecting, asking, waiting };

  [[nodiscard]] bool start(const std::string& address, std::uint16_t port);
  void watch(int events);
  void unwatch();
  void on_ready();
  void on_connected();
  void ask();
  void hear();
  void end(std::optional<Error> error);

  Loop& loop_;
  ProxyHandshake handshake_;
  Events events_;
  files::Descriptor socket_;
  uv_poll_t* poll_ = nullptr;  ///< frees itself when libuv has let go of it
  std::unique_ptr<Timer> soon_;
  Stage stage_ = Stage::connecting;
  std::size_t sent_ = 0;
};

}  // namespace sfteams::transport

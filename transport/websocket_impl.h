#pragma once

// Only for the .cpp files of this room: libwebsockets stays behind the public headers.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "transport/dial.h"
#include "transport/network_impl.h"
#include "transport/websocket.h"
#include "transport/websocket_channel.h"

namespace sfteams::transport {

/// What a Websocket is made of: a Dial until it is open (or nothing, for an accepted one), then a
/// channel, which belongs to the Link, then neither.
struct Websocket::Impl {
  explicit Impl(Network::Impl& the_network) : network(the_network) {}
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Network::Impl& network;
  WebsocketHandler* handler = nullptr;
  std::unique_ptr<Dial> dial;
  WebsocketChannel* channel = nullptr;
  std::optional<Keepalive> keepalive;  ///< asked for before it was open
  std::unique_ptr<Timer> farewell;     ///< close() before it was open
  std::string peer_address;
  std::optional<std::chrono::microseconds> round_trip;
  /// Of the request of an accepted websocket, by lower-case name.
  std::vector<std::pair<std::string, std::string>> headers;
};

}  // namespace sfteams::transport

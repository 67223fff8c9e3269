#pragma once

// Only for the .cpp files of this room: libwebsockets stays behind the public headers.

#include <array>

#include <libwebsockets.h>

namespace sfteams::transport {

/// The table of protocols that every vhost gets: the one that dialled connections are bound to.
class Subprotocols {
 public:
  /// Of the name of a websocket's subprotocol.
  static constexpr std::size_t kMaxNameBytes = 63;
  static constexpr const char* kDialled = "sfteams-dialled";

  Subprotocols();

  [[nodiscard]] const lws_protocols* table() const { return table_.data(); }

 private:
  /// The last one stays empty: it ends the table.
  std::array<lws_protocols, 2> table_{};
};

}  // namespace sfteams::transport

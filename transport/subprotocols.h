#pragma once

// Only for the .cpp files of this room: libwebsockets stays behind the public headers.

#include <array>
#include <string>
#include <string_view>

#include <libwebsockets.h>

namespace sfteams::transport {

/// The table of protocols that every vhost gets. libwebsockets copies it when a vhost is made, but
/// only the pointers to the names; so the names of subprotocols that a later Server brings are
/// written into places that are there from the beginning. (One table for all, because libwebsockets
/// moves a connection to the first vhost of the same port number once it has read a Host header;
/// see docs/transport.md.)
class Subprotocols {
 public:
  static constexpr std::size_t kMaxNames = 16;
  static constexpr std::size_t kMaxNameBytes = 63;
  /// What dialled connections are bound to.
  static constexpr const char* kDialled = "sfteams-dialled";

  Subprotocols();

  /// True when the name is in the table from now on; false when the table is full or the name too
  /// long or empty.
  [[nodiscard]] bool add(std::string_view name);
  [[nodiscard]] const lws_protocols* table() const { return table_.data(); }

 private:
  using Name = std::array<char, kMaxNameBytes + 1>;
  std::array<Name, kMaxNames> names_{};
  std::size_t used_ = 0;
  std::array<lws_protocols, 2 + kMaxNames + 1> table_{};
};

}  // namespace sfteams::transport

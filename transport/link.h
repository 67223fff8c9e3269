#pragma once

// Only for the .cpp files of this room: libwebsockets stays behind the public headers.

#include <cstddef>

#include <libwebsockets.h>

namespace sfteams::transport {

/// Our side of one libwebsockets connection (a "wsi"). It belongs to Network::Impl and lives from
/// before the wsi is made until libwebsockets has said that it is gone.
class Link {
 public:
  Link() = default;
  virtual ~Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  /// What libwebsockets has to say about the connection, in its own terms. Returns 0 to go on, -1
  /// to have it closed.
  virtual int on_event(lws_callback_reasons reason, void* in, std::size_t length) = 0;

  [[nodiscard]] lws* wsi() const { return wsi_; }
  void set_wsi(lws* wsi) { wsi_ = wsi; }

 private:
  lws* wsi_ = nullptr;
};

}  // namespace sfteams::transport

#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "transport/http_head.h"
#include "transport/server.h"

namespace sfteams::transport {

/// The head of a request, looked through.
struct RequestHead {
  HttpRequest request;         ///< everything but the body
  std::size_t body_bytes = 0;  ///< that are to come
  bool chunked = false;   ///< the body comes in chunks instead, and is not shorter than 0 bytes
  int minor_version = 1;  ///< of HTTP/1.x
  bool keep_alive = false;
  bool wants_continue = false;  ///< "Expect: 100-continue"
  /// What to answer instead of handling it; then the connection ends.
  std::optional<HttpResponse> refusal;

  [[nodiscard]] bool has_body() const { return chunked || body_bytes > 0; }
};

/// Refuses what could be understood in two ways (RFC 9112 section 6.3): the length of a body has to
/// be said once, in digits. A transfer coding is taken only where `options` allow it, alone and as
/// "chunked".
[[nodiscard]] RequestHead look_through(HttpHead head, const ServerOptions& options);

/// Whether a request asks for a websocket; every other upgrade is ignored (RFC 9110 section 7.8).
[[nodiscard]] bool wants_websocket(const HttpHead& head);

/// The websocket that a request asks for, when it is one that is spoken here; else the refusal.
struct UpgradeHead {
  const WebsocketRoute* route = nullptr;
  std::optional<HttpResponse> refusal;
};
[[nodiscard]] UpgradeHead read_upgrade(const HttpHead& head, const ServerOptions& options);

/// What opens the websocket (RFC 6455 section 4.2.2).
[[nodiscard]] std::string upgrade_answer(const HttpHead& head, const WebsocketRoute& route);

/// "text/plain" with the words for the status.
[[nodiscard]] HttpResponse plain_response(int status);

/// The response as it goes over the wire, but for a shared body. Headers that would break it are
/// left out.
[[nodiscard]] std::string to_wire(const HttpResponse& response, const RequestHead& asked,
                                  bool keep_alive);

}  // namespace sfteams::transport

#pragma once

// Only for the .cpp files of this room: libwebsockets stays behind the public headers.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <libwebsockets.h>

#include "transport/server.h"

namespace sfteams::transport {

/// The head of a request, looked through.
struct RequestHead {
  HttpRequest request;         ///< everything but the body
  std::size_t body_bytes = 0;  ///< that are to come
  bool has_body = false;       ///< libwebsockets will say when it is complete, also if it is empty
  bool keep_alive = false;
  bool wants_continue = false;  ///< "Expect: 100-continue"
  std::optional<HttpResponse>
      refusal;  ///< what to answer instead of handling it; then the connection ends
};

/// Reads what libwebsockets has parsed and refuses what could be understood in two ways (RFC 9112
/// section 6.3): the length of a body has to be said once, in digits, and there is no transfer
/// coding.
[[nodiscard]] RequestHead read_head(lws* wsi, std::string_view path, const ServerOptions& options);

/// The upgrade that a request asks for, when it is one that is spoken here; else the refusal.
struct UpgradeHead {
  const WebsocketRoute* route = nullptr;
  std::optional<HttpResponse> refusal;
};
[[nodiscard]] UpgradeHead read_upgrade(lws* wsi, const ServerOptions& options);

/// "text/plain" with the words for the status.
[[nodiscard]] HttpResponse plain_response(int status);

/// The response as it goes over the wire, after kPre bytes of room. Headers that would break it are
/// left out.
[[nodiscard]] std::string to_wire(const HttpResponse& response, bool head_only, bool keep_alive);

}  // namespace sfteams::transport

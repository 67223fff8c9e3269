#pragma once

namespace sfteams::transport {

/// Sends what libwebsockets has to say to our log. Its level "info" is never switched on: it prints
/// whole URIs, and in those stand tokens.
void route_lws_log();

}  // namespace sfteams::transport

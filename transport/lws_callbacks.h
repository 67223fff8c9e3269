#pragma once

// Only for the .cpp files of this room: libwebsockets stays behind the public headers.

#include <libwebsockets.h>

namespace sfteams::transport {

/// Where every call of libwebsockets comes in; hands it to the Link that it concerns.
int on_lws_event(lws* wsi, lws_callback_reasons reason, void* user, void* in, size_t length);

}  // namespace sfteams::transport

#pragma once

// Only for the .cpp files of this room: libwebsockets stays behind the public headers.

#include <string>

#include <libwebsockets.h>

namespace sfteams::transport {

/// A header of the answer to a dial that libwebsockets has just read; empty when it did not come.
/// Several of one name are joined with ','.
[[nodiscard]] std::string answer_header(lws* wsi, lws_token_indexes token);

}  // namespace sfteams::transport

#pragma once

// Only for the .cpp files of this room: libwebsockets stays behind the public headers.

#include <string>
#include <string_view>

#include <libwebsockets.h>

namespace sfteams::transport {

/// A header of the request (or, of a dialled connection, of the answer) that libwebsockets has just
/// read; empty when it did not come. Several of one name are joined with ','.
[[nodiscard]] std::string request_header(lws* wsi, lws_token_indexes token);

/// The same by lower-case name.
[[nodiscard]] std::string request_header(lws* wsi, std::string_view name);

/// What stood after '?' in the request, encoded anew: libwebsockets has decoded it already,
/// parameter by parameter.
[[nodiscard]] std::string request_query(lws* wsi);

}  // namespace sfteams::transport

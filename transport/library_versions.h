#pragma once

#include <string>

namespace sfteams::transport {

/// "libwebsockets 4.1.6, libcurl 7.88.1, OpenSSL 3.0.17, libuv 1.44.2", as they run.
[[nodiscard]] std::string library_versions();

}  // namespace sfteams::transport

#include "transport/library_versions.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <libwebsockets.h>
#include <openssl/crypto.h>
#include <uv.h>

namespace sfteams::transport {

std::string library_versions() {
  return fmt::format("libwebsockets {}, libcurl {}, {}, libuv {}", lws_get_library_version(),
                     ::curl_version_info(CURLVERSION_NOW)->version,
                     OpenSSL_version(OPENSSL_VERSION), uv_version_string());
}

}  // namespace sfteams::transport

#pragma once

#include <string_view>

namespace sfteams::simulator {

/// One HTTP request beside /xml-rpc.
struct WebRequest {
  std::string_view method;
  std::string_view path;
  std::string_view content_type;
  std::string_view authorization;
  std::string_view host;  ///< the Host header
  std::string_view body;
  std::string_view address;      ///< of the client
  bool secure = false;           ///< came over TLS
  std::string_view query;        ///< as it came, without '?'
  std::string_view auth_token;   ///< the header authToken
  std::string_view api_version;  ///< the header X-Version
};

}  // namespace sfteams::simulator

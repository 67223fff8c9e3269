#pragma once

#include <string>

namespace sfteams::integration {

struct HttpAnswer {
  long status = 0;  ///< 0: no answer
  std::string body;
};

/// A blocking GET (empty `body`) or POST on loopback; `ca_file` for https, may be empty.
[[nodiscard]] HttpAnswer http(const std::string& url, const std::string& body = {},
                              const std::string& ca_file = {});

}  // namespace sfteams::integration

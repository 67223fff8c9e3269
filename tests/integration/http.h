#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace sfteams::integration {

struct HttpAnswer {
  long status = 0;  ///< 0: no answer
  std::string body;
  std::string head;  ///< status line and headers
  std::string why;   ///< there was no answer, or not a whole one
};

/// A blocking GET (empty `body`) or POST on loopback; `ca_file` for https, may be
/// empty. `headers`: "Name: value", beside curl's own. `method`: instead of GET or POST. A websocket that is opened is closed again,
/// and `head` alone says that it was.
[[nodiscard]] HttpAnswer http(const std::string& url, const std::string& body = {},
                              const std::string& ca_file = {},
                              const std::vector<std::string>& headers = {},
                              const std::string& method = {},
                              std::chrono::milliseconds patience = std::chrono::seconds(10));

}  // namespace sfteams::integration

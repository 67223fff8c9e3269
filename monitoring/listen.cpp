#include "monitoring/listen.h"

#include <string>

#include "transport/url.h"

namespace sfteams::monitoring {

std::optional<Listen> take_listen(settings::Reader& reader) {
  const std::string text = reader.text("watch", "listen", "");
  if (text.empty()) return std::nullopt;
  const auto wrong = [&reader](const char* reason, const char* hint) {
    reader.reject("watch", "listen", reason, hint);
    return std::nullopt;
  };
  std::optional<Listen> listen = Listen::parse(text);
  if (!listen) {
    return wrong("it has to be a loopback address and a port",
                 "write 127.0.0.1:9781 or [::1]:9781; port 0 means any free one");
  }
  if (!transport::is_loopback(listen->address)) {
    return wrong("whoever can connect may read it, so it is offered on a loopback address only",
                 "write 127.0.0.1:9781, and let a monitoring agent on this host fetch it "
                 "(docs/monitoring.md)");
  }
  return listen;
}

}  // namespace sfteams::monitoring

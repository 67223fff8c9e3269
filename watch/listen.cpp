#include "watch/listen.h"

#include <charconv>
#include <string_view>
#include <system_error>

#include "transport/url.h"

namespace sfteams::watch {

std::optional<Listen> take_listen(settings::Reader& reader) {
  const std::string text = reader.text("watch", "listen", "");
  if (text.empty()) return std::nullopt;
  const auto wrong = [&reader](const char* reason, const char* hint) {
    reader.reject("watch", "listen", reason, hint);
    return std::nullopt;
  };
  const std::size_t colon = text.rfind(':');
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const char* const digits = colon == std::string::npos ? end : text.data() + colon + 1;
  const auto [rest, error] = std::from_chars(digits, end, port);
  std::string_view host = std::string_view(text).substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const bool v6 = host.find(':') != std::string_view::npos;
  if (error != std::errc() || rest != end || host.empty() || bracketed != v6) {
    return wrong("it has to be an address and a port", "write 127.0.0.1:9781 or [::1]:9781");
  }
  if (!transport::is_loopback(host) || host == "localhost") {
    return wrong("whoever can connect may read it, so it is offered on a loopback address only",
                 "write 127.0.0.1:9781, and let a monitoring agent on this host fetch it "
                 "(docs/monitoring.md)");
  }
  return Listen{std::string(host), port};
}

}  // namespace sfteams::watch

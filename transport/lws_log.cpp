#include "transport/lws_log.h"

#include <string_view>

#include <libwebsockets.h>

#include "base/log/log.h"

namespace sfteams::transport {
namespace {

/// "[2026/11/23 10:00:00:1234] E: what it says\n" → "what it says"
std::string_view without_decoration(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == ' '))
    line.remove_suffix(1);
  if (const auto stamp = line.find("] "); line.starts_with('[') && stamp != line.npos) {
    line.remove_prefix(stamp + 2);
  }
  if (line.size() > 3 && line[1] == ':') line.remove_prefix(3);
  return line;
}

// Everything goes to debug, its errors too: most of them are what a peer did wrong, so whoever can
// reach the port could fill the log. What concerns us comes back as an Error of our own.
void emit(int /*level*/, const char* line) {
  log::write(log::Level::debug, "lws", without_decoration(line));
}

}  // namespace

void route_lws_log() {
  lws_set_log_level(LLL_ERR | LLL_WARN | LLL_NOTICE, [](int level, const char* line) {
    if (log::enabled(log::Level::debug)) emit(level, line);
  });
}

}  // namespace sfteams::transport

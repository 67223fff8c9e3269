#include "base/log/limiter.h"

#include <utility>

namespace sfteams::log {

std::optional<std::uint64_t> Limiter::admit(const void* place, Time now) {
  Place& known = places_[place];
  if (known.written == 0 || now - known.begin >= kWindow) {
    known.begin = now;
    known.written = 0;
  }
  if (known.written == kBurst) {
    ++known.left_out;
    return std::nullopt;
  }
  ++known.written;
  return std::exchange(known.left_out, 0);
}

}  // namespace sfteams::log

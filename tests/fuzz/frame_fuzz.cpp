// Any bytes as a websocket message: what is read as frames is exactly what stands there.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "tunnel/frame.h"
#include "tunnel/limits.h"

namespace tunnel = sfteams::tunnel;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> message(data, size);
  std::array<std::uint8_t, tunnel::kMaxWebsocketMessage> copy{};
  tunnel::FrameWriter writer(copy);
  tunnel::FrameReader reader(message);
  for (;;) {
    const auto frame = reader.next();
    if (!frame || !*frame) break;
    if (!writer.write((*frame)->type, (*frame)->stream, (*frame)->payload)) std::abort();
  }
  if (!std::equal(copy.begin(), copy.begin() + static_cast<std::ptrdiff_t>(writer.size()), data)) {
    std::abort();
  }
  return 0;
}

// Any bytes laid over genuine Noise messages: unless they change nothing, nobody takes them.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "tunnel/limits.h"
#include "tunnel/noise.h"

namespace {

namespace tunnel = sfteams::tunnel;
using sfteams::crypto::X25519Key;
using tunnel::NoiseHandshake;
using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kText = 40;

NoiseHandshake start(NoiseHandshake::Role role, std::uint8_t seed) {
  auto key = X25519Key::from_private(Bytes(32, seed));
  if (!key) std::abort();
  auto handshake = NoiseHandshake::start(role, Bytes(32, 1), Bytes{'x'}, std::move(*key));
  if (!handshake) std::abort();
  return std::move(*handshake);
}

// `message` with the input laid over it; true when that changed it.
bool disturb(Bytes& message, std::span<const std::uint8_t> input) {
  const Bytes before = message;
  for (std::size_t i = 0; i < std::min(message.size(), input.size()); ++i)
    message[i] ^= input[i];
  return message != before;
}

/// Curve points are taken with their highest bit ignored (RFC 7748 section 5), but the bytes are
/// hashed as they came: the tag finds it.
void require_refused(bool taken, bool changed) {
  if (taken == changed) std::abort();
}

void disturb_transport(NoiseHandshake& client, NoiseHandshake& agent,
                       std::span<const std::uint8_t> input) {
  tunnel::NoiseTransport from = client.split();
  tunnel::NoiseTransport to = agent.split();
  Bytes packet(kText + tunnel::kNoiseTag);
  if (!from.send.seal(Bytes(kText, 7), packet)) std::abort();
  const bool changed = disturb(packet, input);
  Bytes plaintext(kText);
  require_refused(to.receive.open(packet, plaintext).has_value(), changed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::span<const std::uint8_t> input(data + 1, size - 1);
  NoiseHandshake client = start(NoiseHandshake::Role::initiator, 2);
  NoiseHandshake agent = start(NoiseHandshake::Role::responder, 3);
  Bytes first(tunnel::kHandshakePacket);
  if (!client.write_message({}, first)) std::abort();
  switch (data[0] % 4) {
    case 0: {
      // Not laid over, but in its place.
      Bytes room(input.size());
      if (agent.read_message(input, room) &&
          !std::equal(input.begin(), input.end(), first.begin(), first.end())) {
        std::abort();
      }
      return 0;
    }
    case 1: {
      const bool changed = disturb(first, input);
      require_refused(agent.read_message(first, {}).has_value(), changed);
      return 0;
    }
    default:
      break;
  }
  Bytes second(tunnel::kHandshakePacket);
  if (!agent.read_message(first, {}) || !agent.write_message({}, second)) std::abort();
  const bool changed = data[0] % 4 == 2 && disturb(second, input);
  require_refused(client.read_message(second, {}).has_value(), changed);
  if (!changed) disturb_transport(client, agent, input);
  return 0;
}

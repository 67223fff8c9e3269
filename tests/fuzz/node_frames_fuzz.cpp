// Any bytes as frames and payloads of a node: what is taken is the beginning of what would be
// written, and nobody proves a key that they do not have.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

#include "connector/cluster/node_frames.h"
#include "connector/cluster/node_proof.h"
#include "tunnel/frame.h"

namespace {

namespace connector = sfteams::connector;
namespace tunnel = sfteams::tunnel;

void begins_with(tunnel::ByteView payload, const tunnel::Bytes& encoded) {
  if (encoded.size() > payload.size() ||
      !std::equal(encoded.begin(), encoded.end(), payload.begin())) {
    std::abort();
  }
}

void decode_all(tunnel::ByteView payload) {
  if (const auto hello = connector::decode_node_hello(payload))
    begins_with(payload, connector::encode_node_hello(*hello));
  if (const auto welcome = connector::decode_node_welcome(payload))
    begins_with(payload, connector::encode_node_welcome(*welcome));
  if (const auto enter = connector::decode_enter(payload))
    begins_with(payload, connector::encode_enter(*enter));
  (void)connector::decode_turned_away(payload);
}

const connector::ClusterKeys& fuzz_keys() {
  static const connector::ClusterKeys keys = [] {
    const std::string digits(2 * connector::ClusterKeys::kSize, '5');
    auto parsed =
        connector::ClusterKeys::parse("log-secret = " + digits + "\nkey = " + digits, "fuzz");
    if (!parsed) std::abort();
    return std::move(*parsed);
  }();
  return keys;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const tunnel::ByteView input(data, size);
  decode_all(input);
  const tunnel::Nonce nonce{1};
  if (connector::verify_node_hello(fuzz_keys(), input, nonce)) std::abort();
  if (connector::verify_node_welcome(fuzz_keys(), {"fuzz", {}, ""}, input, nonce, nonce))
    std::abort();
  tunnel::FrameReader reader(input, tunnel::Speaker::node);
  for (;;) {
    const auto frame = reader.next();
    if (!frame || !*frame) break;
    decode_all((*frame)->payload);
  }
  return 0;
}

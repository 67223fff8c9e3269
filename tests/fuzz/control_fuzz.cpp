// Any bytes as the payload of each control frame: what is taken is what would be written.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "tunnel/control.h"

namespace {

namespace tunnel = sfteams::tunnel;

template <typename Encoded>
void same(const Encoded& encoded, tunnel::ByteView payload) {
  if (!std::equal(encoded.begin(), encoded.end(), payload.begin(), payload.end())) std::abort();
}

void decode_all(tunnel::ByteView payload) {
  if (const auto nonce = tunnel::decode_challenge(payload)) {
    same(tunnel::encode_challenge(*nonce), payload);
  }
  if (const auto registered = tunnel::decode_registered(payload)) {
    same(tunnel::encode_registered(registered->max_streams, registered->features), payload);
  }
  if (const auto numbered = tunnel::decode_numbered_keys(payload)) {
    same(tunnel::encode_numbered_keys(numbered->number, numbered->keys), payload);
  }
  if (const auto number = tunnel::decode_keys_taken(payload)) {
    same(tunnel::encode_keys_taken(*number), payload);
  }
  if (const auto keys = tunnel::decode_keys(payload)) same(tunnel::encode_keys(*keys), payload);
  if (const auto id = tunnel::decode_open(payload)) same(tunnel::encode_open(*id), payload);
  if (const auto credit = tunnel::decode_window(payload)) {
    same(tunnel::encode_window(*credit), payload);
  }
  // A reason may be made printable, so it is the second reading that has to be the same.
  if (const auto refusal = tunnel::decode_refused(payload)) {
    const tunnel::Bytes again = tunnel::encode_refused(*refusal);
    const auto second = tunnel::decode_refused(again);
    if (!second || second->reason != refusal->reason || again.size() != payload.size()) {
      std::abort();
    }
  }
  if (const auto close = tunnel::decode_close(payload)) {
    const auto second = tunnel::decode_close(tunnel::encode_close(close->code, close->reason));
    if (!second || second->code != close->code || second->reason != close->reason) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const tunnel::ByteView payload(data, size);
  decode_all(payload);
  // Nobody has signed these bytes with a key whose public half they do not hold.
  const tunnel::Nonce nonce{};
  (void)tunnel::verify_register(payload, nonce);
  if (tunnel::decode_admit(payload) && tunnel::verify_admit(payload, nonce, {})) std::abort();
  return 0;
}

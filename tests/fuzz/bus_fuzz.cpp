// Any bytes as a message on the bus between nodes: dropped, or parsed; its payload as each kind has it,
// and what was read is packed the same. The seals are not proved, so that payloads are reached.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>

#include "connector/cluster/messages.h"
#include "connector/cluster/word.h"

namespace connector = sfteams::connector;

namespace {

/// `read` took the front of `payload`.
template <typename Read>
void check_same(const std::optional<Read>& read, std::span<const std::uint8_t> payload) {
  if (!read) return;
  const auto packed = connector::pack(*read);
  if (packed.size() > payload.size() || !std::equal(packed.begin(), packed.end(), payload.begin()))
    std::abort();
}

void check_payload(std::span<const std::uint8_t> payload) {
  const auto claim = connector::read_claim(payload);
  if (claim && (claim->epoch == 0 || claim->epoch >= connector::kEpochEnd)) std::abort();
  check_same(claim, payload);
  check_same(connector::read_held(payload), payload);
  check_same(connector::read_place(payload), payload);
  check_same(connector::read_beat(payload), payload);
  if (connector::read_throttled(payload).has_value() != (payload.size() >= 16)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> bytes(data, size);
  check_payload(bytes);
  const auto word = connector::parse_word(bytes);
  if (!word) return 0;
  if (!connector::is_node_id(word->node) || word->counter == 0 ||
      word->payload.size() > connector::Word::kMostPayload)
    std::abort();
  check_payload(word->payload);
  return 0;
}

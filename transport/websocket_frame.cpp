#include "transport/websocket_frame.h"

#include <cassert>
#include <cstring>

#include "base/crypto/random.h"

namespace sfteams::transport {
namespace {

constexpr std::uint8_t kFinal = 0x80;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::size_t kShort = 125;
constexpr std::uint8_t kLengthInTwoBytes = 126;

/// Writes the header without the masking key so that it ends at `end`; returns where it begins.
std::uint8_t* write_header(Opcode opcode, std::uint8_t* end, std::size_t length,
                           std::uint8_t masked) {
  assert(length <= 0xffff);
  const auto first = static_cast<std::uint8_t>(kFinal | static_cast<std::uint8_t>(opcode));
  if (length <= kShort) {
    std::uint8_t* start = end - 2;
    start[0] = first;
    start[1] = static_cast<std::uint8_t>(masked | length);
    return start;
  }
  std::uint8_t* start = end - 4;
  start[0] = first;
  start[1] = static_cast<std::uint8_t>(masked | kLengthInTwoBytes);
  start[2] = static_cast<std::uint8_t>(length >> 8);
  start[3] = static_cast<std::uint8_t>(length & 0xff);
  return start;
}

}  // namespace

// Eight bytes at once; one by one it takes longer than encrypting them.
void apply_mask(std::span<std::uint8_t> data, const MaskingKey& key) {
  std::array<std::uint8_t, 8> twice{};
  std::memcpy(twice.data(), key.data(), key.size());
  std::memcpy(twice.data() + key.size(), key.data(), key.size());
  std::uint64_t wide = 0;
  std::memcpy(&wide, twice.data(), sizeof wide);
  std::size_t i = 0;
  for (; i + sizeof wide <= data.size(); i += sizeof wide) {
    std::uint64_t block = 0;
    std::memcpy(&block, data.data() + i, sizeof block);
    block ^= wide;
    std::memcpy(data.data() + i, &block, sizeof block);
  }
  for (; i < data.size(); ++i)
    data[i] ^= key[i % key.size()];
}

std::span<std::uint8_t> frame_in_place(Opcode opcode, std::uint8_t* payload, std::size_t length) {
  std::uint8_t* start = write_header(opcode, payload, length, 0);
  return {start, static_cast<std::size_t>(payload - start) + length};
}

std::span<std::uint8_t> frame_in_place(Opcode opcode, std::uint8_t* payload, std::size_t length,
                                       const MaskingKey& key) {
  std::uint8_t* key_at = payload - key.size();
  std::memcpy(key_at, key.data(), key.size());
  apply_mask({payload, length}, key);
  std::uint8_t* start = write_header(opcode, key_at, length, kMasked);
  return {start, static_cast<std::size_t>(payload - start) + length};
}

MaskingKey MaskingKeys::next() {
  if (used_ == bytes_.size()) {
    // Where this can fail no TLS connection comes about either; without TLS the keys protect
    // nobody.
    static_cast<void>(crypto::fill_random(bytes_));
    used_ = 0;
  }
  MaskingKey key{};
  std::memcpy(key.data(), bytes_.data() + used_, key.size());
  used_ += key.size();
  return key;
}

}  // namespace sfteams::transport

#include "transport/websocket_frame.h"

#include <algorithm>
#include <vector>

#include <catch2/catch.hpp>

namespace sfteams::transport {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes framed(Opcode opcode, const Bytes& payload, const MaskingKey* key = nullptr) {
  Bytes buffer(kFrameRoom);
  buffer.insert(buffer.end(), payload.begin(), payload.end());
  std::uint8_t* start = buffer.data() + kFrameRoom;
  const auto frame = key == nullptr ? frame_in_place(opcode, start, payload.size())
                                    : frame_in_place(opcode, start, payload.size(), *key);
  return {frame.begin(), frame.end()};
}

}  // namespace

TEST_CASE("a short message is framed as in RFC 6455 section 5.7", "[transport][frame]") {
  const Bytes hello{'H', 'e', 'l', 'l', 'o'};
  CHECK(framed(Opcode::binary, hello) == Bytes{0x82, 0x05, 'H', 'e', 'l', 'l', 'o'});
  const MaskingKey key{0x37, 0xfa, 0x21, 0x3d};
  CHECK(framed(Opcode::ping, hello, &key) ==
        Bytes{0x89, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58});
}

TEST_CASE("the length takes two bytes more from 126 bytes on", "[transport][frame]") {
  CHECK(framed(Opcode::binary, Bytes(125)).size() == 2 + 125);
  const Bytes longer = framed(Opcode::binary, Bytes(126));
  CHECK(longer.size() == 4 + 126);
  CHECK(Bytes(longer.begin(), longer.begin() + 4) == Bytes{0x82, 126, 0, 126});
  const Bytes longest = framed(Opcode::binary, Bytes(0xffff));
  CHECK(Bytes(longest.begin(), longest.begin() + 4) == Bytes{0x82, 126, 0xff, 0xff});
}

TEST_CASE("masking twice gives the message back, whatever its length", "[transport][frame]") {
  const MaskingKey key{1, 2, 3, 4};
  for (std::size_t length = 0; length < 40; ++length) {
    Bytes payload;
    for (std::size_t i = 0; i < length; ++i)
      payload.push_back(static_cast<std::uint8_t>(200 + i));
    Bytes frame = framed(Opcode::binary, payload, &key);
    REQUIRE(frame.size() == 6 + length);
    for (std::size_t i = 0; i < length; ++i)
      frame[6 + i] ^= key[i % 4];
    CHECK(Bytes(frame.begin() + 6, frame.end()) == payload);
  }
}

TEST_CASE("masking keys differ from one another, also when new ones are fetched",
          "[transport][frame]") {
  MaskingKeys keys;
  std::vector<MaskingKey> seen;
  for (int i = 0; i < 600; ++i)
    seen.push_back(keys.next());
  std::sort(seen.begin(), seen.end());
  // Of 600 out of 2^32 two are the same once in 24,000 runs; ten never are.
  const auto end = std::unique(seen.begin(), seen.end());
  CHECK(end - seen.begin() > 590);
}

}  // namespace sfteams::transport

#include "tunnel/frame.h"

#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/base/crypto/hexadecimal.h"
#include "tests/seed.h"
#include "tunnel/codes.h"
#include "tunnel/control.h"
#include "tunnel/limits.h"

namespace sfteams::tunnel {
namespace {

using crypto::hex;

Bytes frame(FrameType type, std::uint32_t stream, std::size_t size) {
  Bytes out(kFrameHeader + size);
  FrameWriter writer(out);
  REQUIRE(writer.write(type, stream, Bytes(size, 0xAB)));
  REQUIRE(writer.size() == out.size());
  return out;
}

// The code of the failure that reading the whole message ends with; empty when it is read to its
// end.
std::string frame_failure(std::span<const std::uint8_t> message,
                          Speaker speaker = Speaker::agent_or_client) {
  sfteams::test::keep_seed("frame", message);
  FrameReader reader(message, speaker);
  for (;;) {
    const auto next = reader.next();
    if (!next) return std::string(next.error().code.id);
    if (!*next) return {};
  }
}

TEST_CASE("a frame stands on the wire as type, flags, length and stream, big-endian") {
  Bytes out(64);
  FrameWriter writer(out);
  REQUIRE(writer.write(FrameType::data, 0x01020304, Bytes{0xCA, 0xFE}));
  out.resize(writer.size());
  CHECK(out == hex("11000002"
                   "01020304"
                   "cafe"));
}

TEST_CASE("frames that were written are read back in order without a copy") {
  Bytes message(kMaxWebsocketMessage);
  FrameWriter writer(message);
  REQUIRE(writer.write(FrameType::window, 7, hex("00008000")));
  REQUIRE(writer.write(FrameType::admitted, 0, {}));
  REQUIRE(writer.write(FrameType::data, 4294967295U, Bytes(4080, 1)));
  FrameReader reader(std::span<const std::uint8_t>(message).first(writer.size()));
  const auto window = reader.next();
  REQUIRE((window && *window));
  CHECK((*window)->type == FrameType::window);
  CHECK((*window)->stream == 7);
  CHECK((*window)->payload.data() == message.data() + kFrameHeader);
  const auto admitted = reader.next();
  REQUIRE((admitted && *admitted));
  CHECK((*admitted)->payload.empty());
  const auto data = reader.next();
  REQUIRE((data && *data));
  CHECK((*data)->stream == 4294967295U);
  CHECK((*data)->payload.size() == 4080);
  const auto end = reader.next();
  REQUIRE(end);
  CHECK_FALSE(*end);
}

TEST_CASE("an empty websocket message is refused") {
  CHECK(frame_failure({}) == "tunnel.message-empty");
}

TEST_CASE("a websocket message of more than 16,376 bytes is refused before its first frame") {
  Bytes message;
  while (message.size() <= kMaxWebsocketMessage) {
    const Bytes one = frame(FrameType::data, 1, 100);
    message.insert(message.end(), one.begin(), one.end());
  }
  FrameReader reader(message);
  const auto next = reader.next();
  REQUIRE_FALSE(next);
  CHECK(next.error().code == codes::kMessageOversize);
}

TEST_CASE("a message that is cut anywhere is refused, unless at a frame's border") {
  Bytes message = frame(FrameType::window, 1, 4);
  const std::size_t border = message.size();
  const Bytes second = frame(FrameType::data, 1, 20);
  message.insert(message.end(), second.begin(), second.end());
  for (std::size_t size = 1; size < message.size(); ++size) {
    INFO(size);
    const std::string failure = frame_failure(std::span(message).first(size));
    CHECK(failure == (size == border ? "" : "tunnel.frame-truncated"));
  }
}

TEST_CASE("a length that does not fit the frame's type is refused") {
  const auto [type, stream, shortest, longest] =
      GENERATE(table<FrameType, std::uint32_t, std::size_t, std::size_t>({
          {FrameType::challenge, 0, 33, 33},
          {FrameType::register_name, 0, 101, 609},
          {FrameType::registered, 0, 4, 4},
          {FrameType::keys, 0, 1, 193},
          {FrameType::admit, 0, 75, 327},
          {FrameType::admitted, 0, 0, 0},
          {FrameType::refused, 0, 4, 124},
          {FrameType::numbered_keys, 0, 5, 197},
          {FrameType::keys_taken, 0, 4, 4},
          {FrameType::open, 1, 8, 8},
          {FrameType::data, 1, 1, 4080},
          {FrameType::window, 1, 4, 4},
          {FrameType::close, 1, 2, 122},
      }));
  INFO(name_of(type));
  CHECK(frame_failure(frame(type, stream, shortest)).empty());
  CHECK(frame_failure(frame(type, stream, longest)).empty());
  CHECK(frame_failure(frame(type, stream, longest + 1)) == "tunnel.frame-bad-length");
  if (shortest > 0) {
    CHECK(frame_failure(frame(type, stream, shortest - 1)) == "tunnel.frame-bad-length");
  }
}

TEST_CASE("an unknown type is refused") {
  for (unsigned type = 0; type <= 0xFF; ++type) {
    const bool known = (type >= 0x01 && type <= 0x09) || (type >= 0x10 && type <= 0x13);
    if (known) continue;
    const bool of_nodes = type >= 0x20 && type <= 0x25;
    Bytes message = frame(FrameType::data, 1, 4);
    message[0] = static_cast<std::uint8_t>(type);
    INFO(type);
    CHECK(frame_failure(message) == "tunnel.frame-unknown-type");
    CHECK((std::string(name_of(static_cast<FrameType>(type))) == "unknown") != of_nodes);
    if (!of_nodes) CHECK(frame_failure(message, Speaker::node) == "tunnel.frame-unknown-type");
  }
}

TEST_CASE("the frames of nodes are taken from nodes, in lengths that leave room for later") {
  const auto [type, stream, shortest, longest] =
      GENERATE(table<FrameType, std::uint32_t, std::size_t, std::size_t>({
          {FrameType::node_hello, 0, 76, 512},
          {FrameType::node_welcome, 0, 42, 512},
          {FrameType::enter, 1, 125, 1024},
          {FrameType::entered, 1, 0, 256},
          {FrameType::turned_away, 1, 4, 124},
          {FrameType::not_here, 1, 0, 0},
      }));
  INFO(name_of(type));
  for (const std::size_t length : {shortest, longest}) {
    CHECK(frame_failure(frame(type, stream, length), Speaker::node).empty());
    CHECK(frame_failure(frame(type, stream, length)) == "tunnel.frame-unknown-type");
    CHECK(frame_failure(frame(type, 1 - stream, length), Speaker::node) ==
          "tunnel.frame-wrong-stream");
  }
  CHECK(frame_failure(frame(type, stream, longest + 1), Speaker::node) ==
        "tunnel.frame-bad-length");
  if (shortest > 0) {
    CHECK(frame_failure(frame(type, stream, shortest - 1), Speaker::node) ==
          "tunnel.frame-bad-length");
  }
}

TEST_CASE("a frame with a reserved flag is refused") {
  const auto flags = GENERATE(values<std::uint8_t>({0x01, 0x80, 0xFF}));
  Bytes message = frame(FrameType::data, 1, 4);
  message[1] = flags;
  CHECK(frame_failure(message) == "tunnel.frame-reserved-flags");
}

TEST_CASE("a control frame on a stream, or a stream's frame on stream 0, is refused") {
  CHECK(frame_failure(frame(FrameType::admitted, 1, 0)) == "tunnel.frame-wrong-stream");
  CHECK(frame_failure(frame(FrameType::refused, 9, 4)) == "tunnel.frame-wrong-stream");
  CHECK(frame_failure(frame(FrameType::numbered_keys, 9, 5)) == "tunnel.frame-wrong-stream");
  CHECK(frame_failure(frame(FrameType::keys_taken, 9, 4)) == "tunnel.frame-wrong-stream");
  CHECK(frame_failure(frame(FrameType::data, 0, 4)) == "tunnel.frame-wrong-stream");
  CHECK(frame_failure(frame(FrameType::close, 0, 2)) == "tunnel.frame-wrong-stream");
}

TEST_CASE("a writer takes what fits and says so when something does not") {
  Bytes out(kFrameHeader + 10);
  FrameWriter writer(out);
  CHECK(writer.payload_room().size() == 10);
  CHECK_FALSE(writer.write(FrameType::data, 1, Bytes(11)));
  CHECK(writer.size() == 0);
  CHECK(writer.write(FrameType::data, 1, Bytes(2)));
  CHECK(writer.payload_room().empty());
  CHECK(writer.write(FrameType::admitted, 0, {}));
  CHECK_FALSE(writer.write(FrameType::admitted, 0, {}));
  CHECK(writer.size() == out.size());
  CHECK_THROWS_AS(writer.commit(FrameType::data, 1, 1), std::length_error);
}

TEST_CASE("a writer never fills more than a websocket message may have") {
  Bytes out(20'000);
  FrameWriter writer(out);
  CHECK(writer.payload_room().size() == kMaxFramePayload);
}

TEST_CASE("a payload can be written in place") {
  Bytes out(64);
  FrameWriter writer(out);
  const auto room = writer.payload_room();
  room[0] = 0x42;
  writer.commit(FrameType::data, 3, 1);
  out.resize(writer.size());
  CHECK(out == hex("1100000100000003"
                   "42"));
}

TEST_CASE("random bytes never crash the reader and never give a frame outside of the message") {
  std::mt19937 random(20261123);
  for (int round = 0; round < 20'000; ++round) {
    Bytes message(random() % 200);
    for (auto& byte : message)
      byte = static_cast<std::uint8_t>(random());
    // Mostly plausible headers, so that more than the first check is reached.
    if (message.size() > 8 && round % 4 != 0) {
      message[0] = static_cast<std::uint8_t>(random() % 0x14);
      message[1] = 0;
      message[2] = 0;
      message[3] = static_cast<std::uint8_t>(random() % 64);
      message[4] = message[5] = message[6] = 0;
      message[7] = static_cast<std::uint8_t>(random() % 2);
    }
    FrameReader reader(message);
    std::size_t total = 0;
    for (;;) {
      const auto next = reader.next();
      if (!next || !*next) break;
      total += kFrameHeader + (*next)->payload.size();
    }
    REQUIRE(total <= message.size());
  }
}

}  // namespace
}  // namespace sfteams::tunnel

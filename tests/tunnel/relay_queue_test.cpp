#include "tunnel/relay_queue.h"

#include <random>
#include <stdexcept>
#include <vector>

#include <catch2/catch.hpp>

#include "tunnel/codes.h"
#include "tunnel/control.h"

namespace sfteams::tunnel {
namespace {

TEST_CASE("packets leave a relay as they came, one at a time") {
  RelayQueue queue;
  REQUIRE(queue.push(Bytes{1, 2, 3}));
  REQUIRE(queue.push(Bytes(4080, 9)));
  CHECK(queue.waiting() == 4083);
  Bytes out(kMaxPacket);
  Pull pull = queue.next_packet(out);
  CHECK(pull.size == 3);
  CHECK(pull.next == Pull::Next::more);
  CHECK(Bytes(out.begin(), out.begin() + 3) == Bytes{1, 2, 3});
  pull = queue.next_packet(std::span(out).first(4079));
  CHECK(pull.size == 0);
  CHECK(pull.next == Pull::Next::more);
  pull = queue.next_packet(out);
  CHECK(pull.size == 4080);
  CHECK(pull.next == Pull::Next::idle);
  CHECK(queue.empty());
  CHECK(queue.next_packet(out).next == Pull::Next::idle);
}

TEST_CASE("a sender without credit is found out, also when the receiver reads nothing") {
  RelayQueue queue;
  for (int i = 0; i < 16; ++i)
    REQUIRE(queue.push(Bytes(4080, 1)));
  REQUIRE(queue.push(Bytes(256, 1)));
  const auto pushed = queue.push(Bytes(1, 1));
  REQUIRE_FALSE(pushed);
  CHECK(pushed.error().code == codes::kCreditOverrun);
  CHECK(queue.waiting() == 65'536);
}

TEST_CASE(
    "a receiver cannot return more than it has got, so a relay never holds more than 65,536") {
  RelayQueue queue;
  for (int i = 0; i < 16; ++i)
    REQUIRE(queue.push(Bytes(4080, 1)));
  const auto early = queue.window(1);
  REQUIRE_FALSE(early);
  CHECK(early.error().code == codes::kCreditOverflow);
  Bytes out(kMaxPacket);
  REQUIRE(queue.next_packet(out).size == 4080);
  CHECK_FALSE(queue.window(4081));
  CHECK(queue.window(4080));
  CHECK_FALSE(queue.window(1));
  const auto zero = queue.window(0);
  REQUIRE_FALSE(zero);
  CHECK(zero.error().code == codes::kCreditZero);
}

TEST_CASE("a packet that no frame can carry is a mistake of the programmer") {
  RelayQueue queue;
  CHECK_THROWS_AS((void)queue.push(Bytes{}), std::length_error);
  CHECK_THROWS_AS((void)queue.push(Bytes(4081)), std::length_error);
}

TEST_CASE("any mix of sending, taking and returning keeps the order and the bound") {
  std::mt19937 random(11);
  RelayQueue queue;
  std::uint32_t credit = 65'536;
  std::uint32_t unreturned = 0;
  std::uint8_t in = 0;
  std::uint8_t expected = 0;
  Bytes out(kMaxPacket);
  for (int round = 0; round < 50'000; ++round) {
    const std::uint32_t size = 1 + static_cast<std::uint32_t>(random() % 4080);
    if (size <= credit) {
      REQUIRE(queue.push(Bytes(size, in++)));
      credit -= size;
    }
    if (random() % 2 == 0) {
      const Pull pull = queue.next_packet(std::span(out).first(1 + random() % kMaxPacket));
      if (pull.size > 0) {
        REQUIRE(out[0] == expected);
        REQUIRE(out[pull.size - 1] == expected++);
        unreturned += static_cast<std::uint32_t>(pull.size);
      }
    }
    if (unreturned > 0 && random() % 8 == 0) {
      const std::uint32_t back = 1 + static_cast<std::uint32_t>(random() % unreturned);
      REQUIRE(queue.window(back));
      unreturned -= back;
      credit += back;
    }
    REQUIRE(queue.waiting() <= 65'536);
  }
}

}  // namespace
}  // namespace sfteams::tunnel

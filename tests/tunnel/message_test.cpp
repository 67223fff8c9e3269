#include <algorithm>
#include <deque>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/crypto/hash.h"
#include "tunnel/ack_schedule.h"
#include "tunnel/codes.h"
#include "tunnel/control.h"
#include "tunnel/message_assembly.h"
#include "tunnel/message_queue.h"

namespace sfteams::tunnel {
namespace {

using Outcome = MessageAssembly::Outcome;

std::string text_of(std::span<const std::uint8_t> bytes) {
  return {bytes.begin(), bytes.end()};
}

MessageRecord fragment(std::uint64_t number, std::string_view text, bool more = false) {
  return {more, number, crypto::bytes_of(text)};
}

std::string message_failure(const Result<Outcome>& result) {
  return result ? "" : std::string(result.error().code.id);
}

// --- MessageQueue --------------------------------------------------------------------------------

TEST_CASE("a queue gives messages in order, in pieces of any size, numbered from 1") {
  MessageQueue queue;
  queue.push("first");
  queue.push("second");
  CHECK(queue.size() == 11);
  CHECK(queue.number() == 1);
  CHECK(text_of(queue.front()) == "first");
  queue.take(2);
  CHECK(text_of(queue.front()) == "rst");
  CHECK(queue.number() == 1);
  CHECK(queue.taken() == 0);
  queue.take(3);
  CHECK(queue.number() == 2);
  CHECK(queue.taken() == 1);
  CHECK(text_of(queue.front()) == "second");
  queue.take(6);
  CHECK(queue.empty());
  CHECK(queue.size() == 11);
  queue.acknowledge(2);
  CHECK(queue.size() == 0);
  queue.push("third");
  CHECK(queue.number() == 3);
}

TEST_CASE("what a queue holds is freed message by message") {
  constexpr std::size_t kCost = MessageQueue::kMessageCost;
  MessageQueue queue;
  CHECK(queue.held() == 0);
  queue.push(std::string(1'000'000, 'x'));
  queue.push("1");
  CHECK(queue.held() == 1'000'001 + 2 * kCost);
  queue.take(1'000'000);
  CHECK(queue.held() == 1'000'001 + 2 * kCost);
  queue.acknowledge(1);
  CHECK(queue.held() == 1 + kCost);
  queue.clear();
  CHECK(queue.held() == 0);
}

TEST_CASE("a message is kept until it is acknowledged, and sent again under its number") {
  MessageQueue queue;
  for (const char* text : {"one", "two", "three"})
    queue.push(text);
  queue.take(3);
  queue.take(3);
  queue.take(2);
  CHECK(queue.size() == 11);
  queue.acknowledge(1);
  CHECK(queue.acknowledged() == 1);
  CHECK(queue.size() == 8);
  queue.rewind();
  CHECK(queue.number() == 2);
  CHECK(text_of(queue.front()) == "two");
  queue.take(3);
  CHECK(text_of(queue.front()) == "three");
  queue.take(5);
  CHECK(queue.empty());
  queue.acknowledge(3);
  CHECK(queue.size() == 0);
  queue.acknowledge(2);  // an old one
  CHECK(queue.acknowledged() == 3);
  CHECK_THROWS_AS(queue.acknowledge(4), std::logic_error);
  queue.push("four");
  CHECK(queue.number() == 4);
}

TEST_CASE("a queue can drop what waits") {
  MessageQueue queue;
  queue.push("first");
  queue.push("second");
  queue.take(5);
  queue.clear();
  CHECK(queue.empty());
  CHECK(queue.size() == 0);
  CHECK(queue.taken() == 1);
}

TEST_CASE("an empty message, or taking more than a message has, is a mistake of the programmer") {
  MessageQueue queue;
  CHECK_THROWS_AS(queue.push(""), std::invalid_argument);
  queue.push("ab");
  CHECK_THROWS_AS(queue.take(3), std::logic_error);
}

TEST_CASE("a queue holds against any order of pushing, taking, acknowledging and rewinding") {
  std::mt19937 random(5);
  MessageQueue queue;
  std::vector<std::string> all;
  std::size_t acknowledged = 0;
  std::size_t next = 0;
  std::size_t part = 0;
  for (int round = 0; round < 20'000; ++round) {
    if (random() % 5 < 2 && all.size() - next < 200) {
      all.emplace_back(1 + random() % 3000, static_cast<char>('a' + random() % 26));
      queue.push(all.back());
    } else if (random() % 10 == 0) {
      acknowledged += random() % (next - acknowledged + 1);
      queue.acknowledge(acknowledged);
    } else if (random() % 500 == 0) {
      queue.rewind();
      next = acknowledged;
      part = 0;
    } else if (next < all.size()) {
      const std::string rest = all.at(next).substr(part);
      REQUIRE(queue.number() == next + 1);
      REQUIRE(text_of(queue.front()) == rest);
      const std::size_t size = 1 + random() % rest.size();
      queue.take(size);
      part += size;
      if (size == rest.size()) {
        ++next;
        part = 0;
      }
    }
    REQUIRE(queue.empty() == (next == all.size()));
  }
  CHECK(acknowledged > 1000);
}

// --- MessageAssembly -----------------------------------------------------------------------------

TEST_CASE("a message of one fragment is passed on without a copy") {
  MessageAssembly assembly(100);
  const Bytes bytes{1, 2, 3};
  REQUIRE(assembly.take({false, 1, bytes}) == Outcome::whole);
  CHECK(assembly.message().data() == bytes.data());
  CHECK(assembly.received() == 1);
}

TEST_CASE("fragments are put together, message by message") {
  MessageAssembly assembly(100);
  CHECK(assembly.take(fragment(1, "ab", true)) == Outcome::part);
  CHECK(assembly.take(fragment(1, "cd", true)) == Outcome::part);
  CHECK(assembly.received() == 0);
  CHECK(assembly.take(fragment(1, "e")) == Outcome::whole);
  CHECK(text_of(assembly.message()) == "abcde");
  assembly.release();
  CHECK(assembly.take(fragment(2, "x", true)) == Outcome::part);
  assembly.release();
  CHECK(assembly.take(fragment(2, "y")) == Outcome::whole);
  CHECK(text_of(assembly.message()) == "xy");
  // Also without a release in between.
  CHECK(assembly.take(fragment(3, "z", true)) == Outcome::part);
  CHECK(assembly.take(fragment(3, "z")) == Outcome::whole);
  CHECK(text_of(assembly.message()) == "zz");
}

TEST_CASE("a message that came before is a duplicate and changes nothing") {
  MessageAssembly assembly(100);
  REQUIRE(assembly.take(fragment(1, "a")) == Outcome::whole);
  REQUIRE(assembly.take(fragment(2, "b")) == Outcome::whole);
  CHECK(assembly.take(fragment(1, "a")) == Outcome::duplicate);
  CHECK(assembly.take(fragment(2, "b", true)) == Outcome::duplicate);
  CHECK(assembly.take(fragment(2, "b")) == Outcome::duplicate);
  CHECK(assembly.received() == 2);
  CHECK(assembly.take(fragment(3, "c")) == Outcome::whole);
}

TEST_CASE("a number that was left out is a failure") {
  const std::uint64_t number = GENERATE(2ULL, 3ULL, ~0ULL);
  MessageAssembly assembly(100);
  CHECK(message_failure(assembly.take(fragment(number, "a"))) == "tunnel.number-gap");
}

TEST_CASE("a fragment of another message in between is a failure") {
  const std::uint64_t number = GENERATE(1ULL, 3ULL);
  MessageAssembly assembly(100);
  REQUIRE(assembly.take(fragment(1, "a")) == Outcome::whole);
  REQUIRE(assembly.take(fragment(2, "b", true)) == Outcome::part);
  CHECK(message_failure(assembly.take(fragment(number, "c"))) == "tunnel.fragment-order");
}

TEST_CASE("a message beyond the limit is a failure, in one fragment or in many") {
  MessageAssembly assembly(10);
  CHECK(assembly.take(fragment(1, "0123456789")) == Outcome::whole);
  CHECK(message_failure(assembly.take(fragment(2, "0123456789x"))) == "tunnel.too-large");
  MessageAssembly other(10);
  CHECK(other.take(fragment(1, "01234", true)) == Outcome::part);
  CHECK(other.take(fragment(1, "56789", true)) == Outcome::part);
  CHECK(message_failure(other.take(fragment(1, "x"))) == "tunnel.too-large");
}

// --- AckSchedule ---------------------------------------------------------------------------------

TEST_CASE("an acknowledgement is due 200 ms after the first message that waits for it") {
  const AckSchedule::Time start{std::chrono::seconds(100)};
  AckSchedule ack;
  CHECK_FALSE(ack.deadline());
  ack.message_came(start, 1);
  ack.message_came(start + std::chrono::milliseconds(150), 1);
  CHECK(ack.deadline() == start + std::chrono::milliseconds(200));
  CHECK_FALSE(ack.due(start + std::chrono::milliseconds(199)));
  CHECK(ack.due(start + std::chrono::milliseconds(200)));
  ack.sent();
  CHECK_FALSE(ack.waiting());
  CHECK_FALSE(ack.due(start + std::chrono::hours(1)));
}

TEST_CASE("an acknowledgement is due at once after 16 messages, 64 KiB or a repeated one") {
  const AckSchedule::Time start{std::chrono::seconds(100)};
  AckSchedule ack;
  for (int i = 0; i < 15; ++i)
    ack.message_came(start, 10);
  CHECK_FALSE(ack.due(start));
  ack.message_came(start, 10);
  CHECK(ack.due(start));
  ack.sent();
  ack.message_came(start, kAckEveryBytes - 1);
  CHECK_FALSE(ack.due(start));
  ack.message_came(start, 1);
  CHECK(ack.due(start));
  AckSchedule other;
  other.duplicate_came(start);
  CHECK(other.due(start));
  CHECK(other.deadline() == start);  // a time that can be calculated with
}

}  // namespace
}  // namespace sfteams::tunnel

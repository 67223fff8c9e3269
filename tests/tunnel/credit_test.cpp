#include "tunnel/credit.h"

#include <random>
#include <stdexcept>

#include <catch2/catch.hpp>

#include "tunnel/codes.h"

namespace sfteams::tunnel {
namespace {

TEST_CASE("a sender starts with 65,536 bytes of credit and cannot spend more") {
  SendCredit credit;
  CHECK(credit.available() == 65'536);
  credit.spend(65'000);
  CHECK(credit.available() == 536);
  CHECK_THROWS_AS(credit.spend(537), std::logic_error);
  CHECK(credit.add(1000));
  CHECK(credit.available() == 1536);
}

TEST_CASE("a WINDOW of 0 is a failure") {
  SendCredit credit;
  credit.spend(10);
  const auto added = credit.add(0);
  REQUIRE_FALSE(added);
  CHECK(added.error().code == codes::kCreditZero);
}

TEST_CASE("a WINDOW that would make more than 65,536 bytes outstanding is a failure") {
  const std::uint32_t credit_given = GENERATE(11U, 65'536U, 4'294'967'295U);
  SendCredit credit;
  credit.spend(10);
  const auto added = credit.add(credit_given);
  REQUIRE_FALSE(added);
  CHECK(added.error().code == codes::kCreditOverflow);
  CHECK(credit.available() == 65'526);
}

TEST_CASE("a packet beyond the credit is a failure") {
  ReceiveCredit credit;
  REQUIRE(credit.arrived(65'536));
  const auto arrived = credit.arrived(1);
  REQUIRE_FALSE(arrived);
  CHECK(arrived.error().code == codes::kCreditOverrun);
  CHECK(credit.held() == 65'536);
}

TEST_CASE("credit is returned when half of it has been consumed, all at once") {
  ReceiveCredit credit;
  REQUIRE(credit.arrived(40'000));
  credit.consumed(32'767);
  CHECK(credit.take_update() == 0);
  credit.consumed(1);
  CHECK(credit.take_update() == 32'768);
  CHECK(credit.take_update() == 0);
  CHECK(credit.held() == 7'232);
}

TEST_CASE("bytes that are not consumed slow the sender down") {
  ReceiveCredit credit;
  REQUIRE(credit.arrived(65'536));
  CHECK(credit.take_update() == 0);
  CHECK_FALSE(credit.arrived(1));
  CHECK_THROWS_AS(credit.consumed(65'537), std::logic_error);
}

TEST_CASE("sender and receiver agree at every moment, whatever is sent and consumed") {
  std::mt19937 random(7);
  SendCredit sender;
  ReceiveCredit receiver;
  std::uint64_t sent = 0;
  for (int round = 0; round < 100'000; ++round) {
    const std::size_t size = 1 + random() % 4'080;
    if (size <= sender.available()) {
      sender.spend(size);
      REQUIRE(receiver.arrived(size));
      sent += size;
    }
    receiver.consumed(random() % (receiver.held() + 1));
    if (const std::uint32_t update = receiver.take_update(); update > 0) {
      REQUIRE(sender.add(update));
    }
    REQUIRE(sender.available() <= 65'536);
  }
  // It never came to a stop.
  CHECK(sent > 100'000'000);
}

}  // namespace
}  // namespace sfteams::tunnel

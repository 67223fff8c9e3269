#include "agent/tickets/ticket.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/crypto/hash.h"
#include "base/text/encoding.h"
#include "tests/seed.h"

namespace sfteams::agent {
namespace {

Ticket whole_ticket() {
  Ticket ticket;
  ticket.user = "1001";
  ticket.secret = crypto::Secret::from_text("1001:token");
  ticket.device.fill(4);
  ticket.key = {1, 2, 3, 4, 5, 6, 7, 8};
  ticket.series.fill(9);
  ticket.issued = 1'800'000'000;
  ticket.ends = 1'800'000'001;
  return ticket;
}

void check_same(const Ticket& read, const Ticket& written) {
  CHECK(read.user == written.user);
  CHECK(read.secret == written.secret);
  CHECK(read.device == written.device);
  CHECK(read.key == written.key);
  CHECK(read.series == written.series);
  CHECK(read.issued == written.issued);
  CHECK(read.ends == written.ends);
}

TEST_CASE("what is packed into a ticket is found again") {
  const Ticket ticket = whole_ticket();
  const auto bytes = pack_ticket(ticket);
  REQUIRE(bytes);
  sfteams::test::keep_seed("ticket", bytes->bytes());
  const auto read = unpack_ticket(bytes->bytes());
  REQUIRE(read);
  check_same(*read, ticket);
}

TEST_CASE("the longest user and secret fit, longer ones and empty ones do not") {
  Ticket ticket = whole_ticket();
  ticket.user = std::string(Ticket::kMostUserBytes, 'u');
  ticket.secret = crypto::Secret(Ticket::kMostSecretBytes);
  const auto bytes = pack_ticket(ticket);
  REQUIRE(bytes);
  check_same(unpack_ticket(bytes->bytes()).value(), ticket);
  ticket.user += 'u';
  CHECK_FALSE(pack_ticket(ticket));
  ticket.user.clear();
  CHECK_FALSE(pack_ticket(ticket));
  ticket.user = "1001";
  ticket.secret = crypto::Secret(Ticket::kMostSecretBytes + 1);
  CHECK_FALSE(pack_ticket(ticket));
  ticket.secret = {};
  CHECK_FALSE(pack_ticket(ticket));
  ticket = whole_ticket();
  ticket.ends = -1;
  CHECK_FALSE(pack_ticket(ticket));
}

TEST_CASE("what is cut, too long or of another version is no ticket") {
  const auto bytes = pack_ticket(whole_ticket());
  REQUIRE(bytes);
  for (std::size_t size = 0; size < bytes->size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(unpack_ticket(bytes->bytes().first(size)));
  }
  std::vector<std::uint8_t> more(bytes->bytes().begin(), bytes->bytes().end());
  more.push_back(0);
  CHECK_FALSE(unpack_ticket(more));
  more.pop_back();
  more[0] = 2;
  CHECK_FALSE(unpack_ticket(more));
  more[0] = 1;
  more[1] = 0x80;  // beyond what the clock can say
  CHECK_FALSE(unpack_ticket(more));
}

}  // namespace
}  // namespace sfteams::agent

#include "agent/tickets/ticket_book.h"

#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include "agent/tickets/codes.h"
#include "tests/contains.h"
#include "tests/fake_scheduler.h"
#include "tests/file_mode.h"
#include "tests/log_lines.h"
#include "tests/temporary_directory.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using clock::UnixSeconds;
using sfteams::test::FakeScheduler;

constexpr UnixSeconds kNow = 1'800'000'000;
constexpr UnixSeconds kDay = 86'400;

struct BookFixture {
  TemporaryDirectory directory;
  std::filesystem::path file = directory / "tickets.json";
  FakeScheduler scheduler;
  std::optional<TicketBook> book = std::nullopt;

  BookFixture() { book.emplace(&scheduler, file); }
  Ticket::Series add(const std::string& user, UnixSeconds ends = kNow + 30 * kDay,
                     UnixSeconds now = kNow) {
    return book->add({user}, now, ends).value();
  }
  /// The next ticket of a device.
  Ticket::Series renew(const std::string& user, const Ticket::Series& series, UnixSeconds ends,
                       UnixSeconds now = kNow) {
    return book->add({user, series}, now, ends).value();
  }
  /// As the file has it after a kill in this moment.
  [[nodiscard]] bool is_good_after_kill(const std::string& user,
                                        const Ticket::Series& series) const {
    return TicketBook(nullptr, file).is_good(user, series);
  }
  [[nodiscard]] std::string content() const {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

TEST_CASE_METHOD(BookFixture, "the tickets of one device are of one series until they are ended") {
  const Ticket::Series series = add("1001");
  CHECK(renew("1001", series, kNow + 31 * kDay, kNow + kDay) == series);
  const Ticket::Series second = add("1001");
  const Ticket::Series other = add("1002");
  CHECK(second != series);
  CHECK(other != series);
  CHECK(book->is_good("1001", series));
  CHECK(book->is_good("1001", second));
  CHECK_FALSE(book->is_good("1001", other));
  CHECK_FALSE(book->is_good("1003", series));
  CHECK(book->end("1001").value());
  CHECK_FALSE(book->is_good("1001", series));
  CHECK_FALSE(book->is_good("1001", second));
  CHECK(book->is_good("1002", other));
  CHECK_FALSE(book->end("1001").value());
  CHECK(renew("1001", series, kNow + 30 * kDay) != series);
  CHECK_FALSE(book->is_good("1001", series));
  // Nor does another user's series go on.
  CHECK(renew("1003", other, kNow + 30 * kDay) != other);
}

TEST_CASE_METHOD(BookFixture, "one device is ended, on disk too, and the user's others stay") {
  const Ticket::Series phone = add("1001");
  const Ticket::Series laptop = add("1001");
  const Ticket::Series other = add("1002");
  scheduler.advance(2s);
  CHECK_FALSE(book->end("1001", device_name(other)).value());
  CHECK_FALSE(book->end("1001", "").value());
  CHECK(book->find("1001", device_name(phone))->series == phone);
  CHECK(book->end("1001", device_name(phone)).value());
  CHECK(book->find("1001", device_name(phone)) == nullptr);
  CHECK_FALSE(is_good_after_kill("1001", phone));
  CHECK(is_good_after_kill("1001", laptop));
  CHECK(is_good_after_kill("1002", other));
  CHECK_FALSE(book->end("1001", device_name(phone)).value());
  CHECK(book->end("1001", device_name(laptop)).value());
  // The last one of the user.
  CHECK_FALSE(book->end("1001").value());
}

TEST_CASE_METHOD(BookFixture, "what is known of a device outlives a restart") {
  const Ticket::Series series =
      book->add({"1001", std::nullopt, "app/1"}, kNow, kNow + 10 * kDay).value();
  (void)book->add({"1001", series, "app/2"}, kNow + 5, kNow + 10 * kDay + 5);
  book->use("1001", series, kNow + 7);
  book->use("1001", {}, kNow + 9);
  book->use("1009", series, kNow + 9);
  // Written when the book goes, though that alone would be worth no write.
  book.reset();
  const auto entries = TicketBook(nullptr, file).entries(kNow);
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].user == "1001");
  CHECK(entries[0].device.series == series);
  CHECK(entries[0].device.software == "app/1");
  CHECK(entries[0].device.since == kNow);
  CHECK(entries[0].device.used == kNow + 7);
  CHECK(entries[0].device.ends >= kNow + 10 * kDay + 5);
}

TEST_CASE_METHOD(BookFixture,
                 "of a user with too many devices the one goes whose tickets end first") {
  const Ticket::Series lasting = add("1001");
  const Ticket::Series tab = add("1001", kNow + kDay);
  const Ticket::Series other = add("1002", kNow + 5);
  for (std::size_t i = 2; i < TicketBook::kMostOfUser; ++i)
    (void)add("1001");
  CHECK(book->is_good("1001", tab));
  (void)add("1001");
  CHECK_FALSE(book->is_good("1001", tab));
  CHECK(book->is_good("1001", lasting));
  CHECK(book->is_good("1002", other));
  CHECK(book->entries(kNow).size() == TicketBook::kMostOfUser + 1);
}

TEST_CASE_METHOD(BookFixture,
                 "an end is on disk when the call returns, a beginning in a crowd soon after") {
  const Ticket::Series series = add("1001");
  CHECK(is_good_after_kill("1001", series));
  const Ticket::Series next = add("1002");
  const Ticket::Series third = add("1003");
  CHECK_FALSE(is_good_after_kill("1002", next));
  scheduler.advance(TicketBook::kSoon);
  CHECK(is_good_after_kill("1002", next));
  CHECK(is_good_after_kill("1003", third));
  CHECK(sfteams::test::mode_of(file) == 0600);
  CHECK(book->end("1001").value());
  CHECK_FALSE(is_good_after_kill("1001", series));
}

TEST_CASE_METHOD(BookFixture, "all are ended at once, and how many there were is known") {
  const Ticket::Series first = add("1001");
  const Ticket::Series second = add("1002");
  scheduler.advance(2s);
  CHECK(book->end_all().value() == 2);
  CHECK_FALSE(is_good_after_kill("1001", first));
  CHECK_FALSE(is_good_after_kill("1002", second));
  CHECK(book->end_all().value() == 0);
}

TEST_CASE_METHOD(BookFixture, "a book that goes writes what is left") {
  (void)add("1001");
  const Ticket::Series series = add("1002");
  CHECK_FALSE(is_good_after_kill("1002", series));
  book.reset();
  CHECK(is_good_after_kill("1002", series));
}

TEST_CASE_METHOD(BookFixture, "a device that gets many tickets costs one write a day") {
  const Ticket::Series series = add("1001");
  scheduler.advance(2s);
  const std::string before = content();
  for (UnixSeconds hour = 1; hour < 23; ++hour) {
    (void)renew("1001", series, kNow + 30 * kDay + hour * 3'600, kNow + hour * 3'600);
    scheduler.advance(2s);
  }
  CHECK(content() == before);
  (void)renew("1001", series, kNow + 31 * kDay, kNow + kDay);
  scheduler.advance(2s);
  CHECK(content() != before);
  // Never before the last one has ended.
  CHECK(TicketBook(nullptr, file).entries(kNow + 31 * kDay - 1).size() == 1);
}

TEST_CASE_METHOD(BookFixture, "who has tickets is listed until the last one has ended") {
  (void)add("1002", kNow + 10 * kDay);
  (void)add("1001", kNow + 20 * kDay, kNow + 5);
  const auto entries = book->entries(kNow);
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].user == "1001");
  CHECK(entries[0].device.used == kNow + 5);
  CHECK(entries[0].device.ends >= kNow + 20 * kDay);
  CHECK(entries[0].device.ends < kNow + 21 * kDay);
  CHECK(book->entries(kNow + 12 * kDay).size() == 1);
  CHECK(book->entries(kNow + 22 * kDay).empty());
}

TEST_CASE_METHOD(BookFixture, "what has ended does not come back with a new ticket") {
  const Ticket::Series old = add("1001", kNow + kDay);
  const Ticket::Series fresh = renew("1001", old, kNow + 20 * kDay, kNow + 10 * kDay);
  CHECK(fresh != old);
  CHECK_FALSE(book->is_good("1001", old));
}

TEST_CASE_METHOD(BookFixture, "beyond the bound the device goes whose tickets end first") {
  TicketBook small(&scheduler, directory / "small.json", 3);
  const auto a = small.add({"a"}, kNow, kNow + 3 * kDay).value();
  const auto b = small.add({"b"}, kNow, kNow + 1 * kDay).value();
  const auto c = small.add({"c"}, kNow, kNow + 2 * kDay).value();
  const auto d = small.add({"d"}, kNow, kNow + 4 * kDay).value();
  CHECK(small.is_good("a", a));
  CHECK_FALSE(small.is_good("b", b));
  CHECK(small.is_good("c", c));
  CHECK(small.is_good("d", d));
  CHECK(small.entries(kNow).size() == 3);
}

TEST_CASE_METHOD(BookFixture, "as many devices as there may be are read again") {
  for (std::size_t i = 0; i < TicketBook::kMostDevices + 10; ++i) {
    (void)add(std::string(100, 'u') + std::to_string(i),
              kNow + 30 * kDay + static_cast<UnixSeconds>(i));
  }
  book.reset();
  const sfteams::test::LogLines log;
  CHECK(TicketBook(nullptr, file).entries(kNow).size() == TicketBook::kMostDevices);
  CHECK(log.lines.empty());
}

TEST_CASE_METHOD(BookFixture, "a damaged file is reported, and then no ticket of before is good") {
  const Ticket::Series series = add("1001");
  scheduler.advance(2s);
  const std::string head = R"({"type":"starface-teams-agent-tickets","version":1)";
  const std::string device =
      R"("series":"00000000000000000000000000000000","software":"","since":1,"used":1,"ends":2})";
  const auto with = [&](const std::string& entries) {
    return head + R"(,"devices":[)" + entries + "]}";
  };
  const std::string good = R"({"user":"1001",)" + device;
  {
    std::ofstream(file) << with(good);
    const sfteams::test::LogLines log;
    CHECK(TicketBook(&scheduler, file).entries(0).size() == 1);
    CHECK(log.lines.empty());
  }
  for (
      const std::string& damage :
      {std::string("{"), head + "}", with("{}"), with(R"({"user":"",)" + device),
       with(good + "," + good),
       with(R"({"user":"1","series":"00","software":"","since":1,"used":1,"ends":2})"),
       with(
           R"({"user":"1","series":"00000000000000000000000000000000","since":1,"used":1,"ends":2})"),
       with(
           R"({"user":"1","series":"00000000000000000000000000000000","software":"","since":1,"used":-1,"ends":2})")}) {
    CAPTURE(damage);
    std::ofstream(file) << damage;
    const sfteams::test::LogLines log;
    TicketBook again(&scheduler, file);
    REQUIRE(log.lines.size() == 1);
    CHECK(contains(log.lines[0], "[agent.state-damaged]"));
    CHECK_FALSE(again.is_good("1001", series));
    CHECK(again.entries(0).empty());
  }
}

TEST_CASE("an end that cannot be written is reported, holds until a restart, and is tried again") {
  TemporaryDirectory directory;
  FakeScheduler scheduler;
  const auto place = directory / "state";
  std::filesystem::create_directory(place);
  const auto file = place / "tickets.json";
  TicketBook book(&scheduler, file);
  const Ticket::Series series = book.add({"1001"}, kNow, kNow + kDay).value();
  scheduler.advance(2s);
  // A directory in its place: root could write anywhere else.
  std::filesystem::rename(file, directory / "kept.json");
  std::filesystem::create_directory(file);
  const Result<bool> ended = book.end("1001");
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == codes::kTicketsNotSaved);
  CHECK_FALSE(book.is_good("1001", series));
  std::filesystem::remove(file);
  std::filesystem::rename(directory / "kept.json", file);
  CHECK(TicketBook(nullptr, file).is_good("1001", series));
  SECTION("by itself") {
    scheduler.advance(TicketBook::kAgain);
  }
  SECTION("when it is asked for once more") {
    CHECK(book.end("1001") == false);
  }
  CHECK_FALSE(TicketBook(nullptr, file).is_good("1001", series));
}

}  // namespace
}  // namespace sfteams::agent

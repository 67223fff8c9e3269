#include "tests/faults/books.h"

#include <catch2/catch.hpp>

#include "json/json.h"

// The soak's own judgement: it has to find what it looks for.

namespace sfteams::faults {
namespace {

Json::Value journal(const std::string& entries) {
  return json::parse("[" + entries + "]").value();
}

std::string ran(const std::string& token, const std::string& outcome = "ok") {
  return R"({"kind":"request","method":"m","outcome":")" + outcome + R"(","params":"[\"token-)" +
         token + R"(!\"]"})";
}

std::string delivered(int number, const std::string& outcome = "delivered") {
  return R"({"kind":"event","user":"1001","outcome":")" + outcome + R"(","params":"[\"event-)" +
         std::to_string(number) + R"(!\"]"})";
}

/// Under way when its login ended: nobody knows whether it arrived.
std::string sent(int number, const std::string& outcome) {
  std::string entry = delivered(number, outcome);
  entry.insert(entry.size() - 1, R"(,"attempts":1)");
  return entry;
}

TEST_CASE("requests that ran once and were answered keep the promise") {
  Books books;
  books.asked("t1");
  books.ended("t1", Fate::answered);
  books.asked("t2");
  books.ended("t2", Fate::unknown);
  books.take_journal(journal(ran("1") + "," + ran("2")), "m");
  CHECK(books.broken_promises().empty());
}

TEST_CASE("twice, never, and without an answer are found") {
  Books books;
  for (const char* token : {"t1", "t2", "t3"})
    books.asked(token);
  books.ended("t1", Fate::answered);
  books.ended("t2", Fate::answered);
  books.take_journal(journal(ran("1") + "," + ran("1") + "," + ran("2", "fault: x")), "m");
  CHECK(books.broken_promises().size() == 3);
}

TEST_CASE("events without a gap are fine, also from the middle and not to the end") {
  Books books;
  books.take_journal(journal(delivered(1) + "," + delivered(2) + "," + delivered(3, "failed") +
                             "," + delivered(4)),
                     "m");
  books.take_journal(journal(sent(5, "dropped") + "," + delivered(6)), "m");
  books.heard({"1001", {2, 4, 6}, true});
  books.heard({"1001", {4, 5, 6}, true});
  books.heard({"1001", {1, 2}, false});
  books.heard({"1001", {}, false});
  CHECK(books.broken_promises().empty());
}

TEST_CASE("an event that is lost, doubled, out of order or of nobody is found") {
  const std::vector<std::uint64_t> heard = GENERATE(values<std::vector<std::uint64_t>>(
      {{1, 3}, {1, 1, 2, 3}, {2, 1}, {1, 2}, {7}, {1, 2, 3, 4}}));
  Books books;
  books.take_journal(journal(delivered(1) + "," + delivered(2) + "," + delivered(3)), "m");
  books.heard({"1001", heard, true});
  CHECK(books.broken_promises().size() == 1);
}

}  // namespace
}  // namespace sfteams::faults

#include "tests/faults/books.h"

#include <catch2/catch.hpp>

#include "base/json/json.h"

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

/// Sent once; `status`: HTTP, 0 when no answer came.
std::string sent(int number, const std::string& outcome, int status = 0) {
  std::string entry = delivered(number, outcome);
  std::string more = R"(,"attempts":1)";
  if (status > 0) more += R"(,"status":)" + std::to_string(status);
  entry.insert(entry.size() - 1, more);
  return entry;
}

/// Carried out, and the PBX was told to break the answer off.
std::string spoilt(const std::string& token) {
  std::string entry = ran(token);
  entry.insert(entry.size() - 1, R"(,"misbehaviour":"close")");
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

TEST_CASE("a call that was carried out and failed is found, whatever the code") {
  const char* code = GENERATE("uci.broken-reply", "uci.unreachable", "uci.xml-too-large",
                              "uci.pbx-error", "something.new");
  Books books;
  books.asked("t1");
  books.failed("t1", code, Trouble::pbx_unwell);
  books.take_journal(journal(ran("1")), "m");
  CHECK(books.broken_promises().size() == 1);
}

TEST_CASE("an answer that the PBX itself broke off may be unknown, and is no excuse for others") {
  Books books;
  for (const char* token : {"t1", "t2", "t3"})
    books.asked(token);
  books.failed("t1", "uci.broken-reply", {});
  books.failed("t2", "uci.xml-too-large", {});
  books.failed("t3", "uci.broken-reply", {});
  books.take_journal(journal(spoilt("1") + "," + spoilt("2") + "," + ran("3")), "m");
  CHECK(books.broken_promises().size() == 2);
}

TEST_CASE("a call that failed and never ran needs a fault that explains it") {
  Books books;
  books.asked("t1");
  books.failed("t1", "uci.pbx-error", Trouble::pbx_unwell);
  books.take_journal(journal(ran("1", "starting")), "m");
  CHECK(books.broken_promises().empty());
  books.asked("t2");
  books.failed("t2", "uci.pbx-error", {});
  CHECK(books.broken_promises().size() == 1);
}

TEST_CASE("events without a gap are fine, also from the middle and not to the end") {
  Books books;
  books.take_journal(journal(delivered(1) + "," + delivered(2) + "," + sent(3, "failed") + "," +
                             delivered(4) + "," + sent(5, "dropped") + "," + delivered(6)),
                     "m");
  books.heard({"1001", {2, 4, 6}, 2, true});
  books.heard({"1001", {4, 5, 6}, 2, true});
  books.heard({"1001", {3, 4, 6}, 3, true});
  books.heard({"1001", {1, 2}, 0, false});
  books.heard({"1001", {}, 0, false});
  books.heard({"1001", {}, 6, true});
  books.heard({"1002", {}, 0, true});
  CHECK(books.broken_promises().empty());
}

TEST_CASE("an event that is lost, doubled, out of order or of nobody is found") {
  const std::vector<std::uint64_t> heard = GENERATE(values<std::vector<std::uint64_t>>(
      {{1, 3}, {1, 1, 2, 3}, {2, 1}, {1, 2}, {7}, {1, 2, 3, 4}, {}, {2, 3}}));
  Books books;
  books.take_journal(journal(delivered(1) + "," + delivered(2) + "," + delivered(3)), "m");
  books.heard({"1001", heard, 0, true});
  CHECK(books.broken_promises().size() == 1);
}

TEST_CASE("who did not hear the first events after the sign-in has lost them, at the end or not") {
  Books books;
  books.take_journal(journal(delivered(1) + "," + delivered(2) + "," + delivered(3)), "m");
  books.heard({"1001", {2, 3}, 0, false});
  CHECK(books.broken_promises().size() == 1);
}

TEST_CASE("an event that the agent refuses is broken, heard or not") {
  const int status = GENERATE(400, 413, 501);
  Books books;
  books.take_journal(journal(delivered(1) + "," + sent(2, "failed", status)), "m");
  CHECK(books.broken_promises().size() == 1);
  books.heard({"1001", {1}, 0, true});
  CHECK(books.broken_promises().size() == 2);
}

TEST_CASE("an old login may be gone, and not the one whose session is there") {
  Books books;
  books.take_journal(journal(sent(1, "failed", 404) + "," + delivered(1) + "," + delivered(2) +
                             "," + sent(2, "failed", 403)),
                     "m");
  books.heard({"1001", {1, 2}, 0, true});
  CHECK(books.broken_promises().empty());
  books.take_journal(journal(sent(3, "failed", 404)), "m");
  books.heard({"1001", {1, 2}, 0, false});
  CHECK(books.broken_promises().size() == 1);
}

TEST_CASE("the tally counts what was done") {
  Books books;
  books.asked("t1");
  books.ended("t1", Fate::answered);
  books.asked("t2");
  books.take_journal(journal(ran("1") + "," + delivered(1) + "," + sent(2, "failed")), "m");
  books.heard({"1001", {1}, 0, true});
  const Books::Tally tally = books.tally();
  CHECK(tally.asked == 2);
  CHECK(tally.answered == 1);
  CHECK(tally.waiting == 1);
  CHECK(tally.executed == 1);
  CHECK(tally.delivered == 1);
  CHECK(tally.heard == 1);
}

}  // namespace
}  // namespace sfteams::faults

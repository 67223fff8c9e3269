#include "agent/guard/breaks.h"

#include <catch2/catch.hpp>

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using transport::TimePoint;

constexpr TimePoint kStart{};
constexpr TimePoint kBreak = kStart + 10s;

struct User final : Breaks::User {
  explicit User(Breaks& breaks) : part(breaks, *this) {}
  void doubt_call() override { ++in_doubt; }
  LoginGuard::Number count_calls(std::size_t calls) override {
    counted += calls;
    return ++number;
  }
  void forgive_calls(std::size_t doubts, LoginGuard::Number of) override {
    in_doubt -= doubts;
    if (of != 0) {
      CHECK(of == number);
      counted = 0;
    }
  }
  void breaks_off(int calls, TimePoint sent = kStart, TimePoint now = kBreak) {
    for (int i = 0; i < calls; ++i)
      part.note(sent, now);
  }
  [[nodiscard]] std::size_t counts() const { return in_doubt + counted; }

  std::size_t in_doubt = 0;
  std::size_t counted = 0;
  LoginGuard::Number number = 0;
  Breaks::Part part;
};

struct Fixture {
  Breaks breaks;
  User anna{breaks};
  User ben{breaks};
  User carl{breaks};
};

TEST_CASE_METHOD(Fixture, "of the calls that break off together, those of one user count") {
  anna.breaks_off(2);
  ben.breaks_off(2);
  carl.breaks_off(1);
  CHECK(anna.in_doubt == 2);
  CHECK(ben.counts() == 0);
  CHECK(carl.counts() == 0);
}

TEST_CASE_METHOD(Fixture, "those of the user with most of them count, whoever was the first") {
  anna.breaks_off(1);
  ben.breaks_off(3);
  carl.breaks_off(2);
  CHECK(anna.counts() == 0);
  CHECK(ben.counts() == 3);
  CHECK(carl.counts() == 0);
  carl.breaks_off(2);
  CHECK(ben.counts() == 0);
  CHECK(carl.counts() == 4);
}

TEST_CASE_METHOD(Fixture, "calls that were sent after the first answer are another break") {
  anna.breaks_off(1);
  ben.breaks_off(1, kBreak, kBreak + 1s);
  CHECK(ben.counts() == 0);
  ben.breaks_off(1, kBreak + 1ms, kBreak + 1s);
  CHECK(anna.counts() == 1);
  CHECK(ben.counts() == 1);
  // What anna had to do with the former one is not compared with this one.
  carl.breaks_off(2, kBreak, kBreak + 1s);
  CHECK(anna.counts() == 1);
  CHECK(ben.counts() == 0);
  CHECK(carl.counts() == 2);
}

TEST_CASE_METHOD(Fixture,
                 "when that user's token is good, those of the user with the next most count") {
  anna.breaks_off(3);
  ben.breaks_off(1);
  carl.breaks_off(2);
  anna.part.end();
  CHECK(ben.counts() == 0);
  CHECK(carl.counts() == 2);
  carl.part.end();
  CHECK(ben.counts() == 1);
  ben.part.end();
  SECTION("and when all are good, the next one that breaks off is the first of another break") {
    anna.in_doubt = 0;
    anna.breaks_off(1, kStart, kBreak + 1s);
    CHECK(anna.counts() == 1);
  }
}

TEST_CASE_METHOD(Fixture,
                 "a user of whom nothing counts may turn out to be good: nobody else counts") {
  anna.breaks_off(2);
  ben.breaks_off(1);
  ben.part.end();
  CHECK(ben.counts() == 0);
  CHECK(carl.counts() == 0);
  anna.part.end();
  CHECK(ben.counts() == 0);
}

TEST_CASE_METHOD(Fixture, "calls in doubt that were counted since are forgiven as such") {
  anna.breaks_off(1);
  // The desk counts them because the user leaves, or because a keepAlive is refused.
  anna.in_doubt = 0;
  anna.counted = 1;
  anna.number = 7;
  anna.part.note_counted(7);
  ben.breaks_off(2);
  CHECK(anna.counts() == 0);
  CHECK(ben.counts() == 2);
}

TEST_CASE_METHOD(Fixture, "what is counted of a user without calls in doubt is another matter") {
  anna.part.note_counted(7);
  anna.breaks_off(1);
  ben.breaks_off(2);
  CHECK(anna.counts() == 0);
}

TEST_CASE("a user who has gone is not asked for anything any more") {
  Breaks breaks;
  User ben(breaks);
  {
    User anna(breaks);
    anna.breaks_off(1);
  }
  ben.breaks_off(2);
  CHECK(ben.in_doubt == 2);
  {
    User anna(breaks);
    anna.breaks_off(1, kStart, kBreak);
  }
  ben.part.end();
  CHECK(ben.counted == 0);
}

}  // namespace
}  // namespace sfteams::agent

#include <memory>
#include <vector>

#include <catch2/catch.hpp>

#include "rest/client.h"
#include "rest/codes.h"
#include "tests/rest/client_scene.h"
#include "transport/codes.h"

namespace sfteams::rest {
namespace {

using test::ClientScene;
using transport::Duration;

TEST_CASE_METHOD(ClientScene, "at most two requests run at once, in their order") {
  std::vector<Outcome<ContactPage>> found;
  for (const char* const text : {"a", "b", "c"})
    found.push_back(search(text));
  scheduler.turn();
  CHECK(http.waiting() == 2);
  http.answer(200, page());
  CHECK(found[0].over());
  scheduler.turn();
  CHECK(http.waiting() == 2);
  CHECK_THAT(http.last().url, Catch::Contains("searchTerms=c"));
}

TEST_CASE_METHOD(ClientScene, "a request that is given up makes room, whether it runs or waits") {
  std::vector<Outcome<ContactPage>> found;
  for (const char* const text : {"a", "b", "c", "d"})
    found.push_back(search(text));
  scheduler.turn();
  found[2].asking.reset();
  found[0].asking.reset();
  CHECK(http.waiting() == 1);
  scheduler.turn();
  CHECK(http.waiting() == 2);
  CHECK_THAT(http.last().url, Catch::Contains("searchTerms=d"));
  http.answer(200, page());
  http.answer(200, page());
  CHECK_FALSE(found[0].over());
  CHECK(found[1].over());
  CHECK_FALSE(found[2].over());
  CHECK(found[3].over());
  CHECK(scheduler.idle());
}

TEST_CASE_METHOD(ClientScene, "a sign-in that nobody waits for any more sends nothing") {
  book.later = true;
  {
    const auto own = me();
    scheduler.turn();
  }
  book.answer_oldest();
  CHECK(http.sent.empty());
  CHECK(scheduler.idle());
}

TEST_CASE_METHOD(ClientScene, "a burst passes, then the pace decides") {
  client = make({.burst = 3, .every = Duration(500)});
  const auto ask = [&] {
    auto own = me();
    scheduler.turn();
    return own;
  };
  for (int i = 0; i < 3; ++i) {
    const auto own = ask();
    http.answer(200, test::kMe);
    CHECK(own.over());
  }
  const auto fourth = ask();
  const auto fifth = ask();
  CHECK(http.waiting() == 0);
  scheduler.advance(Duration(499));
  CHECK(http.waiting() == 0);
  scheduler.advance(Duration(1));
  CHECK(http.waiting() == 1);
  scheduler.advance(Duration(500));
  CHECK(http.waiting() == 2);
}

TEST_CASE_METHOD(ClientScene, "when too many wait, the newest is told so") {
  client = make({.at_once = 1, .waiting = 2});
  std::vector<Outcome<Me>> asked;
  for (int i = 0; i < 4; ++i)
    asked.push_back(me());
  scheduler.turn();
  CHECK(asked[3].code() == codes::kBusy);
  CHECK_FALSE(asked[2].over());
}

TEST_CASE_METHOD(ClientScene, "a request has its time, wherever it waits") {
  client = make({.at_once = 1, .patience = Duration(1'000)});
  const auto runs = me();
  scheduler.advance(Duration(500));
  const auto waits = me();
  scheduler.advance(Duration(500));
  CHECK(runs.code() == transport::codes::kTimeout);
  scheduler.turn();
  CHECK(http.waiting() == 1);
  CHECK(http.sent.size() == 2);
  book.later = true;
  const auto behind = me();
  http.answer(401, "");
  scheduler.advance(Duration(500));
  CHECK(waits.code() == transport::codes::kTimeout);
  scheduler.advance(Duration(500));
  CHECK(behind.code() == transport::codes::kTimeout);
  CHECK(http.waiting() == 0);
}

TEST_CASE_METHOD(ClientScene, "a client that goes takes all that waits with it") {
  std::vector<Outcome<Me>> asked;
  for (int i = 0; i < 4; ++i)
    asked.push_back(me());
  const auto rights = permissions();
  scheduler.turn();
  client.reset();
  CHECK(http.waiting() == 0);
  CHECK(scheduler.idle());
  for (const auto& one : asked)
    CHECK_FALSE(one.over());
}

TEST_CASE_METHOD(ClientScene, "signing out ends what was asked, then the sign-in at the PBX") {
  book.signs_out = true;
  const auto runs = me();
  scheduler.turn();
  int done = 0;
  client->sign_out([&] {
    ++done;
    client.reset();
  });
  CHECK(http.last().method == "DELETE");
  REQUIRE(http.waiting() == 1);
  const auto late = me();
  scheduler.advance(Client::Limits().patience);
  http.answer(503, "");
  CHECK(done == 1);
  CHECK_FALSE(runs.over());
  CHECK_FALSE(late.over());
  CHECK(scheduler.idle());
}

TEST_CASE_METHOD(ClientScene, "where the PBX keeps no sign-in, signing out is over in a turn") {
  int done = 0;
  client->sign_out([&] {
    ++done;
    client.reset();
  });
  CHECK(done == 0);
  scheduler.turn();
  CHECK(done == 1);
  CHECK(http.sent.empty());
}

TEST_CASE_METHOD(ClientScene, "a callback may destroy the client and everything that was asked") {
  std::vector<std::unique_ptr<Asking>> asked;
  int called = 0;
  for (int i = 0; i < 4; ++i) {
    asked.push_back(client->me([&](const Result<Me>&) {
      ++called;
      client.reset();
      asked.clear();
    }));
  }
  scheduler.turn();
  http.answer(200, test::kMe);
  CHECK(called == 1);
  CHECK(http.waiting() == 0);
  CHECK(scheduler.idle());
}

TEST_CASE_METHOD(ClientScene, "a callback may destroy the client while others are refused") {
  book.error = Error{codes::kLoginRefused, "refused", "sign in"};
  std::vector<std::unique_ptr<Asking>> asked;
  int called = 0;
  for (int i = 0; i < 40; ++i) {
    asked.push_back(client->me([&](const Result<Me>&) {
      ++called;
      client.reset();
    }));
  }
  scheduler.turn();
  CHECK(called == 1);
  CHECK(scheduler.idle());
}

}  // namespace
}  // namespace sfteams::rest

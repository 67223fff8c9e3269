#include "uci/waiting_calls.h"

#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/fake_scheduler.h"
#include "uci/codes.h"

namespace sfteams::uci {
namespace {

using namespace std::chrono_literals;

struct Queue {
  test::FakeScheduler scheduler;
  std::vector<std::string> failed;  ///< body and code of each that was given up
  std::unique_ptr<WaitingCalls> calls = std::make_unique<WaitingCalls>(scheduler, 10s, [] {
    return Error{codes::kTimeout, "it took too long", {}};
  });

  [[nodiscard]] bool add(const std::string& body) {
    OutgoingCall call{.body = body};
    call.answer = [this, body](const Result<Value>& answer) {
      failed.push_back(body + " " + std::string(answer.error().code.id));
    };
    return calls->add(call).has_value();
  }
};

}  // namespace

TEST_CASE("calls leave in the order in which they came") {
  Queue queue;
  CHECK(queue.calls->empty());
  for (const char* body : {"a", "b", "c"})
    REQUIRE(queue.add(body));
  CHECK(queue.calls->take().body == "a");
  const auto rest = queue.calls->take_all();
  REQUIRE(rest.size() == 2);
  CHECK(rest.front().body == "b");
  CHECK(rest.back().body == "c");
  CHECK(queue.calls->empty());
  CHECK(queue.scheduler.idle());
  CHECK(queue.failed.empty());
}

TEST_CASE("each call waits for its own time, and then fails with the reason of that moment") {
  Queue queue;
  REQUIRE(queue.add("a"));
  queue.scheduler.advance(4s);
  REQUIRE(queue.add("b"));
  queue.scheduler.advance(5'999ms);
  CHECK(queue.failed.empty());
  queue.scheduler.advance(1ms);
  CHECK(queue.failed == std::vector<std::string>{"a uci.timeout"});
  queue.scheduler.advance(3'999ms);
  CHECK(queue.failed.size() == 1);
  queue.scheduler.advance(1ms);
  CHECK(queue.failed.back() == "b uci.timeout");
  CHECK(queue.scheduler.idle());
}

TEST_CASE("a call that has left is not given up, and the next one has its whole time") {
  Queue queue;
  REQUIRE(queue.add("a"));
  queue.scheduler.advance(9s);
  REQUIRE(queue.add("b"));
  CHECK(queue.calls->take().body == "a");
  queue.scheduler.advance(9'999ms);
  CHECK(queue.failed.empty());
  queue.scheduler.advance(1ms);
  CHECK(queue.failed == std::vector<std::string>{"b uci.timeout"});
}

TEST_CASE("one call too many is refused and left to its caller") {
  Queue queue;
  for (std::size_t i = 0; i < WaitingCalls::kMost; ++i)
    REQUIRE(queue.add("x"));
  OutgoingCall call{.body = "one more"};
  const Result<void> added = queue.calls->add(call);
  REQUIRE_FALSE(added);
  CHECK(added.error().code == codes::kTooManyWaiting);
  CHECK(call.body == "one more");
  (void)queue.calls->take();
  CHECK(queue.calls->add(call));
}

TEST_CASE("the answer to a call that is given up may destroy the queue") {
  Queue queue;
  OutgoingCall call{.body = "a"};
  call.answer = [&queue](const Result<Value>& /*answer*/) { queue.calls.reset(); };
  REQUIRE(queue.calls->add(call));
  REQUIRE(queue.add("b"));
  queue.scheduler.advance(10s);
  CHECK(queue.calls == nullptr);
  CHECK(queue.failed == std::vector<std::string>{"b uci.timeout"});
}

}  // namespace sfteams::uci

#include "transport/loop.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "transport/codes.h"

using sfteams::transport::Duration;
using sfteams::transport::Loop;
using sfteams::transport::TimePoint;
using sfteams::transport::Timer;

namespace {

std::unique_ptr<Loop> make_loop() {
  auto loop = Loop::create();
  REQUIRE(loop);
  return std::move(*loop);
}

}  // namespace

TEST_CASE("timers run in the order of their times, whatever the order they were set in") {
  const auto loop = make_loop();
  std::string order;
  const auto third = loop->after(Duration(30), [&] {
    order += "3";
    loop->stop();
  });
  const auto first = loop->after(Duration(10), [&] { order += "1"; });
  const auto second = loop->after(Duration(20), [&] { order += "2"; });
  loop->run();
  CHECK(order == "123");
}

TEST_CASE("a timer never runs before its time") {
  const auto loop = make_loop();
  const TimePoint begun = loop->now();
  TimePoint ended;
  const auto timer = loop->after(Duration(25), [&] {
    ended = loop->now();
    loop->stop();
  });
  loop->run();
  CHECK(ended - begun >= Duration(25));
}

TEST_CASE("a negative delay is none") {
  const auto loop = make_loop();
  bool ran = false;
  const auto timer = loop->after(Duration(-1000), [&] {
    ran = true;
    loop->stop();
  });
  const auto watchdog = loop->after(Duration(10'000), [&] { loop->stop(); });
  loop->run();
  CHECK(ran);
}

TEST_CASE("a timer that has been destroyed does not run") {
  const auto loop = make_loop();
  bool ran = false;
  auto doomed = loop->after(Duration(5), [&] { ran = true; });
  const auto killer = loop->after(Duration(1), [&] { doomed.reset(); });
  const auto last = loop->after(Duration(20), [&] { loop->stop(); });
  loop->run();
  CHECK_FALSE(ran);
}

TEST_CASE("a timer may destroy itself and set another from inside its own call") {
  const auto loop = make_loop();
  int count = 0;
  std::unique_ptr<Timer> timer;
  const auto witness = std::make_shared<int>(7);
  std::function<void()> again = [&, witness] {
    timer.reset();
    CHECK(*witness == 7);  // what the callback holds is still there
    if (++count == 5) return loop->stop();
    timer = loop->after(Duration(0), [&] { again(); });
  };
  timer = loop->after(Duration(0), again);
  loop->run();
  CHECK(count == 5);
}

TEST_CASE("of two timers due together, the first may cancel the second") {
  const auto loop = make_loop();
  bool second_ran = false;
  std::unique_ptr<Timer> second;
  const auto first = loop->after(Duration(1), [&] { second.reset(); });
  second = loop->after(Duration(1), [&] { second_ran = true; });
  const auto last = loop->after(Duration(5), [&] { loop->stop(); });
  loop->run();
  CHECK_FALSE(second_ran);
}

TEST_CASE("a timer that sets itself up without a delay does not keep the others from running") {
  const auto loop = make_loop();
  std::unique_ptr<Timer> greedy;
  std::function<void()> again = [&] { greedy = loop->after(Duration(0), [&] { again(); }); };
  greedy = loop->after(Duration(0), again);
  bool posted = false;
  loop->post([&] {
    posted = true;
    loop->stop();
  });
  loop->run();
  CHECK(posted);
}

TEST_CASE("ten thousand timers are cheap to set and to cancel") {
  const auto loop = make_loop();
  int ran = 0;
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<Timer>> timers;
    for (int i = 0; i < 10'000; ++i) {
      timers.push_back(loop->after(Duration(60'000), [&] { ++ran; }));
    }
  }
  loop->post([&] { loop->stop(); });
  loop->run();
  CHECK(ran == 0);
}

TEST_CASE("time stands still within one turn") {
  const auto loop = make_loop();
  bool still = false;
  loop->post([&] {
    const TimePoint before = loop->now();
    const TimePoint real = sfteams::transport::Clock::now() + Duration(3);
    while (sfteams::transport::Clock::now() < real) {
    }
    still = loop->now() == before;
    loop->stop();
  });
  loop->run();
  CHECK(still);
}

TEST_CASE("posted tasks run in their order, in a later turn") {
  const auto loop = make_loop();
  std::string order;
  loop->post([&] {
    order += "a";
    loop->post([&] {
      order += "c";
      loop->stop();
    });
    order += "b";
  });
  CHECK(order.empty());
  loop->run();
  CHECK(order == "abc");
}

TEST_CASE("tasks come in from other threads") {
  const auto loop = make_loop();
  constexpr int kEach = 1000;
  int ran = 0;
  const auto count = [&] {
    if (++ran == 2 * kEach) loop->stop();
  };
  const auto send = [&] {
    for (int i = 0; i < kEach; ++i)
      loop->post(count);
  };
  std::thread one(send);
  std::thread two(send);
  loop->run();
  one.join();
  two.join();
  CHECK(ran == 2 * kEach);
}

TEST_CASE("a loop that goes drops the tasks it has not run") {
  const auto witness = std::make_shared<int>(1);
  {
    const auto loop = make_loop();
    loop->post([witness] { FAIL("must not run"); });
    CHECK(witness.use_count() == 2);
  }
  CHECK(witness.use_count() == 1);
}

TEST_CASE("a stop before run lets run return at once") {
  const auto loop = make_loop();
  loop->stop();
  loop->run();
  SUCCEED();
}

TEST_CASE("signals arrive in the loop, each with its number") {
  const auto loop = make_loop();
  std::vector<int> arrived;
  const auto started = loop->on_signals({SIGUSR1, SIGUSR2}, [&](int number) {
    arrived.push_back(number);
    if (arrived.size() == 1) {
      ::kill(::getpid(), SIGUSR2);
    } else {
      loop->stop();
    }
  });
  REQUIRE(started);
  ::kill(::getpid(), SIGUSR1);
  loop->run();
  CHECK(arrived == std::vector<int>{SIGUSR1, SIGUSR2});
}

TEST_CASE("a signal that nobody can catch is refused with a code") {
  const auto loop = make_loop();
  const auto started = loop->on_signals({SIGKILL}, [](int) {});
  REQUIRE_FALSE(started.has_value());
  CHECK(started.error().code == sfteams::transport::codes::kLoopFailed);
}

TEST_CASE("what was waited until a signal came is no work") {
  const auto loop = make_loop();
  std::vector<std::chrono::nanoseconds> turns;
  loop->observe_turns([&](std::chrono::nanoseconds took) { turns.push_back(took); });
  int signals = 0;
  REQUIRE(loop->on_signals({SIGUSR1}, [&](int) { ++signals; }));
  std::thread sender([main = ::pthread_self()] {
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    ::pthread_kill(main, SIGUSR1);
  });
  const auto over = loop->after(Duration(250), [&] { loop->stop(); });
  loop->run();
  sender.join();
  loop->observe_turns(nullptr);
  CHECK(signals == 1);
  REQUIRE_FALSE(turns.empty());
  CHECK(*std::ranges::max_element(turns) < std::chrono::milliseconds(100));
}

TEST_CASE("a turn's work is measured, and waiting is none") {
  const auto loop = make_loop();
  std::chrono::nanoseconds longest{0};
  std::chrono::nanoseconds all{0};
  loop->observe_turns([&](std::chrono::nanoseconds took) {
    longest = std::max(longest, took);
    all += took;
  });
  const auto begin = std::chrono::steady_clock::now();
  const auto busy = loop->after(Duration(100), [] {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(60);
    while (std::chrono::steady_clock::now() < until) {
    }
  });
  const auto end = loop->after(Duration(300), [&] { loop->stop(); });
  loop->run();
  const auto took = std::chrono::steady_clock::now() - begin;
  CHECK(longest >= std::chrono::milliseconds(60));
  // 240 ms of it were spent waiting.
  CHECK(all <= took - std::chrono::milliseconds(200));
  loop->observe_turns(nullptr);
  longest = {};
  const auto again = loop->after(Duration(1), [&] { loop->stop(); });
  loop->run();
  CHECK(longest == std::chrono::nanoseconds(0));
}

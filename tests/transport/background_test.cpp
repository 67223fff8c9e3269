#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/fake_background.h"
#include "transport/background_thread.h"

using namespace sfteams::transport;

namespace {

/// Opens once, for whoever waits.
class Gate {
 public:
  void open() {
    const std::lock_guard guard(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = false;
};

/// Tells on which thread it was destroyed.
std::shared_ptr<int> tells_its_end(std::atomic<std::thread::id>& where) {
  return {new int(0), [&where](const int* held) {
            where = std::this_thread::get_id();
            delete held;
          }};
}

struct Rig {
  std::unique_ptr<Loop> loop = std::move(*Loop::create());
  std::unique_ptr<BackgroundThread> background = std::make_unique<BackgroundThread>(*loop);
};

}  // namespace

TEST_CASE_METHOD(Rig, "work runs beside the loop, in the order in which it was asked for") {
  std::vector<int> order;
  std::thread::id worker;
  std::vector<std::unique_ptr<BackgroundWork>> handles;
  for (int i = 0; i < 5; ++i) {
    handles.push_back(run_beside(
        *background, [&worker, i] { return worker = std::this_thread::get_id(), i; },
        [&, i](int result) {
          CHECK(result == i);
          order.push_back(result);
          if (i == 4) loop->stop();
        }));
  }
  loop->run();
  CHECK(order == std::vector<int>{0, 1, 2, 3, 4});
  CHECK(worker != std::this_thread::get_id());
}

TEST_CASE_METHOD(Rig, "the loop goes on while work is under way") {
  Gate gate;
  bool ticked = false;
  const auto work = background->run([&gate] { gate.pass(); }, [this] { loop->stop(); });
  const auto tick = loop->after(Duration(1), [&] {
    ticked = true;
    gate.open();
  });
  loop->run();
  CHECK(ticked);
}

TEST_CASE_METHOD(Rig,
                 "work that is given up while it runs tells nobody, and frees where it should") {
  Gate begun;
  Gate gate;
  std::atomic<std::thread::id> work_freed;
  std::atomic<std::thread::id> done_freed;
  auto work = background->run(
      [&, held = tells_its_end(work_freed)] {
        begun.open();
        gate.pass();
      },
      [held = tells_its_end(done_freed)] { FAIL("was given up"); });
  begun.pass();
  work.reset();
  // What covers the work is held while it goes on.
  CHECK(done_freed.load() == std::thread::id());
  gate.open();
  const auto next = background->run([] {}, [this] { loop->stop(); });
  loop->run();
  CHECK(work_freed.load() != std::thread::id());
  CHECK(work_freed.load() != std::this_thread::get_id());
  CHECK(done_freed.load() == std::this_thread::get_id());
}

TEST_CASE_METHOD(Rig, "work that is given up before it begins is never called") {
  Gate gate;
  std::atomic<bool> called = false;
  const auto first = background->run([&gate] { gate.pass(); }, [] {});
  auto given_up = background->run([&called] { called = true; }, [] { FAIL("was given up"); });
  given_up.reset();
  gate.open();
  const auto last = background->run([] {}, [this] { loop->stop(); });
  loop->run();
  CHECK_FALSE(called);
}

TEST_CASE_METHOD(Rig, "its end waits for the work that runs and drops the rest") {
  Gate begun;
  std::atomic<bool> ended = false;
  std::atomic<bool> called = false;
  std::atomic<std::thread::id> done_freed;
  auto running = background->run(
      [&] {
        begun.open();
        std::this_thread::yield();
        ended = true;
      },
      [held = tells_its_end(done_freed)] { FAIL("there is nobody any more"); });
  begun.pass();
  running.reset();
  background.reset();
  CHECK(ended);
  CHECK_FALSE(called);
  loop.reset();
  CHECK(done_freed.load() == std::this_thread::get_id());
}

TEST_CASE("the stand-in for tests works by hand, and as the thread does") {
  sfteams::test::FakeBackground background;
  std::string told;
  const auto kept = run_beside(
      background, [] { return std::string("a"); }, [&](std::string a) { told += a; });
  auto given_up = run_beside(
      background, [] { return std::string("b"); }, [&](std::string b) { told += b; });
  given_up.reset();
  background.do_all();
  CHECK(told == "a");
  CHECK(background.called() == 1);
}

#include "transport/resolver.h"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "transport/codes.h"
#include "transport/loop.h"

using sfteams::Result;
using sfteams::transport::Duration;
using sfteams::transport::Lookup;
using sfteams::transport::Loop;
using sfteams::transport::Resolver;
namespace codes = sfteams::transport::codes;

namespace {

using Addresses = Resolver::Addresses;

/// A name service that answers a host when the test says so. It outlives the threads that ask it.
class Service {
 public:
  Resolver::System system() {
    return [shared = shared_](const std::string& host) -> Result<Addresses> {
      std::unique_lock lock(shared->mutex);
      shared->asked.push_back(host);
      shared->changed.notify_all();
      shared->changed.wait(lock, [&] { return shared->open; });
      return Addresses{"192.0.2.1"};
    };
  }
  void answer_all() {
    const std::lock_guard lock(shared_->mutex);
    shared_->open = true;
    shared_->changed.notify_all();
  }
  std::vector<std::string> asked() {
    const std::lock_guard lock(shared_->mutex);
    return shared_->asked;
  }
  void wait_until_asked(std::size_t count) {
    std::unique_lock lock(shared_->mutex);
    shared_->changed.wait(lock, [&] { return shared_->asked.size() >= count; });
  }

  Service() = default;
  ~Service() { answer_all(); }
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

 private:
  struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> asked;
    bool open = false;
  };
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

struct ResolverFixture {
  std::unique_ptr<Loop> loop = std::move(*Loop::create());
  Service service;
  Resolver resolver{*loop, service.system()};

  /// Runs until `count` answers have come in.
  auto expect(int count) {
    return [this, left = std::make_shared<int>(count)] {
      if (--*left == 0) loop->stop();
    };
  }
};

Addresses resolve_once(const std::string& host) {
  auto loop = std::move(*Loop::create());
  Resolver resolver(*loop, [](const std::string&) -> Result<Addresses> {
    return sfteams::fail(codes::kResolveFailed, "asked the system");
  });
  Addresses found;
  const auto lookup = resolver.resolve(host, [&](const Result<Addresses>& outcome) {
    if (outcome) found = *outcome;
    loop->stop();
  });
  CHECK(found.empty());
  loop->run();
  return found;
}

}  // namespace

TEST_CASE("an address is its own answer, without a look-up and in a later turn") {
  CHECK(resolve_once("127.0.0.1") == Addresses{"127.0.0.1"});
  CHECK(resolve_once("2001:db8::1") == Addresses{"2001:db8::1"});
  CHECK(resolve_once("localhost") == Addresses{"127.0.0.1", "::1"});
}

TEST_CASE("a name comes back with its addresses in their order") {
  auto loop = std::move(*Loop::create());
  Resolver resolver(*loop, [](const std::string& host) -> Result<Addresses> {
    CHECK(host == "pbx.example");
    return Addresses{"2001:db8::7", "192.0.2.7"};
  });
  Addresses found;
  const auto lookup = resolver.resolve("pbx.example", [&](const Result<Addresses>& outcome) {
    found = outcome.value();
    loop->stop();
  });
  loop->run();
  CHECK(found == Addresses{"2001:db8::7", "192.0.2.7"});
}

TEST_CASE("a name that the system does not know ends as a coded error that names it") {
  auto loop = std::move(*Loop::create());
  Resolver resolver(*loop);
  sfteams::Error error;
  // RFC 6761 section 6.4: nobody ever has this one.
  const auto lookup = resolver.resolve("pbx.invalid", [&](const Result<Addresses>& outcome) {
    REQUIRE_FALSE(outcome.has_value());
    error = outcome.error();
    loop->stop();
  });
  loop->run();
  CHECK(error.code == codes::kResolveFailed);
  CHECK_THAT(error.message, Catch::Contains("pbx.invalid"));
  CHECK_FALSE(error.hint.empty());
}

TEST_CASE_METHOD(ResolverFixture, "all who ask for one name at once share one look-up") {
  const auto arrived = expect(100);
  std::vector<std::unique_ptr<Lookup>> lookups;
  for (int i = 0; i < 100; ++i) {
    lookups.push_back(resolver.resolve("one.example", [&](const auto&) { arrived(); }));
  }
  service.answer_all();
  loop->run();
  CHECK(service.asked().size() == 1);
}

TEST_CASE_METHOD(ResolverFixture,
                 "a look-up that has been destroyed does not call back, the others do") {
  int called = 0;
  auto first = resolver.resolve("one.example", [&](const auto&) { ++called; });
  const auto second = resolver.resolve("one.example", [&](const auto&) { loop->stop(); });
  first.reset();
  service.answer_all();
  loop->run();
  CHECK(called == 0);
}

TEST_CASE_METHOD(ResolverFixture, "a callback may destroy its own look-up and those of others") {
  std::unique_ptr<Lookup> first;
  std::unique_ptr<Lookup> second;
  bool second_called = false;
  const auto witness = std::make_shared<int>(7);
  first = resolver.resolve("one.example", [&, witness](const auto&) {
    first.reset();
    second.reset();
    CHECK(*witness == 7);
    loop->post([this] { loop->stop(); });
  });
  second = resolver.resolve("one.example", [&](const auto&) { second_called = true; });
  service.answer_all();
  loop->run();
  CHECK_FALSE(second_called);
}

TEST_CASE_METHOD(ResolverFixture,
                 "names beyond the limit wait for their turn, and those nobody wants are skipped") {
  const auto arrived = expect(static_cast<int>(Resolver::kMaxRunning) + 1);
  std::vector<std::unique_ptr<Lookup>> lookups;
  const auto ask = [&](const std::string& host) {
    lookups.push_back(resolver.resolve(host, [&](const auto&) { arrived(); }));
  };
  for (std::size_t i = 0; i < Resolver::kMaxRunning; ++i)
    ask(std::to_string(i) + ".example");
  ask("unwanted.example");
  lookups.pop_back();
  ask("late.example");
  service.wait_until_asked(Resolver::kMaxRunning);
  service.answer_all();
  loop->run();
  const auto asked = service.asked();
  CHECK(asked.size() == Resolver::kMaxRunning + 1);
  CHECK(std::count(asked.begin(), asked.end(), "late.example") == 1);
  CHECK(std::count(asked.begin(), asked.end(), "unwanted.example") == 0);
}

TEST_CASE("a look-up that never ends holds up neither the resolver's end nor the loop's") {
  Service service;
  {
    auto loop = std::move(*Loop::create());
    Resolver resolver(*loop, service.system());
    const auto lookup = resolver.resolve("dead.example", [](const auto&) { FAIL("was called"); });
    service.wait_until_asked(1);
  }
  CHECK(service.asked().size() == 1);
}

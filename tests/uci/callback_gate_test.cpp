#include "uci/callback_gate.h"

#include <atomic>
#include <mutex>

#include <catch2/catch.hpp>

#include "transport/codes.h"
#include "uci/codes.h"

namespace sfteams::uci {
namespace {

using transport::Resolver;

/// A name server on the resolver's threads.
struct Names {
  std::mutex mutex;
  Resolver::Addresses addresses{"192.0.2.7"};
  int asked = 0;

  Result<Resolver::Addresses> answer() {
    const std::lock_guard lock(mutex);
    ++asked;
    if (addresses.empty()) return fail(transport::codes::kResolveFailed, "no name server");
    return addresses;
  }
};

struct Fixture {
  std::unique_ptr<transport::Loop> loop = transport::Loop::create().value();
  std::shared_ptr<Names> names = std::make_shared<Names>();
  std::vector<std::string> told;

  CallbackGate::Setup setup(const std::string& host, std::vector<std::string> from = {}) {
    return {*loop, host, std::move(from),
            [this](const Error& error) {
              CHECK(error.code == codes::kCallbackStranger);
              told.push_back(error.message);
            },
            [names = names](const std::string&) { return names->answer(); }};
  }

  /// Runs the loop until the gate lets that peer in, at most ten seconds.
  bool lets_in(CallbackGate& gate, const std::string& peer) {
    bool in = false;
    const auto late = loop->after(std::chrono::seconds(10), [this] { loop->stop(); });
    std::unique_ptr<transport::Timer> again;
    std::function<void()> look = [&] {
      in = gate.admits(peer);
      if (in) return loop->stop();
      again = loop->after(transport::Duration(1), look);
    };
    look();
    if (!in) loop->run();
    return in;
  }
};

TEST_CASE_METHOD(Fixture, "only addresses that are named may deliver events") {
  CallbackGate gate(setup("pbx.example.com", {"192.0.2.8", "2001:db8::7"}));
  CHECK(gate.admits("192.0.2.8"));
  CHECK(gate.admits("2001:db8::7"));
  CHECK_FALSE(gate.admits("192.0.2.7"));
  CHECK_FALSE(gate.admits("127.0.0.1"));
  CHECK(told.size() == 2);
  CHECK(told.at(0).find("192.0.2.7 may not") != std::string::npos);
  CHECK(names->asked == 0);
}

TEST_CASE_METHOD(Fixture, "the addresses of the PBX's name are looked up") {
  CallbackGate gate(setup("pbx.example.com"));
  CHECK_FALSE(gate.admits("192.0.2.7"));
  CHECK(lets_in(gate, "192.0.2.7"));
  CHECK_FALSE(gate.admits("192.0.2.8"));
  CHECK_FALSE(gate.admits("127.0.0.1"));
  const std::lock_guard lock(names->mutex);
  CHECK(names->asked == 1);
}

TEST_CASE_METHOD(Fixture, "an address in place of a name needs no look-up") {
  CallbackGate gate(setup("2001:DB8:0::7"));
  CHECK(lets_in(gate, "2001:db8::7"));
  CHECK(names->asked == 0);
}

TEST_CASE_METHOD(Fixture, "a PBX on this host may come from every address of it") {
  CallbackGate gate(setup("localhost"));
  CHECK(lets_in(gate, "127.0.0.1"));
  CHECK(gate.admits("127.0.0.2"));
  CHECK_FALSE(gate.admits("192.0.2.7"));
}

}  // namespace
}  // namespace sfteams::uci

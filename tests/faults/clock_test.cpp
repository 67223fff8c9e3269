#include <csignal>

#include <catch2/catch.hpp>

#include "tests/faults/scene.h"
#include "tests/machine.h"

// Connector and agent with a clock that the test sets, by libfaketime. What has to keep to the
// real time is measured by the monotonic clock, which nobody can set.

namespace sfteams::faults {
namespace {

using integration::contains;
using integration::eventually;
using integration::Installation;

constexpr const char* kLibrary = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

constexpr bool under_sanitizer() {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return true;
#endif
#endif
  return false;
}

/// Sets the clock of the processes that were started with its environment.
class Clock {
 public:
  /// Null, after saying so, where it cannot be.
  static std::unique_ptr<Clock> create() {
    if (under_sanitizer()) {
      machine::skipped(
          "the sanitizer has to be the first library in a process, and so has libfaketime");
    } else if (machine::has_installed(kLibrary, "libfaketime")) {
      return std::make_unique<Clock>();
    }
    return nullptr;
  }
  Clock() { set("+0"); }

  void set(const std::string& offset) const {
    // At once and whole: the processes read it again and again.
    const auto fresh = scratch_.path() / "fresh";
    integration::write_file(fresh, offset + "\n");
    std::filesystem::rename(fresh, file());
  }
  [[nodiscard]] std::vector<std::string> environment() const {
    return {std::string("LD_PRELOAD=") + kLibrary, "FAKETIME_TIMESTAMP_FILE=" + file().string(),
            "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", "DONT_FAKE_MONOTONIC=1"};
  }

 private:
  [[nodiscard]] std::filesystem::path file() const { return scratch_.path() / "clock"; }
  integration::ScratchDirectory scratch_;
};

Installation::Options with(const Clock& clock) {
  Installation::Options options;
  options.environment = clock.environment();
  return options;
}

std::string year_of_last_line(const std::string& log) {
  const std::size_t end = log.find_last_not_of('\n');
  const std::size_t begin = log.rfind('\n', end);
  return log.substr(begin == std::string::npos ? 0 : begin + 1, 4);
}

TEST_CASE("a clock that jumps, forwards and back, costs no session and no event") {
  const auto clock = Clock::create();
  if (!clock) return;
  Installation installation(with(*clock));
  installation.start();
  const auto watcher = listening(installation);

  int caller = 1000;
  for (const char* offset : {"+4000d", "-4000d", "+1h", "-1h", "+0"}) {
    clock->set(offset);
    const std::string number = "07211" + std::to_string(++caller);
    installation.simulator_post("/control/incoming", R"({"to":"1002","from":")" + number + "\"}");
    INFO(offset);
    CHECK(eventually([&] { return contains(watcher->out(), number); }));
    const auto login = installation.client(Installation::kAnna, {"login"});
    INFO(login.err);
    CHECK(login.status == 0);
    if (std::string(offset) == "+4000d") {
      // The clock did jump.
      CHECK(year_of_last_line(installation.connector().err()) > "2035");
      CHECK(year_of_last_line(installation.agent().err()) > "2035");
    }
  }
  CHECK_FALSE(contains(watcher->err(), "trying for up to"));
  CHECK(installation.journal_count("login", "1002", "accepted") == 1);
}

TEST_CASE("an agent whose clock is wrong says what it takes the certificate for, and recovers") {
  const auto clock = Clock::create();
  if (!clock) return;
  Installation installation(with(*clock));
  installation.start();
  clock->set("+4000d");
  installation.connector().signal(SIGKILL);
  REQUIRE(installation.connector().wait());
  installation.start_connector();
  REQUIRE(eventually([&] {
    return installation.status()["tunnel"]["error"]["code"] == "transport.tls-untrusted";
  }));
  const std::string status = installation.agent_command({"status"}).out;
  INFO(status);
  CHECK(contains(status, "expired on"));
  CHECK(contains(status, "clock"));
  clock->set("+0");
  CHECK(installation.registered());
}

TEST_CASE("a grace ends by the clock on the wall, also when that is set") {
  const auto clock = Clock::create();
  if (!clock) return;
  Installation installation(with(*clock));
  installation.start();
  const std::filesystem::path older = installation.key_file();
  REQUIRE(installation.agent_command({"key", "new", "--grace", "2h"}).status == 0);
  clock->set("+1h");
  CHECK(installation.client(Installation::kAnna, {"login"}).status == 0);
  clock->set("+3h");
  const auto refused = installation.client(Installation::kAnna, {"login"});
  CHECK(refused.status == 77);
  CHECK(contains(refused.err, "tunnel.admission-refused"));
}

}  // namespace
}  // namespace sfteams::faults

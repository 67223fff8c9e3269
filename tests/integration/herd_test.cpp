#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/integration/bare_agent.h"
#include "tests/integration/installation.h"
#include "transport/loop.h"
#include "transport/network.h"
#include "tunnel/codes.h"

namespace sfteams::integration {
namespace {

using namespace std::chrono_literals;

class Herd {
 public:
  Herd(const Installation& installation, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      members_.push_back(std::make_unique<BareAgent>(
          *loop_, *network_, installation.connector_url(), installation.file("ca.pem"),
          "pbx" + std::to_string(i) + ".example.com"));
    }
  }

  /// Turns the loop until all are registered, or none is; false when that takes too long.
  [[nodiscard]] bool until_all(bool registered) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    const auto as_wished = [&](const auto& member) { return member->registered() == registered; };
    while (!std::ranges::all_of(members_, as_wished)) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      const auto turn = loop_->after(20ms, [this] { loop_->stop(); });
      loop_->run();
    }
    return true;
  }
  /// How often the connector has told each of them to come again later.
  [[nodiscard]] std::vector<std::uint64_t> refused() const {
    std::vector<std::uint64_t> times;
    for (const auto& member : members_)
      times.push_back(member->failures(tunnel::codes::kTryAgainLater));
    return times;
  }

 private:
  std::unique_ptr<transport::Loop> loop_ = transport::Loop::create().value();
  std::unique_ptr<transport::Network> network_ = transport::Network::create(*loop_).value();
  std::vector<std::unique_ptr<BareAgent>> members_;
};

TEST_CASE(
    "a herd comes back to a connector that was away in its slots, and nobody is refused twice") {
  constexpr std::size_t kHerd = 200;
  Installation::Options options;
  options.log_level = "info";
  const std::string limits =
      "[limits]\nwaiting-per-address = 2000\nnew-names-per-minute = 100000\n"
      "registrations-per-second = ";
  options.connector_settings = limits + "100000\n";
  Installation installation(options);
  installation.start_connector();
  Herd herd(installation, kHerd);
  REQUIRE(herd.until_all(true));
  const std::vector<std::uint64_t> before = herd.refused();

  installation.connector().signal(SIGKILL);
  static_cast<void>(installation.connector().wait());
  REQUIRE(herd.until_all(false));
  installation.set_connector_settings(limits + "50\n");
  installation.start_connector();
  REQUIRE(herd.until_all(true));

  const std::vector<std::uint64_t> after = herd.refused();
  std::size_t once = 0;
  for (std::size_t i = 0; i < kHerd; ++i) {
    CAPTURE(i);
    const std::uint64_t times = after[i] - before[i];
    CHECK(times <= 1);
    once += times;
  }
  CHECK(once > 0);
}

}  // namespace
}  // namespace sfteams::integration

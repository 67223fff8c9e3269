#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "tests/integration/installation.h"

// Many large answers at once, and what others notice of them.

namespace sfteams::integration {
namespace {

using namespace std::chrono_literals;

constexpr int kEntries = 3'000;  ///< about 2.6 MB of XML
constexpr std::size_t kAsking = 10;
constexpr const char* kGetCallList = "ucp.v30.requests.callList.getCallList";
const std::string kAll = R"([null,null,"","","","","",0,)" + std::to_string(kEntries) + "]";

struct PbxOfManyCalls {
  PbxOfManyCalls() : installation(options()) { installation.start(); }

  static Installation::Options options() {
    Installation::Options options;
    options.simulator_switches = {"past-calls=" + std::to_string(kEntries)};
    options.connector_settings = options.agent_settings = "[watch]\nlisten = 127.0.0.1:0\n";
    // What is slow without optimization is not to be taken for a fault.
    options.agent_uci_settings = "timeout = 120\n";
    options.log_level = "info";
    return options;
  }
  /// The value of one of the agent's samples.
  [[nodiscard]] double of_agent(const std::string& sample) {
    const std::string text = "\n" + installation.watched(Installation::Side::pbx, "/metrics");
    const std::string mark = "\nstarface_teams_agent_" + sample + " ";
    const std::size_t at = text.find(mark);
    INFO(sample);
    REQUIRE(at != std::string::npos);
    return std::stod(text.substr(at + mark.size()));
  }

  Installation installation;
};

TEST_CASE(
    "large answers of one user hold up nobody else, and the memory that they take is bounded") {
  PbxOfManyCalls watched;
  Installation& installation = watched.installation;
  const auto call_ids = [&] {
    return installation.client(Installation::kBen, {"call", "ucp.v30.requests.call.getCallIds"});
  };
  REQUIRE(call_ids().status == 0);
  static_cast<void>(watched.of_agent("loop_turn_longest_seconds"));  // from here on

  std::vector<std::unique_ptr<ChildProcess>> asking;
  for (std::size_t i = 0; i < kAsking; ++i) {
    asking.push_back(installation.client_in_background(
        Installation::kAnna, {"--json", "--timeout", "120", "call", kGetCallList, kAll}));
  }
  double slowest = 0;
  double longest_turn = 0;
  int small = 0;
  const auto end = std::chrono::steady_clock::now() + 5min;
  const auto under_way = [&] {
    return std::ranges::any_of(asking, [](const auto& client) { return client->running(); });
  };
  while (under_way() && std::chrono::steady_clock::now() < end) {
    const auto begin = std::chrono::steady_clock::now();
    const Finished finished = call_ids();
    INFO(finished.err);
    REQUIRE(finished.status == 0);
    slowest = std::max(
        slowest, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    longest_turn = std::max(longest_turn, watched.of_agent("loop_turn_longest_seconds"));
    CHECK(watched.of_agent("large_answers_bytes") <= watched.of_agent("large_answers_limit_bytes"));
    ++small;
  }
  for (const auto& client : asking) {
    INFO(client->err());
    REQUIRE(client->wait() == 0);
    const Result<Json::Value> answer =
        json::parse(client->out(), {.bytes = 8'000'000, .depth = 32});
    REQUIRE(answer);
    CHECK((*answer)["entries"].size() == kEntries);
  }
  std::cout << kAsking << " lists of " << kEntries << " calls: another user made " << small
            << " calls meanwhile, the slowest in " << slowest
            << " s, its client's start included; the longest turn of the agent's loop took "
            << longest_turn << " s" << std::endl;
  CHECK(small > 0);
  // Whether any had to wait depends on who is faster, the PBX or the agent; that they do is tested
  // in tests/transport/large_replies_test.cpp. All of them went through the budget.
  const double one = static_cast<double>(asking.front()->out().size());
  CHECK(watched.of_agent("large_answers_most_bytes") > one);
  CHECK(watched.of_agent("large_answers_most_bytes") <=
        watched.of_agent("large_answers_limit_bytes"));
  CHECK(watched.of_agent("large_answers_bytes") == 0);
  CHECK(watched.of_agent("large_answers_waiting") == 0);
  CHECK(watched.of_agent("tunnel_reconnects_total") == 0);
  CHECK(installation.registered());
}

}  // namespace
}  // namespace sfteams::integration

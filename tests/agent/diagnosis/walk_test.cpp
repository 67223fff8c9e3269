#include "agent/diagnosis/walk.h"

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "agent/daemon/codes.h"
#include "transport/loop.h"
#include "transport/network.h"

namespace sfteams::diagnosis {
namespace {

/// The names that a walk finds something under on a host where nothing is installed, which is under
/// each of them, without those that follow the one before at once (several hosts).
struct EmptyHost {
  std::unique_ptr<transport::Loop> loop = transport::Loop::create().value();
  std::unique_ptr<transport::Network> network = transport::Network::create(*loop).value();
  std::vector<std::string> announced;
  std::vector<std::string> found;

  void walk(std::optional<UserAccess> user) {
    agent::Options options;
    options.configuration = "/nonexistent/configuration";
    options.state_directory = "/nonexistent/state";
    const auto not_running = [](const auto& answer) {
      answer(fail(agent::codes::kNotRunning, "no agent is running", "start it"));
    };
    const auto diagnosis =
        diagnosis::walk({*network, options, "tests/1", not_running, std::move(user)},
                        {[this](const agent::Finding& finding) { found.push_back(finding.step); },
                         [this] { loop->stop(); },
                         {}});
    announced = diagnosis->steps();
    const auto deadline = loop->after(std::chrono::seconds(20), [this] { loop->stop(); });
    loop->run();
  }
};

}  // namespace

TEST_CASE("a walk finds something under each name that it announces, in that order") {
  EmptyHost host;
  host.walk(std::nullopt);
  CHECK(host.found == host.announced);
  CHECK(host.announced == step_names(false));
  CHECK(host.announced.size() > 10);
}

TEST_CASE("a walk with a user announces the sign-in, too, and each name once") {
  EmptyHost host;
  host.walk(UserAccess{"1001", crypto::Secret::from_text("anna-secret")});
  CHECK(host.announced == step_names(true));
  const std::set<std::string> names(host.announced.begin(), host.announced.end());
  CHECK(names.size() == host.announced.size());
  CHECK(names.contains("sign-in"));
  // No event is waited for without a sign-in.
  std::erase(host.announced, "events");
  CHECK(host.found == host.announced);
}

}  // namespace sfteams::diagnosis

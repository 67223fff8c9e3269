#include "connector/status_wait.h"

#include <deque>

#include <catch2/catch.hpp>

namespace sfteams::connector {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A connector that gives these answers, the last one for ever: "" none, otherwise its health.
struct Asked {
  explicit Asked(std::deque<std::string> given) : answers(std::move(given)) {}

  StatusWait::Answer run(int patience) {
    const StatusWait wait{[this] { return answer(); },
                          [this] { return StatusWait::Clock::time_point(time); },
                          [this](milliseconds pause) { time += pause; }};
    return wait.run(seconds(patience));
  }
  StatusWait::Answer answer() {
    ++times;
    time += each;
    const std::string health = answers.front();
    if (answers.size() > 1) answers.pop_front();
    if (health.empty()) return tl::unexpected(json::Told{69, "not running"});
    Json::Value json(Json::objectValue);
    json["health"] = health;
    return json;
  }

  std::deque<std::string> answers;
  int times = 0;
  milliseconds time{0};
  milliseconds each{0};  ///< that an answer takes
};

TEST_CASE("without patience the connector is asked once") {
  Asked well({"well"});
  CHECK(well.run(0).value()["health"] == "well");
  Asked critical({"critical"});
  CHECK(critical.run(0).value()["health"] == "critical");
  CHECK(critical.times == 1);
  CHECK(critical.time == milliseconds(0));
}

TEST_CASE("with patience it is asked until it runs and is well") {
  Asked asked({"", "critical", "warning", "well"});
  CHECK(asked.run(60).value()["health"] == "well");
  CHECK(asked.times == 4);
  CHECK(asked.time == milliseconds(1'500));
}

TEST_CASE("when the time is over, the last answer counts") {
  Asked asked({"", "warning"});
  CHECK(asked.run(2).value()["health"] == "warning");
  CHECK(asked.time == milliseconds(2'000));
  Asked gone({""});
  CHECK_FALSE(gone.run(2));
}

TEST_CASE("an answer that takes long is not waited for twice") {
  Asked asked({"warning"});
  asked.each = milliseconds(5'000);
  CHECK(asked.run(2).value()["health"] == "warning");
  CHECK(asked.times == 1);
}

}  // namespace
}  // namespace sfteams::connector

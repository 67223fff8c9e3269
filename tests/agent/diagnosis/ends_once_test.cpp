#include "agent/diagnosis/ends_once.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/contains.h"
#include "transport/loop.h"

namespace sfteams::diagnosis {
namespace {

struct Stage {
  std::unique_ptr<transport::Loop> loop = transport::Loop::create().value();
  std::unique_ptr<transport::Network> network = transport::Network::create(*loop).value();
  Context context{*network, {}, "", {}};
  std::vector<std::string> told;
  std::vector<std::string> texts;
  int done = 0;
  int let_go = 0;
  std::unique_ptr<transport::Timer> stop;
};

class Trial final : public EndsOnce {
 public:
  explicit Trial(Stage& stage)
      : EndsOnce(
            stage.context,
            [&stage](const Finding& finding) {
              stage.told.push_back(finding.step);
              stage.texts.push_back(finding.text.text());
            },
            [&stage] {
              ++stage.done;
              // Anything that would still come has its turn.
              stage.stop = stage.loop->after(transport::Duration(20), [&] { stage.loop->stop(); });
            }),
        stage_(stage) {}

  using EndsOnce::await_connector;
  using EndsOnce::connector_answered;
  using EndsOnce::end;
  using EndsOnce::ended;
  using EndsOnce::kLong;
  using EndsOnce::tell;

 private:
  void let_go() override { ++stage_.let_go; }
  Stage& stage_;
};

TEST_CASE("a step that is ended by two things is done once, in a later turn") {
  Stage stage;
  Trial step(stage);
  step.tell(well("first", said("it works")));
  CHECK_FALSE(step.ended());
  step.end(well("second", said("it works")));
  CHECK(step.ended());
  CHECK(stage.done == 0);
  step.end();
  step.end(well("third", said("it works")));
  step.tell(well("fourth", said("it works")));
  stage.loop->run();
  CHECK(stage.done == 1);
  CHECK(stage.let_go == 1);
  step.end();
  CHECK(stage.told == std::vector<std::string>{"first", "second"});
}

TEST_CASE("a step that is broken off is not done") {
  Stage stage;
  {
    Trial step(stage);
    step.end();
  }
  stage.stop = stage.loop->after(transport::Duration(20), [&] { stage.loop->stop(); });
  stage.loop->run();
  CHECK(stage.done == 0);
}

TEST_CASE("who waits long for the connector is told why at once, and afterwards how long it was") {
  Stage stage;
  std::vector<std::string> waiting;
  stage.context.waiting = [&](const Sentence& why) { waiting.push_back(why.text()); };
  Trial step(stage);
  step.await_connector();
  const auto answer = stage.loop->after(Trial::kLong + transport::Duration(100), [&] {
    REQUIRE(waiting.size() == 1);
    CHECK(contains(waiting[0], "holds further ones back"));
    step.connector_answered();
    step.end(well("first", said("it works")));
  });
  stage.loop->run();
  REQUIRE(stage.texts.size() == 1);
  CHECK(stage.texts[0].starts_with("it works; the connector took 1."));
}

TEST_CASE("a connector that answers soon is not talked about") {
  Stage stage;
  stage.context.waiting = [&](const Sentence&) { FAIL("nobody has to wait"); };
  Trial step(stage);
  step.await_connector();
  step.end(well("first", said("it works")));
  stage.loop->run();
  CHECK(stage.texts == std::vector<std::string>{"it works"});
}

}  // namespace
}  // namespace sfteams::diagnosis

#include "diagnosis/ends_once.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "transport/loop.h"

namespace sfteams::diagnosis {
namespace {

struct Stage {
  std::unique_ptr<transport::Loop> loop = transport::Loop::create().value();
  std::unique_ptr<transport::Network> network = transport::Network::create(*loop).value();
  Context context{*network, {}, "", {}};
  std::vector<std::string> told;
  int done = 0;
  int let_go = 0;
  std::unique_ptr<transport::Timer> stop;
};

class Trial final : public EndsOnce {
 public:
  explicit Trial(Stage& stage)
      : EndsOnce(
            stage.context, [&stage](const Finding& finding) { stage.told.push_back(finding.step); },
            [&stage] {
              ++stage.done;
              // Anything that would still come has its turn.
              stage.stop = stage.loop->after(transport::Duration(20), [&] { stage.loop->stop(); });
            }),
        stage_(stage) {}

  using EndsOnce::end;
  using EndsOnce::ended;
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

}  // namespace
}  // namespace sfteams::diagnosis

#include "agent/pbx/pbx_watch.h"

#include <vector>

#include <catch2/catch.hpp>

#include "base/log/log.h"
#include "tests/fake_scheduler.h"
#include "transport/codes.h"
#include "uci/codes.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;

struct PbxWatchFixture {
  sfteams::test::FakeScheduler scheduler;
  std::vector<PbxProbe::Answer> questions;
  std::unique_ptr<PbxWatch> watch = std::make_unique<PbxWatch>(
      scheduler, [this](PbxProbe::Answer answer) { questions.push_back(std::move(answer)); });

  static inline const Error kNoAnswer{transport::codes::kConnectFailed, "refused", ""};
};

TEST_CASE_METHOD(PbxWatchFixture, "the PBX is asked at once, and then every ten seconds") {
  CHECK(questions.size() == 1);
  CHECK_FALSE(watch->known());
  questions[0](std::nullopt);
  CHECK(watch->known());
  CHECK_FALSE(watch->problem());
  scheduler.advance(9s);
  CHECK(questions.size() == 1);
  scheduler.advance(1s);
  CHECK(questions.size() == 2);
  CHECK(watch->known());
  questions[1](kNoAnswer);
  REQUIRE(watch->problem());
  CHECK(watch->problem()->code == transport::codes::kConnectFailed);
  scheduler.advance(10s);
  questions[2](std::nullopt);
  CHECK_FALSE(watch->problem());
}

TEST_CASE_METHOD(PbxWatchFixture,
                 "a question that nobody answers does not keep it from asking again") {
  scheduler.advance(35s);
  CHECK(questions.size() == 4);
  CHECK_FALSE(watch->known());
}

TEST_CASE_METHOD(PbxWatchFixture,
                 "what was known of another PBX is forgotten, and its answers come late") {
  questions[0](kNoAnswer);
  scheduler.advance(10s);
  watch->start_anew();
  CHECK_FALSE(watch->known());
  CHECK_FALSE(watch->problem());
  REQUIRE(questions.size() == 3);
  questions[1](kNoAnswer);
  CHECK_FALSE(watch->known());
  questions[2](std::nullopt);
  CHECK(watch->known());
}

TEST_CASE_METHOD(PbxWatchFixture,
                 "another problem than before is logged, the same one is not again") {
  log::start(log::Level::info);
  std::vector<std::string> logged;
  log::observe([&](log::Level, std::string_view, std::string_view message) {
    logged.emplace_back(message.substr(0, message.find(':')));
  });
  const Error page{uci::codes::kWebPage, "a page", ""};
  std::size_t asked = 0;
  const auto answer = [&](const std::optional<Error>& problem) {
    questions[asked++](problem);
    scheduler.advance(10s);
  };
  answer(kNoAnswer);
  answer(kNoAnswer);
  answer(page);
  answer(page);
  answer(std::nullopt);
  answer(kNoAnswer);
  answer(std::nullopt);
  log::observe(nullptr);
  log::set_level(log::Level::error);
  CHECK(logged == std::vector<std::string>{"no UCI", "about the PBX",
                                           "nothing is doubtful about the PBX any more", "no UCI",
                                           "the PBX answers again"});
}

TEST_CASE_METHOD(PbxWatchFixture, "an answer after the end finds nobody") {
  watch.reset();
  questions[0](kNoAnswer);
  scheduler.advance(60s);
  CHECK(questions.size() == 1);
}

}  // namespace
}  // namespace sfteams::agent

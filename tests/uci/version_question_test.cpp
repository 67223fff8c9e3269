#include "uci/version_question.h"

#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "tests/uci/fakes.h"

namespace sfteams::uci {
namespace {

struct Asking {
  test::FakePbx pbx;
  Dialect dialect = dialect_of(Version::v30);
  LoneGate gate;
  int answered = 0;
  std::unique_ptr<VersionQuestion> question =
      std::make_unique<VersionQuestion>(pbx, dialect, gate, [this] { ++answered; });
};

}  // namespace

TEST_CASE("the version is what the PBX answered last") {
  Asking asking;
  CHECK_FALSE(asking.question->version());
  asking.question->ask();
  asking.pbx.value(test::kVersion, "10.0.1.6");
  CHECK(asking.question->version() == Value("10.0.1.6"));
  CHECK(asking.answered == 1);
  asking.question->ask();
  asking.pbx.fault(test::kVersion, "no such method");
  CHECK(asking.question->version() == Value("10.0.1.6"));
  CHECK(asking.answered == 2);
}

TEST_CASE("a version too large to be passed on stays unknown") {
  Asking asking;
  asking.question->ask();
  asking.pbx.value(test::kVersion, std::string(5'000, '1'));
  CHECK_FALSE(asking.question->version());
  CHECK(asking.answered == 1);
}

TEST_CASE("who waits for the version hears of the answer instead, once, and may stop to wait") {
  Asking asking;
  int waited = 0;
  const auto then = [&waited] { ++waited; };
  CHECK_FALSE(asking.question->wait(then));
  asking.question->ask();
  CHECK(asking.question->wait(then));
  asking.pbx.value(test::kVersion, "10");
  CHECK(waited == 1);
  CHECK(asking.answered == 0);
  asking.question->ask();
  CHECK(asking.question->wait(then));
  asking.question->stop_waiting();
  asking.pbx.value(test::kVersion, "11");
  CHECK(waited == 1);
  CHECK(asking.answered == 1);
}

TEST_CASE("a question that is withdrawn is answered by nobody") {
  Asking asking;
  asking.question->ask();
  asking.question->withdraw();
  CHECK(asking.pbx.open() == 0);
  CHECK_FALSE(asking.question->wait([] {}));
}

TEST_CASE("without leave of the gate the version is not asked for") {
  Asking asking;
  std::vector<std::unique_ptr<TokenGate::Leave>> others;
  for (std::size_t i = 0; i < LoneGate::kMostAtOnce; ++i)
    others.push_back(asking.gate.take(TokenGate::Use::call));
  asking.question->ask();
  CHECK(asking.pbx.open() == 0);
}

TEST_CASE("what an answer to the version leads to may destroy the question") {
  Asking asking;
  asking.question->ask();
  REQUIRE(asking.question->wait([&asking] { asking.question.reset(); }));
  asking.pbx.value(test::kVersion, "10");
  CHECK(asking.question == nullptr);
}

}  // namespace sfteams::uci

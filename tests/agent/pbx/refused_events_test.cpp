#include "agent/pbx/refused_events.h"

#include <catch2/catch.hpp>

#include "base/log/log.h"
#include "tests/contains.h"
#include "tests/fake_scheduler.h"
#include "tests/log_lines.h"
#include "uci/codes.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;

TEST_CASE("refused events are counted by code, and each code is logged once a minute") {
  sfteams::test::FakeScheduler scheduler;
  auto counts = std::make_shared<metrics::Tally>();
  RefusedEvents refused(scheduler, counts);
  const sfteams::test::LogLines log(log::Level::warn);
  const Error syntax{uci::codes::kXmlSyntax, "the XML document is broken", {}};
  const Error token{uci::codes::kCallbackWrongToken, "an event came without its token", {}};
  for (int i = 0; i < 100; ++i)
    refused.add(syntax);
  refused.add(token);
  CHECK(counts->of("uci.xml-syntax") == 100);
  CHECK(counts->of("uci.callback-wrong-token") == 1);
  REQUIRE(log.messages.size() == 2);
  CHECK(contains(log.messages.at(0), "uci.xml-syntax"));
  CHECK(contains(log.messages.at(1), "uci.callback-wrong-token"));
  scheduler.advance(60s);
  refused.add(syntax);
  REQUIRE(log.messages.size() == 3);
  CHECK(contains(log.messages.at(2), "99 more"));
}

}  // namespace
}  // namespace sfteams::agent

#include "agent/pbx/refused_events.h"

#include <catch2/catch.hpp>

#include "base/log/log.h"
#include "tests/contains.h"
#include "tests/fake_scheduler.h"
#include "uci/codes.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;

/// The lines of the log while it lives.
struct Lines {
  Lines() {
    log::start(log::Level::warn, log::Format::text);
    log::observe([this](log::Level, std::string_view, std::string_view message) {
      lines.emplace_back(message);
    });
  }
  ~Lines() { log::observe(nullptr); }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  std::vector<std::string> lines;
};

TEST_CASE("refused events are counted by code, and each code is logged once a minute") {
  sfteams::test::FakeScheduler scheduler;
  auto counts = std::make_shared<metrics::Tally>();
  RefusedEvents refused(scheduler, counts);
  const Lines log;
  const Error syntax{uci::codes::kXmlSyntax, "the XML document is broken", {}};
  const Error token{uci::codes::kCallbackWrongToken, "an event came without its token", {}};
  for (int i = 0; i < 100; ++i)
    refused.add(syntax);
  refused.add(token);
  CHECK(counts->of("uci.xml-syntax") == 100);
  CHECK(counts->of("uci.callback-wrong-token") == 1);
  REQUIRE(log.lines.size() == 2);
  CHECK(contains(log.lines.at(0), "uci.xml-syntax"));
  CHECK(contains(log.lines.at(1), "uci.callback-wrong-token"));
  scheduler.advance(60s);
  refused.add(syntax);
  REQUIRE(log.lines.size() == 3);
  CHECK(contains(log.lines.at(2), "99 more"));
}

}  // namespace
}  // namespace sfteams::agent

#include "base/metrics/exposition.h"

#include <cmath>
#include <limits>
#include <stdexcept>

#include <catch2/catch.hpp>

namespace sfteams::metrics {
namespace {

TEST_CASE("a family has its help and its type once, and a line for each sample") {
  Exposition out("agent_");
  out.gauge("sessions", "Sessions that are open").is(12);
  out.counter("calls_total", "Calls by result")
      .is(3, {{"result", "ok"}})
      .is(1, {{"result", "uci.fault"}, {"version", "v30"}});
  CHECK(out.text() ==
        "# HELP agent_sessions Sessions that are open\n"
        "# TYPE agent_sessions gauge\n"
        "agent_sessions 12\n"
        "# HELP agent_calls_total Calls by result\n"
        "# TYPE agent_calls_total counter\n"
        "agent_calls_total{result=\"ok\"} 3\n"
        "agent_calls_total{result=\"uci.fault\",version=\"v30\"} 1\n");
}

TEST_CASE("a family without samples leaves no trace") {
  Exposition out("");
  static_cast<void>(out.gauge("unknown_seconds", "Not known"));
  CHECK(out.text().empty());
}

TEST_CASE("what a label may hold cannot end it") {
  Exposition out("");
  out.gauge("a", "b").is(1, {{"x", "quote \" back\\slash line\nfeed {}, ü"}});
  CHECK(out.text() ==
        "# HELP a b\n# TYPE a gauge\na{x=\"quote \\\" back\\\\slash line\\nfeed {}, ü\"} 1\n");
}

TEST_CASE("bytes that are no UTF-8 do not get into the text") {
  Exposition out("");
  out.gauge("a", "b").is(1, {{"x", "\xff\xc3(a"}});
  CHECK(
      out.text().ends_with("a{x=\"?"
                           "?(a\"} 1\n"));
}

TEST_CASE("a help text is one line") {
  Exposition out("");
  out.gauge("a", "one\ntwo \\ \"three\"").is(1);
  CHECK(out.text().starts_with("# HELP a one\\ntwo \\\\ \"three\"\n"));
}

TEST_CASE("numbers are written so that they can be read back") {
  const auto written = [](double value) {
    Exposition out("");
    out.gauge("a", "b").is(value);
    const std::string text = out.text();
    return text.substr(text.rfind(' ') + 1);
  };
  CHECK(written(0) == "0\n");
  CHECK(written(0.0123) == "0.0123\n");
  CHECK(written(1'795'000'000.123) == "1795000000.123\n");
  CHECK(written(9'007'199'254'740'991.0) == "9007199254740991\n");
  CHECK(std::stod(written(1e300)) == 1e300);
  CHECK(written(std::nan("")) == "NaN\n");
  CHECK(written(std::numeric_limits<double>::infinity()) == "+Inf\n");
  CHECK(written(-std::numeric_limits<double>::infinity()) == "-Inf\n");
}

TEST_CASE("a histogram is cumulative, and ends with everything") {
  Histogram histogram({0.1, 1});
  for (const double value : {0.05, 0.1, 0.5, 7.0})
    histogram.observe(value);
  Exposition out("agent_");
  out.histogram("call_seconds", "How long", histogram);
  CHECK(out.text() ==
        "# HELP agent_call_seconds How long\n"
        "# TYPE agent_call_seconds histogram\n"
        "agent_call_seconds_bucket{le=\"0.1\"} 2\n"
        "agent_call_seconds_bucket{le=\"1\"} 3\n"
        "agent_call_seconds_bucket{le=\"+Inf\"} 4\n"
        "agent_call_seconds_sum 7.65\n"
        "agent_call_seconds_count 4\n");
}

TEST_CASE("a tally is a sample for each kind, in a steady order") {
  Tally tally{"ok"};
  tally.add("b");
  tally.add("a");
  tally.add("b");
  Exposition out("");
  out.counter("a_total", "b").is(tally, "result");
  CHECK(
      out.text().ends_with("a_total{result=\"a\"} 1\n"
                           "a_total{result=\"b\"} 2\n"
                           "a_total{result=\"ok\"} 0\n"));
  out.counter("b_total", "b").is(tally, "result", {"peer", "agent"});
  CHECK(
      out.text().ends_with("b_total{peer=\"agent\",result=\"b\"} 2\n"
                           "b_total{peer=\"agent\",result=\"ok\"} 0\n"));
}

TEST_CASE("names that are none do not get out") {
  Exposition out("");
  for (const char* name : {"", "1a", "a b", "a-b", "a{", "ä"})
    CHECK_THROWS_AS(out.gauge(name, ""), std::logic_error);
  for (const char* label : {"", "a-b", "__a", "le", "a=\"", "a:b"})
    CHECK_THROWS_AS(
        out.gauge("a" + std::to_string(out.text().size()) + "b", "").is(1, {{label, ""}}),
        std::logic_error);
}

TEST_CASE("counters, and only they, end with _total") {
  Exposition out("");
  CHECK_THROWS_AS(out.counter("calls", ""), std::logic_error);
  CHECK_THROWS_AS(out.gauge("calls_total", ""), std::logic_error);
}

TEST_CASE("a family comes once") {
  Exposition out("");
  out.gauge("a", "").is(1);
  CHECK_THROWS_AS(out.gauge("a", ""), std::logic_error);
}

}  // namespace
}  // namespace sfteams::metrics

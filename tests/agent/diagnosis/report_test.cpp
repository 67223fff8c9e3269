#include "agent/diagnosis/report.h"

#include <catch2/catch.hpp>

#include "agent/diagnosis/step.h"
#include "agent/findings/check_run.h"

namespace sfteams::diagnosis {
TEST_CASE("the exit status is that of the worst finding") {
  std::vector<Finding> findings{well("config", said("x")), skipped("hosts", said("none"))};
  CHECK(exit_status(findings) == 0);
  findings.push_back(warning("tls", said("soon"), said("renew")));
  CHECK(exit_status(findings) == 1);
  findings.push_back(failure("uci", Error{{"uci.timeout"}, "slow", "wait"}));
  CHECK(exit_status(findings) == 2);
  CHECK(summary(findings) == "1 OK, 1 WARN, 1 FAIL, 1 skipped");
}

TEST_CASE("a finding is one line, and what to do next another") {
  CHECK(to_text(failure("uci", Error{{"uci.timeout"}, "slow\nline", "wait"})) ==
        "FAIL  uci           [uci.timeout] slow\\nline\n                    → wait\n");
  CHECK(to_text(well("clock", said("right"))) == "OK    clock         right\n");
  const Json::Value json = agent::to_json(warning("tls", said("soon"), said("renew")));
  CHECK(json["step"] == "tls");
  CHECK(json["verdict"] == "WARN");
  CHECK(json["code"].isNull());
  CHECK(json["next"] == "renew");
}

}  // namespace sfteams::diagnosis

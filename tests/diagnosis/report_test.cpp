#include "diagnosis/report.h"

#include <catch2/catch.hpp>

#include "agent/check_run.h"
#include "diagnosis/step.h"

namespace sfteams::diagnosis {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a redacted configuration has neither credentials nor users nor comments") {
  const std::string redacted = redacted_ini(
      "# the old password was s3cret\n[connector]\nurl = wss://c.example.com\n"
      "proxy = http://jane:s3cret@proxy:3128\n[license]\nnamed = jane, joe\n"
      "administrators = jane\n[uci]\nurl = http://127.0.0.1 ; s3cret\n");
  INFO(redacted);
  CHECK_FALSE(contains(redacted, "s3cret"));
  CHECK_FALSE(contains(redacted, "jane"));
  CHECK_FALSE(contains(redacted, "joe"));
  CHECK(contains(redacted, "[connector]\nurl = wss://c.example.com\n"));
  CHECK(contains(redacted, "proxy = http://(credentials)@proxy:3128\n"));
  CHECK(contains(redacted, "named = (2 of them)\nadministrators = (1 of them)\n"));
}

TEST_CASE("a proxy is redacted however it is written") {
  const auto proxy = [](const std::string& value) {
    return redacted_ini("[connector]\nproxy = " + value + "\n");
  };
  CHECK(contains(proxy("jane:s3cret@h:1"), "= (credentials)@h:1\n"));
  CHECK(contains(proxy("http://ja@ne:s3cret@h:1"), "= http://(credentials)@h:1\n"));
  CHECK(contains(proxy("jane:s3://cret@h:1"), "@h:1\n"));
  CHECK_FALSE(contains(proxy("s3cret://s3cret:s3cret@h:1"), ":s3cret@"));
  CHECK(contains(proxy("http://h:1"), "= http://h:1\n"));
  CHECK(contains(proxy("direct"), "= direct\n"));
}

TEST_CASE("a configuration that cannot be read is not shown at all") {
  const std::string redacted = redacted_ini("[connector\nproxy = http://jane:s3cret@h:1\n");
  CHECK_FALSE(contains(redacted, "s3cret"));
  CHECK(contains(redacted, "settings."));
}

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

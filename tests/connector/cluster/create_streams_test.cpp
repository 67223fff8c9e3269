#include "connector/cluster/create_streams.h"

#include <optional>

#include <catch2/catch.hpp>

#include "connector/cluster/codes.h"
#include "tests/connector/cluster/log_nodes.h"
#include "tests/contains.h"

namespace sfteams::connector {
namespace {

struct CreatingStage : test::LogStage {
  bus::test::FakeBus administrator{broker};
  std::optional<Result<std::vector<std::string>>> result;

  void create() {
    result.reset();
    CreateStreams creating(administrator, "t", 3, [this](auto came) { result = std::move(came); });
    pass(10'000);
    REQUIRE(result);
  }
};

TEST_CASE("both streams are made, and found as they have to be the next time") {
  CreatingStage stage;
  stage.names.exists = false;
  stage.keys.exists = false;
  stage.create();
  REQUIRE(*stage.result);
  CHECK(**stage.result == std::vector<std::string>{"the stream sft1-t-names was made",
                                                   "the stream sft1-t-keys was made"});
  const Json::Value& names = stage.names.config();
  CHECK(names["max_msgs_per_subject"] == 1);
  CHECK(names["discard"] == "new");
  CHECK(names["discard_new_per_subject"] == true);
  CHECK(names["deny_delete"] == true);
  CHECK(names["deny_purge"] == true);
  CHECK(names["allow_rollup_hdrs"] == false);
  CHECK(names["storage"] == "file");
  CHECK(names["num_replicas"] == 3);
  CHECK(names["subjects"][0] == "sft1.t.reg.>");
  CHECK(stage.keys.config()["discard"] == "old");
  CHECK(stage.keys.config()["subjects"][0] == "sft1.t.keys.*");
  // The server leaves out what is false.
  stage.keys.config().removeMember("discard_new_per_subject");
  stage.create();
  REQUIRE(*stage.result);
  CHECK(contains((**stage.result)[1], "as it has to be"));
}

TEST_CASE("a stream that is not write-once is named and left as it is") {
  CreatingStage stage;
  stage.names.exists = false;
  stage.keys.exists = false;
  stage.create();
  REQUIRE(*stage.result);
  SECTION("deletion") {
    stage.names.config()["deny_delete"] = false;
  }
  SECTION("purge left out") {
    stage.names.config().removeMember("deny_purge");
  }
  SECTION("rollup") {
    stage.names.config()["allow_rollup_hdrs"] = true;
  }
  SECTION("replicas") {
    stage.names.config()["num_replicas"] = 1;
  }
  SECTION("a mirror") {
    stage.names.config()["mirror"]["name"] = "other";
  }
  const Json::Value before = stage.names.config();
  stage.create();
  REQUIRE_FALSE(*stage.result);
  CHECK(stage.result->error().code == codes::kStreamWrong);
  CHECK(contains(stage.result->error().message, "sft1-t-names"));
  CHECK(contains(stage.result->error().message, "instead of"));
  CHECK(stage.names.config() == before);
}

TEST_CASE("servers that do not answer are named as the reason") {
  CreatingStage stage;
  stage.names.frozen = true;
  stage.create();
  REQUIRE_FALSE(*stage.result);
  CHECK(stage.result->error().code == codes::kRegistryLogAway);
}

}  // namespace
}  // namespace sfteams::connector

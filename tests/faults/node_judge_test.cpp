#include "tests/faults/node_judge.h"

#include <catch2/catch.hpp>

#include "base/json/json.h"

// What the soak finds wrong at nodes of a cluster that rest.

namespace sfteams::faults {
namespace {

constexpr const char* kName = "pbx.example.com";
constexpr const char* kInStep =
    R"({"cluster":{"log":{"inStep":true,"behind":0,"phase":"in-step","contradictions":[]}}})";

Json::Value list(const std::string& identity, const std::string& agent) {
  return json::parse(R"([{"name":"pbx.example.com","state":"pinned","identity":")" + identity +
                     R"(","node":"b","agent":)" + agent + "}]")
      .value();
}

std::vector<NodeSays> agreeing() {
  const Json::Value status = json::parse(kInStep).value();
  return {{"a", status, list("00ff", "null")},
          {"b", status, list("00ff", R"({"clients":3})")},
          {"c", status, list("00ff", "null")}};
}

TEST_CASE("nodes that agree have broken nothing") {
  CHECK(broken_promises(agreeing(), kName).empty());
}

TEST_CASE("a node that is not in step, contradicts or is silent is named") {
  for (const char* const what :
       {R"({"cluster":{"log":{"inStep":false,"behind":0,"contradictions":[]}}})",
        R"({"cluster":{"log":{"inStep":true,"behind":1,"contradictions":[]}}})",
        R"({"cluster":{"log":{"inStep":true,"behind":0,"contradictions":[{"name":"x"}]}}})",
        R"({"cluster":{"log":{"inStep":true,"behind":0}}})", R"({})"}) {
    CAPTURE(what);
    std::vector<NodeSays> nodes = agreeing();
    nodes[2].status = json::parse(what).value();
    REQUIRE(broken_promises(nodes, kName).size() == 1);
    CHECK(broken_promises(nodes, kName).front().find("node c") == 0);
  }
  std::vector<NodeSays> nodes = agreeing();
  nodes[0].status = nodes[0].list = Json::Value();
  CHECK(broken_promises(nodes, kName).size() > 1);
}

TEST_CASE("another owner or one name more at one node is found") {
  std::vector<NodeSays> nodes = agreeing();
  nodes[2].list[0]["identity"] = "ff00";
  CHECK(broken_promises(nodes, kName).size() == 1);
  nodes = agreeing();
  nodes[2].list.append(json::parse(R"({"name":"other.example.com","state":"enrolled"})").value());
  CHECK(broken_promises(nodes, kName).size() == 1);
}

TEST_CASE("an agent at two nodes, at none, or at another one than is said is found") {
  std::vector<NodeSays> nodes = agreeing();
  nodes[0].list = nodes[1].list;
  CHECK(broken_promises(nodes, kName).size() == 1);
  nodes = agreeing();
  nodes[1].list = nodes[0].list;
  CHECK(broken_promises(nodes, kName).size() == 1);
  nodes = agreeing();
  nodes[0].list[0]["node"] = "c";
  CHECK(broken_promises(nodes, kName).size() == 1);
  nodes = agreeing();
  nodes[0].list[0]["node"] = Json::Value();
  CHECK(broken_promises(nodes, kName).size() == 1);
}

}  // namespace
}  // namespace sfteams::faults

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/faults/split_cluster.h"
#include "tests/integration/callers.h"
#include "tests/integration/measuring.h"
#include "tests/machine.h"

// A cluster whose network falls apart, between processes in two network namespaces.

namespace sfteams::faults {
namespace {

using integration::Callers;
using integration::Cluster;
using integration::eventually;
using integration::Installation;
using integration::kNothing;
using integration::kUsers;
using integration::measured;
using integration::time_until;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Side = Line::Side;

constexpr const char* kPbx = "pbx.example.com";

std::unique_ptr<Line> line_between_nodes() {
  auto line = Line::create(1);
  if (line) return std::move(*line);
  machine::skipped("no line can be laid: " + line.error());
  return nullptr;
}

bool near_clients_come(SplitCluster& split) {
  return split.pbx().client(Installation::kAnna, {"login"}).status == 0;
}

std::string error_of(Installation& installation) {
  return installation.status()["tunnel"]["error"]["code"].asString();
}

/// Identity and key, and not the socket that lies beside them.
void copy_state(const Installation& from, const Installation& to) {
  std::filesystem::create_directory(to.file("state"));
  std::filesystem::permissions(to.file("state"), std::filesystem::perms::owner_all);
  for (const auto& entry : std::filesystem::directory_iterator(from.file("state")))
    if (entry.is_regular_file())
      std::filesystem::copy_file(entry.path(), to.file("state") / entry.path().filename());
}

TEST_CASE("clients of a node that is cut off go on where they were, and nobody else notices") {
  Line::Quality how;
  SECTION("both ways") {
    how.cut = true;
  }
  SECTION("the far node hears nothing") {
    how.deaf = Side::pbx;
  }
  SECTION("the far node is not heard") {
    how.deaf = Side::cloud;
  }
  const auto line = line_between_nodes();
  if (!line) return;
  SplitCluster split(*line);
  split.cluster().start_agent();
  auto far = split.far_clients();
  Callers callers(split.pbx(), kUsers);
  REQUIRE(callers.go_on());
  far.reset();

  split.cut(how);
  REQUIRE(eventually([&] { return callers.seen().interrupted == kUsers.size(); }));
  for (int i = 0; i < 3; ++i)
    CHECK(near_clients_come(split));
  CHECK(split.cluster().listed(0)["node"] == "b");
  split.heal();
  measured("after a cut: sessions go on",
           time_until([&] { return callers.seen().interrupted == 0; }));
  CHECK(callers.go_on());
  CHECK(callers.seen().sessions_lost == 0);
  CHECK(eventually([&] { return split.cluster().all_see_agent_at(1); }));
  CHECK(callers.compare(split.pbx()) == kNothing);
}

TEST_CASE(
    "an installation that came to both sides of a cut has its newest link when it is healed") {
  const auto line = line_between_nodes();
  if (!line) return;
  SplitCluster split(*line);
  split.cluster().start_agent();
  // A virtual machine that was copied while it ran.
  const auto copy = split.far_pbx(kPbx);
  copy_state(split.pbx(), *copy);
  split.cut({.cut = true});
  copy->start_agent();
  REQUIRE(copy->registered());
  CHECK(split.pbx().registered());
  CHECK(split.cluster().listed(0)["node"] == "b");
  CHECK(split.cluster().listed(SplitCluster::kFarNode)["node"] == "c");

  split.heal();
  const milliseconds after =
      time_until([&] { return split.cluster().all_see_agent_at(SplitCluster::kFarNode); });
  measured("after a cut: one link a name", after);
  CHECK(error_of(split.pbx()) == "tunnel.replaced");
  CHECK(copy->registered());
}

TEST_CASE("while the network is cut, a new name is taken by the side with the log alone") {
  const auto line = line_between_nodes();
  if (!line) return;
  SplitCluster split(*line);
  const char* const name = "new.example.com";
  const auto far = split.far_pbx(name);
  Installation::Options options;
  options.system_name = name;
  const auto near = split.cluster().another_pbx(options);
  split.cut({.cut = true});
  far->start_agent();
  REQUIRE(eventually([&] { return error_of(*far) == "tunnel.try-again-later"; }));
  near->start_agent();
  const std::string owner = split.cluster().listed(0, name)["identity"].asString();
  REQUIRE_FALSE(owner.empty());

  split.heal();
  measured("after a cut: the other side is told that the name is taken",
           time_until([&] { return error_of(*far) == "tunnel.name-taken"; }));
  for (std::size_t node = 0; node < Cluster::kNodes; ++node)
    CHECK(eventually([&] { return split.cluster().listed(node, name)["identity"] == owner; }));
  CHECK(near->registered());
}

TEST_CASE("over a poor line between nodes calls go on, and no agent is moved") {
  const auto line = line_between_nodes();
  if (!line) return;
  SplitCluster split(*line);
  split.cluster().start_agent();
  const Json::Value since = split.pbx().status()["tunnel"]["since"];
  REQUIRE(since.isString());
  auto far = split.far_clients();
  Callers callers(split.pbx(), kUsers);
  far.reset();
  line->set({.delay = milliseconds(40), .jitter = milliseconds(20), .loss = 3});
  REQUIRE(callers.go_on(40));
  CHECK(split.pbx().status()["tunnel"]["since"] == since);
  for (const Json::Value& other : split.cluster().status(0)["cluster"]["nodes"])
    CHECK(other["silent"] == false);
  CHECK(callers.seen().sessions_lost == 0);
  CHECK(callers.compare(split.pbx()) == kNothing);
}

}  // namespace
}  // namespace sfteams::faults

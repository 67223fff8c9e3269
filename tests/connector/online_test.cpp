#include "connector/online.h"

#include <catch2/catch.hpp>

#include "tests/connector/peers.h"

// Who is online, and how many names are in which state, as the running connector knows it.

namespace sfteams::connector::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("who is online is told by name, piece by piece, each once") {
  House house;
  std::vector<std::unique_ptr<Peer>> agents;
  for (const char* name : {"d.example.com", "a.example.com", "c.example.com", "b.example.com"}) {
    Pbx pbx;
    pbx.name = name;
    agents.push_back(house.agent(pbx));
  }
  std::vector<std::string> told;
  std::string after;
  for (;;) {
    const auto piece = online_after(house.exchange->routes(), after, 3);
    CHECK(piece.size() <= 3);
    for (const OnlineAgent& agent : piece)
      told.push_back(agent.name);
    if (piece.size() < 3) break;
    after = told.back();
  }
  CHECK(told == std::vector<std::string>{"a.example.com", "b.example.com", "c.example.com",
                                         "d.example.com"});
}

TEST_CASE("of an agent that is online its software, address, start and clients are told") {
  House house;
  const Pbx pbx;
  auto agent = house.agent(pbx);
  auto client = house.client(pbx);
  auto agents = online_after(house.exchange->routes(), "", 10);
  REQUIRE(agents.size() == 1);
  CHECK(agents[0].software == "test-agent/1");
  CHECK(agents[0].address == "192.0.2.1");
  CHECK(agents[0].since == house.unix_time);
  CHECK(agents[0].clients == 1);
  client->lose();
  house.pass(1s);
  agent->send(frame(FrameType::close, 1, tunnel::encode_close(WireCode::normal, "")));
  CHECK(online_after(house.exchange->routes(), "", 10).at(0).clients == 0);
  agent->lose();
  CHECK(online_after(house.exchange->routes(), "", 10).empty());
}

TEST_CASE("the states of names are counted again after each change, own ones and others'") {
  House house;
  CHECK(house.exchange->name_states().value().all() == 0);
  const Pbx pbx;
  auto agent = house.agent(pbx);
  CHECK(house.exchange->name_states().value().pinned == 1);
  const auto beside = std::move(
      Registry::open(house.configuration.registry_file, transport::Duration(1'000)).value());
  REQUIRE(beside->enroll("free.example.com", {}).value());
  REQUIRE(beside->disable(pbx.name, "", {}).value());
  house.pass(2s);
  const NameStates states = house.exchange->name_states().value();
  CHECK(states.enrolled == 1);
  CHECK(states.pinned == 0);
  CHECK(states.disabled == 1);
}

}  // namespace
}  // namespace sfteams::connector::test

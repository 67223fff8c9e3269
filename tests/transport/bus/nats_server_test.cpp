#include "tests/transport/bus/nats_server.h"

#include <catch2/catch.hpp>

namespace sfteams::bus::test {
namespace {

TEST_CASE("a nats-server of the tests keeps its port when it is killed and started again") {
  const integration::ScratchDirectory scratch;
  NatsServer server(scratch.path(), {});
  server.start_and_wait();
  const std::string url = server.url();
  CHECK(server.running());
  server.kill();
  CHECK_FALSE(server.running());
  CHECK_FALSE(server.ready());
  server.start_and_wait();
  CHECK(server.url() == url);
}

TEST_CASE("three nats-servers of the tests are one cluster with a leader") {
  const integration::ScratchDirectory scratch;
  NatsCluster cluster(scratch.path(), 3);
  CHECK(cluster.urls().size() == 3);
  REQUIRE(integration::eventually([&] { return cluster.leader() != nullptr; }));
  NatsServer* const first = cluster.leader();
  first->kill();
  CHECK(integration::eventually([&] {
    NatsServer* const next = cluster.leader();
    return next != nullptr && next != first;
  }));
}

}  // namespace
}  // namespace sfteams::bus::test

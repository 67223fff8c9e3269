#include <catch2/catch.hpp>

#include "tests/transport/certificates.h"
#include "tests/transport/world.h"

using namespace std::chrono_literals;
using sfteams::transport::CloseInfo;
using sfteams::transport::CloseStatus;
using sfteams::transport::kMaxMessage;
namespace test = sfteams::transport::test;

TEST_CASE("a dialled websocket carries messages both ways", "[transport]") {
  test::World world;
  test::Accepting server;
  test::Recorder client;
  server.listen(world);
  test::dial(world, test::dial_options("ws", "127.0.0.1", server.port()), client);
  world.until([&] { return client.opened && server.accepted.size() == 1; });
  client.send("hello");
  test::Recorder& peer = *server.accepted.front();
  world.until([&] { return peer.messages.size() == 1; });
  CHECK(peer.messages.front() == "hello");
  peer.send(std::string(kMaxMessage, 'x'));
  world.until([&] { return client.messages.size() == 1; });
  CHECK(client.messages.front() == std::string(kMaxMessage, 'x'));
  CHECK(peer.websocket->peer_address() == "127.0.0.1");
  CHECK(peer.websocket->header("user-agent") == "tests/1");
  client.websocket->close(CloseStatus::normal, "done");
  world.until([&] { return client.closed && peer.closed; });
  CHECK(client.closed->cause == CloseInfo::Cause::local);
  CHECK(peer.closed->cause == CloseInfo::Cause::peer);
  CHECK(peer.closed->status == 1000);
  CHECK(peer.closed->reason == "done");
}

TEST_CASE("a websocket over TLS opens when the authority vouches for the name", "[transport]") {
  test::World world;
  const sfteams::transport::Authority authority;
  const auto issued = authority.issue();
  const sfteams::transport::TemporaryFile ca(authority.certificate());
  const sfteams::transport::TemporaryFile certificate(issued.certificate);
  const sfteams::transport::TemporaryFile key(issued.key);
  test::Accepting server;
  test::Recorder client;
  sfteams::transport::ServerOptions options;
  options.tls = sfteams::transport::ServerTls{certificate.path(), key.path()};
  server.listen(world, options);
  auto wish = test::dial_options("wss", "localhost", server.port());
  wish.ca_file = ca.path();
  test::dial(world, wish, client);
  world.until([&] { return client.opened || client.closed; });
  if (client.closed) FAIL(describe(*client.closed->error));
  client.send("hello");
  world.until(
      [&] { return !server.accepted.empty() && server.accepted.front()->messages.size() == 1; });
}

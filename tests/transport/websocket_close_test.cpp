#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "tests/transport/raw_client.h"
#include "tests/transport/raw_server.h"
#include "tests/transport/upgrade.h"
#include "tests/transport/world.h"

namespace sfteams::transport {
namespace {

struct ClosingPair {
  ClosingPair() {
    server.listen(world);
    test::dial(world, test::dial_options("ws", "127.0.0.1", server.port()), client);
  }
  void open() {
    world.until([this] { return client.opened && server.accepted.size() == 1 && peer().opened; });
  }
  [[nodiscard]] test::Recorder& peer() { return *server.accepted.front(); }

  test::World world;
  test::Accepting server;
  test::Recorder client;
};

}  // namespace

TEST_CASE("a closing client is answered, and both are told who closed", "[transport][close]") {
  ClosingPair pair;
  pair.open();
  pair.client.websocket->close(CloseStatus::going_away, "moving on");
  pair.world.until([&] { return pair.client.closed && pair.peer().closed; });
  CHECK(pair.client.closed->cause == CloseInfo::Cause::local);
  CHECK(pair.peer().closed->cause == CloseInfo::Cause::peer);
  CHECK(pair.peer().closed->status == 1001);
  CHECK(pair.peer().closed->reason == "moving on");
}

TEST_CASE("a closing server is answered, and both are told who closed", "[transport][close]") {
  ClosingPair pair;
  pair.open();
  pair.peer().websocket->close(CloseStatus::policy_violation, "no");
  pair.world.until([&] { return pair.client.closed && pair.peer().closed; });
  CHECK(pair.peer().closed->cause == CloseInfo::Cause::local);
  CHECK(pair.client.closed->cause == CloseInfo::Cause::peer);
  CHECK(pair.client.closed->status == 1008);
  CHECK(pair.client.closed->reason == "no");
}

TEST_CASE("what was to be sent before the close still arrives", "[transport][close]") {
  ClosingPair pair;
  pair.open();
  for (int i = 0; i < 200; ++i)
    pair.client.to_send.emplace_back(kMaxMessage, 'x');
  pair.client.websocket->close(CloseStatus::normal, "");
  pair.world.until([&] { return pair.client.closed && pair.peer().closed; });
  CHECK(pair.peer().messages.size() == 200);
  CHECK(pair.peer().closed->cause == CloseInfo::Cause::peer);
  CHECK(pair.peer().closed->status == 1000);
}

TEST_CASE("a reason that is too long is cut and made printable", "[transport][close]") {
  ClosingPair pair;
  pair.open();
  pair.client.websocket->close(CloseStatus::normal, "line\r\nbreak " + std::string(200, 'x'));
  pair.world.until([&] { return pair.peer().closed.has_value(); });
  CHECK(pair.peer().closed->reason.size() == 123);
  CHECK(pair.peer().closed->reason.starts_with("line  break x"));
}

TEST_CASE("a reason is not cut within a character", "[transport][close]") {
  ClosingPair pair;
  pair.open();
  pair.client.websocket->close(CloseStatus::normal, std::string(122, 'x') + "\xc3\xa4");
  pair.world.until([&] { return pair.peer().closed.has_value(); });
  CHECK(pair.peer().closed->cause == CloseInfo::Cause::peer);
  CHECK(pair.peer().closed->reason == std::string(122, 'x'));
}

TEST_CASE("a peer that does not answer the close is left after a while", "[transport][close]") {
  RawServer silent([](RawConnection& connection) {
    connection.send(test::upgrade_answer(connection.read_request(), test::kProtocol));
    connection.wait_for_close();
  });
  test::World world;
  test::Recorder client;
  test::dial(world, test::dial_options("ws", "127.0.0.1", silent.port()), client);
  world.until([&] { return client.opened; });
  client.websocket->close(CloseStatus::normal, "");
  world.until([&] { return client.closed.has_value(); });
  CHECK(client.closed->cause == CloseInfo::Cause::local);
}

TEST_CASE("a peer that takes nothing any more is left after a while", "[transport][close]") {
  test::World world;
  test::Accepting server;
  server.listen(world);
  test::RawClient client(server.port(), 4096);
  client.send(test::upgrade_request(test::kProtocol));
  world.until([&] { return !server.accepted.empty(); });
  client.stop_reading();
  test::Recorder& peer = *server.accepted.front();
  for (int i = 0; i < 1000; ++i)
    peer.to_send.emplace_back(kMaxMessage, 'x');
  peer.websocket->close(CloseStatus::normal, "");
  world.until([&] { return peer.closed.has_value(); });
  CHECK(peer.closed->cause == CloseInfo::Cause::local);
}

TEST_CASE("a connection that breaks is lost", "[transport][close]") {
  test::World world;
  test::Accepting server;
  server.listen(world);
  auto client = std::make_unique<test::RawClient>(server.port());
  client->send(test::upgrade_request(test::kProtocol));
  world.until([&] { return !server.accepted.empty(); });
  client.reset();
  world.until([&] { return server.accepted.front()->closed.has_value(); });
  CHECK(server.accepted.front()->closed->cause == CloseInfo::Cause::lost);
}

TEST_CASE("nothing is delivered any more after close()", "[transport][close]") {
  test::World world;
  test::Accepting server;
  server.listen(world);
  test::RawClient client(server.port());
  client.send(test::upgrade_request(test::kProtocol));
  world.until([&] { return !server.accepted.empty(); });
  test::Recorder& peer = *server.accepted.front();
  peer.websocket->close(CloseStatus::normal, "");
  client.send(test::client_frame(0x82, "too late"));
  client.send(test::client_frame(0x88, std::string("\x03\xe8", 2)));
  world.until([&] { return peer.closed.has_value(); });
  CHECK(peer.messages.empty());
}

TEST_CASE("a websocket may be destroyed in each call of its handler", "[transport][close]") {
  const bool dialled = GENERATE(true, false);
  const int where = GENERATE(range(0, 4));
  ClosingPair pair;
  std::unique_ptr<Websocket> gone;
  bool destroyed = false;
  test::Recorder* victim = dialled ? &pair.client : nullptr;
  const auto destroy = [&] {
    destroyed = true;
    victim->websocket.reset();
  };
  const auto arm = [&] {
    if (where == 0) victim->at_open = destroy;
    if (where == 1) victim->at_message = destroy;
    if (where == 2) victim->at_next = destroy;
    if (where == 3) victim->at_close = destroy;
  };
  if (dialled) arm();
  pair.server.at_accept = [&](test::Recorder& accepted) {
    if (dialled) return;
    victim = &accepted;
    arm();
  };
  pair.world.until([&] { return !pair.server.accepted.empty(); });
  test::Recorder& other = dialled ? pair.peer() : pair.client;
  pair.world.until([&] { return other.opened || other.closed; });
  if (where == 1) other.send("hello");
  if (where == 2 && victim->websocket) victim->websocket->wake();
  if (where == 3) other.websocket->close(CloseStatus::normal, "");
  pair.world.until([&] { return destroyed; });
  pair.world.until([&] { return other.closed.has_value(); });
  pair.world.few_turns();
  CHECK(victim->closed.has_value() == (where == 3));
}

TEST_CASE("a websocket that is dropped when it is accepted ends the connection",
          "[transport][close]") {
  ClosingPair pair;
  pair.server.at_accept = [](test::Recorder& accepted) { accepted.websocket.reset(); };
  pair.world.until([&] { return pair.client.closed.has_value(); });
  CHECK(pair.client.closed->cause != CloseInfo::Cause::local);
}

TEST_CASE("a websocket may be destroyed between two turns", "[transport][close]") {
  ClosingPair pair;
  pair.open();
  pair.client.websocket.reset();
  pair.world.until([&] { return pair.peer().closed.has_value(); });
  CHECK(pair.peer().closed->cause == CloseInfo::Cause::lost);
  CHECK_FALSE(pair.client.closed);
}

TEST_CASE("a websocket may be closed in each call of its handler", "[transport][close]") {
  const int where = GENERATE(range(0, 3));
  ClosingPair pair;
  const auto close = [&] { pair.client.websocket->close(CloseStatus::normal, "bye"); };
  if (where == 0) pair.client.at_open = close;
  if (where == 1) pair.client.at_message = close;
  if (where == 2) pair.client.at_next = close;
  pair.open();
  if (where == 1) pair.peer().send("hello");
  if (where == 2) pair.client.websocket->wake();
  pair.world.until([&] { return pair.client.closed && pair.peer().closed; });
  CHECK(pair.client.closed->cause == CloseInfo::Cause::local);
  CHECK(pair.peer().closed->reason == "bye");
}

TEST_CASE("accepted websockets live on when their server goes", "[transport][close]") {
  ClosingPair pair;
  pair.open();
  pair.server.server.reset();
  pair.client.send("still here");
  pair.world.until([&] { return pair.peer().messages.size() == 1; });
  CHECK_FALSE(pair.peer().closed);
}

}  // namespace sfteams::transport

#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/transport/raw_client.h"
#include "tests/transport/raw_server.h"
#include "tests/transport/upgrade.h"
#include "tests/transport/world.h"
#include "transport/codes.h"

namespace sfteams::transport {
namespace {

/// Both ends of a websocket.
struct OpenPair {
  OpenPair() {
    server.listen(world);
    test::dial(world, test::dial_options("ws", "127.0.0.1", server.port()), client);
    world.until([this] { return client.opened && server.accepted.size() == 1; });
  }

  [[nodiscard]] test::Recorder& peer() { return *server.accepted.front(); }

  test::World world;
  test::Accepting server;
  test::Recorder client;
};

/// A server with a raw client that has been through the upgrade.
struct RawPair {
  RawPair() {
    server.listen(world);
    client = std::make_unique<test::RawClient>(server.port());
    client->send(test::upgrade_request(test::kProtocol));
    world.until(
        [this] { return !server.accepted.empty() && client->received().ends_with("\r\n\r\n"); });
    answer = client->received().size();
  }

  [[nodiscard]] test::Recorder& peer() { return *server.accepted.front(); }
  /// What came after the answer to the upgrade.
  [[nodiscard]] std::string frames() { return client->received().substr(answer); }
  /// Waits for the end, and checks that it was announced with a close frame of this status.
  void expect_refusal(std::uint16_t status) {
    world.until([this] { return peer().closed && frames().size() >= 4; });
    CHECK(peer().closed->cause == CloseInfo::Cause::bad_message);
    REQUIRE(peer().closed->error);
    CHECK(peer().closed->error->code == codes::kBadMessage);
    CHECK(static_cast<unsigned char>(frames()[0]) == 0x88);
    CHECK(static_cast<unsigned char>(frames()[2]) == status >> 8);
    CHECK(static_cast<unsigned char>(frames()[3]) == (status & 0xff));
  }

  test::World world;
  test::Accepting server;
  std::unique_ptr<test::RawClient> client;
  std::size_t answer = 0;
};

}  // namespace

TEST_CASE("messages go both ways, whole and in order", "[transport][websocket]") {
  OpenPair pair;
  std::vector<std::string> sent;
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{125}, std::size_t{126}, std::size_t{4096}, std::size_t{4097},
        std::size_t{16'000}, kMaxMessage}) {
    sent.emplace_back(size, static_cast<char>('a' + size % 26));
    pair.client.send(sent.back());
    pair.peer().send(sent.back());
  }
  pair.world.until([&] {
    return pair.peer().messages.size() == sent.size() && pair.client.messages.size() == sent.size();
  });
  CHECK(pair.peer().messages == sent);
  CHECK(pair.client.messages == sent);
}

TEST_CASE("an accepted websocket knows its peer and the request", "[transport][websocket]") {
  test::World world;
  test::Accepting server;
  std::string forwarded;
  std::string other;
  server.at_accept = [&](test::Recorder& recorder) {
    forwarded = recorder.websocket->header("x-forwarded-for");
    other = recorder.websocket->header("x-other");
  };
  server.listen(world);
  test::RawClient client(server.port());
  client.send(test::upgrade_request(test::kProtocol,
                                    "X-Forwarded-For: 192.0.2.7\r\nX-Other: something \r\n"));
  world.until([&] { return !server.accepted.empty(); });
  CHECK(server.accepted.front()->websocket->peer_address() == "127.0.0.1");
  CHECK(forwarded == "192.0.2.7");
  CHECK(other == "something");
  CHECK(server.accepted.front()->websocket->header("x-forwarded-for") == "192.0.2.7");
  CHECK(server.accepted.front()->websocket->header("x-missing").empty());
}

TEST_CASE("a message in several frames is put together", "[transport][websocket]") {
  RawPair raw;
  raw.client->send(test::client_frame(0x02, "one ") + test::client_frame(0x00, "") +
                   test::client_frame(0x89, "p") + test::client_frame(0x00, "two ") +
                   test::client_frame(0x80, "three"));
  raw.world.until([&] { return raw.peer().messages.size() == 1; });
  CHECK(raw.peer().messages.front() == "one two three");
  raw.world.until([&] { return !raw.frames().empty(); });
  CHECK(raw.frames() == test::server_frame(0x8a, "p"));
}

TEST_CASE("a message that comes byte by byte is put together", "[transport][websocket]") {
  RawPair raw;
  const std::string frame = test::client_frame(0x82, "hello");
  std::size_t sent = 0;
  raw.world.until([&] {
    if (sent < frame.size()) raw.client->send(frame.substr(sent++, 1));
    return raw.peer().messages.size() == 1;
  });
  CHECK(raw.peer().messages.front() == "hello");
}

TEST_CASE("a websocket that is asked for behind an unanswered request is read",
          "[transport][websocket]") {
  test::World world;
  test::Accepting server;
  ServerOptions options;
  options.http = [](const HttpRequest& /*request*/, HttpResponder responder) {
    responder.respond({});
  };
  server.listen(world, std::move(options));
  test::RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n" + test::upgrade_request(test::kProtocol) +
              test::client_frame(0x82, "at once"));
  world.until([&] { return server.accepted.size() == 1; });
  client.send(test::client_frame(0x82, "later"));
  world.until([&] { return server.accepted.front()->messages.size() == 2; });
  CHECK(server.accepted.front()->messages == std::vector<std::string>{"at once", "later"});
}

TEST_CASE("a text message is refused with 1003", "[transport][websocket]") {
  RawPair raw;
  raw.client->send(test::client_frame(0x81, "hello"));
  raw.expect_refusal(1003);
  CHECK(raw.peer().messages.empty());
}

TEST_CASE("an empty message is refused with 1008", "[transport][websocket]") {
  RawPair raw;
  raw.client->send(test::client_frame(0x82, ""));
  raw.expect_refusal(1008);
}

TEST_CASE("a message of one byte too much is refused with 1009", "[transport][websocket]") {
  RawPair raw;
  raw.client->send(test::client_frame(0x82, std::string(kMaxMessage + 1, 'x')));
  raw.expect_refusal(1009);
  CHECK(raw.peer().messages.empty());
}

TEST_CASE("a message of 2^63 - 1 announced bytes is refused before it comes",
          "[transport][websocket]") {
  RawPair raw;
  raw.client->send(test::client_frame(0x82, std::string(5'000, 'x'), 0x7fff'ffff'ffff'ffff));
  raw.expect_refusal(1009);
}

TEST_CASE("an announced length of 2^63 ends the connection", "[transport][websocket]") {
  RawPair raw;
  raw.client->send(test::client_frame(0x82, "x", 0x8000'0000'0000'0000));
  raw.world.until([&] { return raw.peer().closed.has_value(); });
  raw.world.until([&] { return raw.client->ended(); });
  CHECK(raw.peer().messages.empty());
}

TEST_CASE("a message that grows over many frames is refused with 1009", "[transport][websocket]") {
  RawPair raw;
  raw.client->send(test::client_frame(0x02, "x"));
  for (std::size_t i = 0; i < kMaxMessage; ++i)
    raw.client->send(test::client_frame(0x00, "x"));
  raw.expect_refusal(1009);
  CHECK(raw.peer().messages.empty());
}

TEST_CASE("what breaks RFC 6455 ends the connection", "[transport][websocket]") {
  const std::vector<std::string> broken = {
      test::client_frame(0x80, "a continuation of nothing"),
      test::client_frame(0x02, "begun") + test::client_frame(0x82, "another one"),
      test::client_frame(0x83, "an unknown opcode"),
      test::client_frame(0xc2, "a reserved bit"),
      test::client_frame(0x09, "a fragmented ping"),
      test::client_frame(0x89, "a long ping", 126),
      test::client_frame(0x88, "\x03"),
      test::client_frame(0x88, std::string("\x03\xed", 2))};
  test::World world;
  test::Accepting server;
  server.listen(world);
  std::vector<std::unique_ptr<test::RawClient>> clients;
  for (const std::string& frames : broken) {
    clients.push_back(std::make_unique<test::RawClient>(server.port()));
    clients.back()->send(test::upgrade_request(test::kProtocol) + frames);
  }
  // All at once: libwebsockets waits some seconds for an answer to its close.
  world.until([&] {
    return std::ranges::all_of(clients, [](const auto& client) { return client->ended(); });
  });
  REQUIRE(server.accepted.size() == broken.size());
  for (const auto& peer : server.accepted) {
    CHECK(peer->closed);
    CHECK(peer->messages.empty());
  }
}

TEST_CASE("the other websockets go on when one breaks the rules", "[transport][websocket]") {
  OpenPair pair;
  test::RawClient raw(pair.server.port());
  raw.send(test::upgrade_request(test::kProtocol));
  pair.world.until([&] { return pair.server.accepted.size() == 2; });
  raw.send(test::client_frame(0x81, "text"));
  pair.world.until([&] { return pair.server.accepted[1]->closed.has_value(); });
  pair.client.send("still here");
  pair.world.until([&] { return pair.peer().messages.size() == 1; });
}

TEST_CASE("a peer that never reads holds nobody up", "[transport][websocket]") {
  OpenPair pair;
  test::RawClient stuck(pair.server.port(), 4096);
  stuck.send(test::upgrade_request(test::kProtocol));
  pair.world.until([&] { return pair.server.accepted.size() == 2; });
  stuck.stop_reading();
  test::Recorder& blocked = *pair.server.accepted[1];
  // More than any socket buffer takes.
  for (int i = 0; i < 1000; ++i)
    blocked.to_send.emplace_back(kMaxMessage, 'x');
  blocked.websocket->wake();
  for (std::size_t i = 1; i <= 100; ++i) {
    pair.peer().send("quick");
    pair.world.until([&] { return pair.client.messages.size() == i; });
  }
  CHECK_FALSE(blocked.to_send.empty());
  CHECK_FALSE(blocked.closed);
}

TEST_CASE("a ping measures the round trip", "[transport][websocket]") {
  OpenPair pair;
  CHECK_FALSE(pair.client.websocket->round_trip());
  pair.client.websocket->start_keepalive({Duration(10), Duration(10'000)});
  pair.peer().websocket->start_keepalive({Duration(10), Duration(10'000)});
  pair.world.until(
      [&] { return pair.client.websocket->round_trip() && pair.peer().websocket->round_trip(); });
  CHECK_FALSE(pair.client.closed);
}

TEST_CASE("keepalive asked for before the websocket is open starts with it",
          "[transport][websocket]") {
  test::World world;
  test::Accepting server;
  server.listen(world);
  test::Recorder client;
  test::dial(world, test::dial_options("ws", "127.0.0.1", server.port()), client);
  client.websocket->start_keepalive({Duration(10), Duration(10'000)});
  world.until([&] { return client.websocket->round_trip().has_value(); });
}

TEST_CASE("a server that answers no ping is dead", "[transport][websocket]") {
  RawServer silent([](RawConnection& connection) {
    connection.send(test::upgrade_answer(connection.read_request(), test::kProtocol));
    connection.wait_for_close();
  });
  test::World world;
  test::Recorder client;
  test::dial(world, test::dial_options("ws", "127.0.0.1", silent.port()), client);
  client.websocket->start_keepalive({Duration(10), Duration(100)});
  world.until([&] { return client.closed.has_value(); });
  CHECK(client.opened);
  CHECK(client.closed->cause == CloseInfo::Cause::dead);
}

TEST_CASE("a client that answers no ping, or with something else, is dead",
          "[transport][websocket]") {
  RawPair raw;
  raw.peer().websocket->start_keepalive({Duration(10), Duration(100)});
  raw.client->send(test::client_frame(0x8a, "not this"));
  raw.client->send(test::client_frame(0x82, "data is no pong"));
  raw.world.until([&] { return raw.peer().closed.has_value(); });
  CHECK(raw.peer().closed->cause == CloseInfo::Cause::dead);
  raw.world.until([&] { return raw.client->ended(); });
}

TEST_CASE("a peer that never reads is found by the ping that does not get out",
          "[transport][websocket]") {
  RawPair raw;
  raw.client->stop_reading();
  for (int i = 0; i < 1000; ++i)
    raw.peer().to_send.emplace_back(kMaxMessage, 'x');
  raw.peer().websocket->wake();
  raw.peer().websocket->start_keepalive({Duration(50), Duration(200)});
  raw.world.until([&] { return raw.peer().closed.has_value(); });
  CHECK(raw.peer().closed->cause == CloseInfo::Cause::dead);
}

}  // namespace sfteams::transport

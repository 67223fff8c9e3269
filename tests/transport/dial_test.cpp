#include <array>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/contains.h"
#include "tests/transport/certificates.h"
#include "tests/transport/raw_server.h"
#include "tests/transport/upgrade.h"
#include "tests/transport/world.h"
#include "transport/codes.h"
#include "transport/network_impl.h"

namespace sfteams::transport {
namespace {

struct DialWorld {
  void dial(std::uint16_t port, const std::string& host = "127.0.0.1",
            Duration timeout = Duration(10'000)) {
    DialOptions options = test::dial_options("ws", host, port);
    options.timeout = timeout;
    test::dial(world, options, client);
    world.until([this] { return client.opened || client.closed; });
  }

  [[nodiscard]] const Error& refusal() const {
    REQUIRE(client.closed);
    CHECK(client.closed->cause == CloseInfo::Cause::refused);
    REQUIRE(client.closed->error);
    UNSCOPED_INFO(describe(*client.closed->error));
    return *client.closed->error;
  }

  /// Makes this name have these addresses.
  void resolve(const std::string& name, const std::vector<std::string>& addresses) {
    world.network().impl().resolver.emplace(
        world.loop(), [name, addresses](const std::string& asked) -> Result<Resolver::Addresses> {
          if (asked == name) return addresses;
          return fail(codes::kResolveFailed, "no such name");
        });
  }

  test::World world;
  test::Recorder client;
};

/// A free port on which nobody listens.
std::uint16_t closed_port() {
  const RawServer server([](RawConnection&) {});
  return server.port();
}

/// A server that answers every request with the same words.
RawServer::Script answering(const std::string& words) {
  return [words](RawConnection& connection) {
    if (connection.read_request().empty()) return;
    connection.send(words);
    connection.wait_for_close();
  };
}

/// Listens at an address (INADDR_LOOPBACK + 1 is 127.0.0.2) without ever accepting, with a queue
/// that is full.
class Swallower {
 public:
  Swallower(std::uint32_t address, std::uint16_t port) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(address);
    const auto* any = reinterpret_cast<const sockaddr*>(&at);
    sockets_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::bind(sockets_.front(), any, sizeof at) == 0);
    REQUIRE(::listen(sockets_.front(), 0) == 0);
    for (int i = 0; i < 4; ++i) {
      sockets_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      static_cast<void>(::connect(sockets_.back(), any, sizeof at));
    }
  }
  ~Swallower() {
    for (const int socket : sockets_)
      ::close(socket);
  }
  Swallower(const Swallower&) = delete;
  Swallower& operator=(const Swallower&) = delete;

 private:
  std::vector<int> sockets_;
};

/// All at one place, one after the other.
class PlacedLink final : public Link {
 public:
  int on_event(lws_callback_reasons /*reason*/, void* /*in*/, std::size_t /*length*/) override {
    return 0;
  }
  static void* operator new(std::size_t size) {
    REQUIRE(size <= place.size());
    return place.data();
  }
  static void operator delete(void* /*link*/) {}

 private:
  alignas(std::max_align_t) static inline std::array<std::byte, 256> place{};
};

}  // namespace

TEST_CASE("a connection at the place of a doomed one is not taken for it", "[transport][dial]") {
  test::World world;
  Network::Impl& network = world.network().impl();
  Link& first = network.adopt(std::make_unique<PlacedLink>());
  network.doom(first);
  network.drop(&first);
  Link& second = network.adopt(std::make_unique<PlacedLink>());
  REQUIRE(&first == &second);
  world.few_turns();
  CHECK(network.has(&second));
  network.doom(second);
  network.doom(second);
  world.few_turns();
  CHECK_FALSE(network.has(&second));
}

TEST_CASE("a URL that cannot be dialled is refused at once", "[transport][dial]") {
  test::World world;
  test::Recorder client;
  const auto refused = [&](const Url& url) {
    DialOptions options = test::dial_options("ws", "localhost", 1);
    options.url = url;
    const auto dialled = dial(world.network(), options, client);
    return !dialled && dialled.error().code == codes::kBadUrl;
  };
  CHECK(refused({"wss", "", 443, "/ws"}));
  CHECK(refused({"wss", std::string(128, 'a'), 443, "/ws"}));
  CHECK(refused({"wss", "a b", 443, "/ws"}));
  CHECK(refused({"wss", "host\r\nX-Forged: 1", 443, "/ws"}));
  CHECK(refused({"https", "localhost", 443, "/ws"}));
  CHECK(refused({"ws", "localhost", 0, "/ws"}));
  CHECK(refused({"ws", "localhost", 80, "ws"}));
  CHECK(refused({"ws", "localhost", 80, "/ws HTTP/1.1\r\nX-Forged: 1"}));
  world.few_turns();
  CHECK_FALSE(client.closed);
}

TEST_CASE("a dial needs a subprotocol", "[transport][dial]") {
  test::World world;
  test::Recorder client;
  DialOptions options = test::dial_options("ws", "localhost", 1);
  for (const std::string& name : {std::string(), std::string("a b"), std::string(64, 'a')}) {
    options.subprotocol = name;
    CHECK_FALSE(dial(world.network(), options, client));
  }
}

TEST_CASE("a refused connection says so", "[transport][dial]") {
  DialWorld dial;
  dial.dial(closed_port());
  CHECK(dial.refusal().code == codes::kConnectFailed);
}

TEST_CASE("a name that nobody has is refused", "[transport][dial]") {
  DialWorld dial;
  dial.resolve("known.test", {"127.0.0.1"});
  dial.dial(1, "unknown.test");
  CHECK(dial.refusal().code == codes::kResolveFailed);
}

TEST_CASE("a server that accepts and says nothing is given up after the timeout",
          "[transport][dial]") {
  RawServer server([](RawConnection& connection) { connection.wait_for_close(); });
  DialWorld dial;
  dial.dial(server.port(), "127.0.0.1", Duration(200));
  CHECK(dial.refusal().code == codes::kTimeout);
  CHECK(contains(dial.refusal().message, "asking for the websocket"));
}

TEST_CASE("the second address is tried when the first refuses", "[transport][dial]") {
  DialWorld dial;
  test::Accepting server;
  server.listen(dial.world);
  dial.resolve("two.test", {"127.0.0.2", "127.0.0.1"});
  dial.dial(server.port(), "two.test");
  CHECK(dial.client.opened);
  CHECK(dial.client.websocket->peer_address() == "127.0.0.1");
}

TEST_CASE("an address that swallows connections leaves time for the next one",
          "[transport][dial]") {
  DialWorld dial;
  test::Accepting server;
  server.listen(dial.world);
  const Swallower swallower(INADDR_LOOPBACK + 1, server.port());
  dial.resolve("two.test", {"127.0.0.2", "127.0.0.1"});
  dial.dial(server.port(), "two.test", Duration(4'000));
  CHECK(dial.client.opened);
}

TEST_CASE("an address that swallows connections is given up after the timeout",
          "[transport][dial]") {
  DialWorld dial;
  const std::uint16_t port = closed_port();
  const Swallower swallower(INADDR_LOOPBACK + 1, port);
  dial.dial(port, "127.0.0.2", Duration(300));
  CHECK(dial.refusal().code == codes::kTimeout);
  CHECK(contains(dial.refusal().message, "connecting"));
}

TEST_CASE("a redirect is not followed", "[transport][dial]") {
  RawServer target(answering("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"));
  RawServer server(answering("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:" +
                             std::to_string(target.port()) + "/ws\r\nContent-Length: 0\r\n\r\n"));
  DialWorld dial;
  dial.dial(server.port());
  CHECK(dial.refusal().code == codes::kUpgradeRefused);
  CHECK(contains(dial.refusal().message, "302"));
  dial.world.few_turns();
  CHECK(target.connections() == 0);
}

TEST_CASE("the proxy of the environment is ignored", "[transport][dial]") {
  RawServer proxy(answering("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"));
  const std::string address = "http://127.0.0.1:" + std::to_string(proxy.port());
  ::setenv("http_proxy", address.c_str(), 1);
  {
    DialWorld dial;
    test::Accepting server;
    server.listen(dial.world);
    dial.dial(server.port());
    CHECK(dial.client.opened);
  }
  ::unsetenv("http_proxy");
  CHECK(proxy.connections() == 0);
}

TEST_CASE("an answer other than 101 is refused with its status", "[transport][dial]") {
  for (const char* status :
       {"200 OK", "401 Unauthorized", "403 Forbidden", "404 Not Found", "503 Busy"}) {
    RawServer server(
        answering(std::string("HTTP/1.1 ") + status + "\r\nContent-Length: 0\r\n\r\n"));
    DialWorld dial;
    dial.dial(server.port());
    CHECK(dial.refusal().code == codes::kUpgradeRefused);
    CHECK(contains(dial.refusal().message, std::string(status, 3)));
  }
}

TEST_CASE("what a proxy in front of the server lacks is told from its status",
          "[transport][dial]") {
  const auto [status, hint] = GENERATE(Catch::Generators::table<std::string, std::string>(
      {{"426 Upgrade Required", "does not pass the headers Upgrade and Connection on"},
       {"502 Bad Gateway", "a proxy answers, but not the server behind it"},
       {"504 Gateway Timeout", "a proxy answers, but not the server behind it"},
       {"404 Not Found", "check the URL"}}));
  CAPTURE(status);
  RawServer server(answering("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n"));
  DialWorld dial;
  dial.dial(server.port());
  CHECK(contains(dial.refusal().hint, hint));
}

TEST_CASE("a server that does not choose the subprotocol is refused", "[transport][dial]") {
  for (const char* chosen : {"", "other.v1", "test.v1, other.v1", "test.v", "TEST.V1"}) {
    RawServer server([chosen](RawConnection& connection) {
      connection.send(test::upgrade_answer(connection.read_request(), chosen));
      connection.wait_for_close();
    });
    DialWorld dial;
    dial.dial(server.port());
    INFO(chosen);
    CHECK(dial.refusal().code == codes::kUpgradeRefused);
  }
}

TEST_CASE("an answer that is no websocket's is refused", "[transport][dial]") {
  const std::vector<std::string> answers = {
      "garbage\r\n\r\n",
      "SSH-2.0-OpenSSH_9.2\r\n",
      std::string(100'000, 'x'),
      "HTTP/1.1 101 Switching Protocols\r\n\r\n",
      "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
      "AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\nSec-WebSocket-Protocol: test.v1\r\n\r\n",
      "HTTP/1.1 101 X\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n"};
  for (const std::string& answer : answers) {
    RawServer server([answer](RawConnection& connection) {
      static_cast<void>(connection.read_request());
      connection.send(answer);
    });
    DialWorld dial;
    dial.dial(server.port());
    INFO(answer.substr(0, 60));
    CHECK(dial.refusal().code == codes::kUpgradeRefused);
  }
}

TEST_CASE("a port that speaks TLS only gets the advice to use wss://", "[transport][dial]") {
  const Certificate issued = Authority().issue();
  const TemporaryFile certificate(issued.certificate);
  const TemporaryFile key(issued.key);
  DialWorld dial;
  test::Accepting server;
  ServerOptions options;
  options.tls = ServerTls{certificate.path(), key.path()};
  server.listen(dial.world, options);
  dial.dial(server.port());
  CHECK(dial.refusal().code == codes::kUpgradeRefused);
  CHECK_THAT(dial.refusal().hint,
             Catch::Contains("if the server speaks TLS, the URL begins with wss://"));
}

TEST_CASE("an extension that was not offered ends the dial", "[transport][dial]") {
  RawServer server([](RawConnection& connection) {
    std::string answer = test::upgrade_answer(connection.read_request(), test::kProtocol);
    answer.insert(answer.size() - 2, "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    connection.send(answer);
    connection.wait_for_close();
  });
  DialWorld dial;
  dial.dial(server.port());
  CHECK(dial.refusal().code == codes::kUpgradeRefused);
}

TEST_CASE("a message in the same packet as the answer arrives", "[transport][dial]") {
  RawServer server([](RawConnection& connection) {
    connection.send(test::upgrade_answer(connection.read_request(), test::kProtocol) +
                    test::server_frame(0x82, "early"));
    connection.wait_for_close();
  });
  DialWorld dial;
  dial.dial(server.port());
  dial.world.until([&] { return dial.client.messages.size() == 1; });
  CHECK(dial.client.messages.front() == "early");
}

TEST_CASE("the request names host and program and offers one subprotocol", "[transport][dial]") {
  std::string request;  // the server's thread's, until that has been joined
  std::string host;
  {
    RawServer server(
        [&request](RawConnection& connection) { request = connection.read_request(); });
    host = "\r\nHost: 127.0.0.1:" + std::to_string(server.port()) + "\r\n";
    DialWorld dial;
    dial.dial(server.port());
  }
  CHECK(request.starts_with("GET /ws HTTP/1.1\r\n"));
  CHECK(contains(request, host));
  CHECK(contains(request, "\r\nSec-WebSocket-Protocol: test.v1\r\n"));
  CHECK(contains(request, "\r\nUser-Agent: tests/1\r\n"));
  CHECK_FALSE(contains(request, "Extensions"));
  CHECK_FALSE(contains(request, "Origin"));
}

TEST_CASE("a dial that is dropped is forgotten, however far it has got", "[transport][dial]") {
  RawServer silent([](RawConnection& connection) { connection.wait_for_close(); });
  test::World world;
  test::Accepting server;
  server.listen(world);
  const std::uint16_t closed = closed_port();
  for (const std::uint16_t port : {silent.port(), server.port(), closed}) {
    for (int turns = 0; turns < 8; ++turns) {
      test::Recorder client;
      test::dial(world, test::dial_options("ws", "127.0.0.1", port), client);
      int left = turns;
      world.until([&left] { return left-- == 0; });
      client.closed = {};
      client.websocket.reset();
      world.few_turns();
      CHECK_FALSE(client.closed);
    }
  }
}

TEST_CASE("a dial that is closed says so once and opens no more", "[transport][dial]") {
  test::World world;
  test::Accepting server;
  server.listen(world);
  test::Recorder client;
  test::dial(world, test::dial_options("ws", "127.0.0.1", server.port()), client);
  client.websocket->close(CloseStatus::normal, "changed my mind");
  CHECK_FALSE(client.closed);
  world.until([&] { return client.closed.has_value(); });
  CHECK(client.closed->cause == CloseInfo::Cause::local);
  world.few_turns();
  CHECK_FALSE(client.opened);
}

TEST_CASE("a handler may drop its websocket when the dial is refused", "[transport][dial]") {
  test::World world;
  test::Recorder client;
  client.at_close = [&client] { client.websocket.reset(); };
  test::dial(world, test::dial_options("ws", "127.0.0.1", closed_port()), client);
  world.until([&] { return client.closed.has_value(); });
  world.few_turns();
}

}  // namespace sfteams::transport

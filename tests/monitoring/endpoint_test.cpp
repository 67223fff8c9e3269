#include "monitoring/endpoint.h"

#include <array>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/contains.h"
#include "tests/header_prefixes.h"
#include "tests/machine.h"
#include "tests/monitoring/fake_subject.h"
#include "tests/transport/raw_client.h"
#include "tests/transport/world.h"
#include "transport/codes.h"
#include "transport/http_client.h"

namespace sfteams::monitoring {
namespace {

TEST_CASE("the endpoint answers over HTTP on the port that it has found") {
  const std::string address = GENERATE("127.0.0.1", "::1");
  if (address == "::1" && !machine::has_ipv6()) return;
  transport::test::World world;
  const FakeSubject subject;
  const auto endpoint = Endpoint::open(world.network(), {address, 0}, subject).value();
  const std::string host = address == "::1" ? "[::1]" : address;
  auto http = transport::HttpClient::create(world.network()).value();
  transport::HttpCall call;
  call.method = "GET";
  call.url = crypto::Secret::from_text("http://" + host + ":" + std::to_string(endpoint->port()) +
                                       "/metrics");
  std::optional<Result<transport::HttpReply>> reply;
  const auto pending = http->send(std::move(call), [&](auto answer) { reply = std::move(answer); });
  world.until([&] { return reply.has_value(); });
  REQUIRE(*reply);
  CHECK((*reply)->status == 200);
  CHECK((*reply)->body.ends_with("a 1\n"));
}

/// A connection to that port of this host that has been answered once, and stays.
class Kept {
 public:
  Kept(transport::test::World& world, std::uint16_t port)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    const std::string request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    REQUIRE(::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(request.size()));
    std::array<char, 4096> answer{};
    world.until([&] { return ::recv(socket_, answer.data(), answer.size(), MSG_DONTWAIT) > 0; });
  }
  ~Kept() { ::close(socket_); }
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;

 private:
  int socket_;
};

TEST_CASE("the endpoint answers requests of every form, one behind the other or not") {
  transport::test::World world;
  const FakeSubject subject;
  const auto endpoint = Endpoint::open(world.network(), {"127.0.0.1", 0}, subject).value();
  std::string all;
  std::size_t asked = 0;
  for (const std::string& prefix : sfteams::test::header_prefixes()) {
    ++asked;
    all += "GET /metrics HTTP/1.1\r\nHost: localhost\r\n" + prefix + ": 1\r\n\r\n";
  }
  transport::test::RawClient client(endpoint->port());
  client.send(all);
  const auto answered = [](const std::string& text) {
    std::size_t count = 0;
    for (auto at = text.find("HTTP/1.1 200 OK\r\n"); at != std::string::npos;
         at = text.find("HTTP/1.1 200 OK\r\n", at + 1))
      ++count;
    return count;
  };
  world.until([&] { return answered(client.received()) == asked; });
  transport::test::RawClient old(endpoint->port());
  old.send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  world.until(
      [&] { return old.received().find("connection: keep-alive\r\n") != std::string::npos; });
  CHECK_FALSE(old.ended());
}

TEST_CASE("whoever holds every connection and asks nothing keeps nobody out for long") {
  transport::test::World world;
  const FakeSubject subject;
  const auto endpoint = Endpoint::open(world.network(), {"127.0.0.1", 0}, subject).value();
  std::list<Kept> kept;
  for (int connection = 0; connection < 32; ++connection)
    kept.emplace_back(world, endpoint->port());
  auto http = transport::HttpClient::create(world.network()).value();
  std::unique_ptr<transport::HttpPending> pending;
  std::optional<Result<transport::HttpReply>> reply;
  const std::function<void()> ask = [&] {
    transport::HttpCall call;
    call.method = "GET";
    call.url = crypto::Secret::from_text("http://127.0.0.1:" + std::to_string(endpoint->port()) +
                                         "/healthz");
    reply.reset();
    pending = http->send(std::move(call), [&](auto answer) { reply = std::move(answer); });
  };
  ask();
  world.until([&] { return reply.has_value(); });
  CHECK_FALSE(*reply);
  // Within the 20 seconds that a world waits, one of theirs is closed.
  world.until([&] {
    if (reply && !*reply) ask();
    return reply && *reply;
  });
  CHECK((**reply).status == 200);
}

TEST_CASE("a port that is taken is told with the key that names it") {
  transport::test::World world;
  const FakeSubject subject;
  const auto first = Endpoint::open(world.network(), {"127.0.0.1", 0}, subject).value();
  const auto second = Endpoint::open(world.network(), {"127.0.0.1", first->port()}, subject);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == transport::codes::kListenFailed);
  CHECK(contains(second.error().message, "[watch] listen"));
  CHECK(contains(second.error().hint, "another port"));
}

}  // namespace
}  // namespace sfteams::monitoring

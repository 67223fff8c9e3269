#include "watch/endpoint.h"

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <optional>

#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/transport/world.h"
#include "tests/watch/fake_subject.h"
#include "transport/codes.h"
#include "transport/http_client.h"

namespace sfteams::watch {
namespace {

TEST_CASE("the endpoint answers over HTTP on the port that it has found") {
  const std::string address = GENERATE("127.0.0.1", "::1");
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

/// A connection to that port of this host, on which nothing is asked.
class Idle {
 public:
  explicit Idle(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  ~Idle() { ::close(socket_); }
  Idle(const Idle&) = delete;
  Idle& operator=(const Idle&) = delete;

 private:
  int socket_;
};

TEST_CASE("whoever holds every connection and asks nothing keeps nobody out for long") {
  transport::test::World world;
  const FakeSubject subject;
  const auto endpoint = Endpoint::open(world.network(), {"127.0.0.1", 0}, subject).value();
  std::list<Idle> idle;
  for (int connection = 0; connection < 32; ++connection)
    idle.emplace_back(endpoint->port());
  // Behind them in the listening socket's queue, and in the end in the place of one.
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
  const auto began = std::chrono::steady_clock::now();
  ask();
  world.until([&] {
    if (reply && !*reply) ask();
    return reply && *reply;
  });
  CHECK((**reply).status == 200);
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(15));
}

TEST_CASE("a port that is taken is told with the key that names it") {
  transport::test::World world;
  const FakeSubject subject;
  const auto first = Endpoint::open(world.network(), {"127.0.0.1", 0}, subject).value();
  const auto second = Endpoint::open(world.network(), {"127.0.0.1", first->port()}, subject);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == transport::codes::kListenFailed);
  CHECK(second.error().message.find("[watch] listen") != std::string::npos);
  CHECK(second.error().hint.find("another port") != std::string::npos);
}

}  // namespace
}  // namespace sfteams::watch

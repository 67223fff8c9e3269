#include "watch/endpoint.h"

#include <optional>

#include <catch2/catch.hpp>

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

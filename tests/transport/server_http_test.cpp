#include <catch2/catch.hpp>

#include "tests/transport/raw_client.h"
#include "tests/transport/world.h"

using namespace sfteams::transport;

namespace {

constexpr const char* kPost =
    "POST /echo?a=b%26c&d=e HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
    "Content-Length: 5\r\n\r\nhello";

HttpHandler echo() {
  return [](HttpRequest request, HttpResponder responder) {
    HttpResponse response;
    response.body = request.method + " " + request.path + " " + request.query + " " + request.body;
    responder.respond(std::move(response));
  };
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++found;
  return found;
}

}  // namespace

TEST_CASE("a kept-open connection answers one request after the other", "[transport]") {
  test::World world;
  test::Accepting server;
  ServerOptions options;
  options.http = echo();
  server.listen(world, options);
  test::RawClient client(server.port());
  for (std::size_t i = 1; i <= 5; ++i) {
    client.send(kPost);
    world.until([&] { return count(client.received(), "hello") == i; });
  }
  INFO(client.received());
  CHECK(count(client.received(), "HTTP/1.1 200 OK\r\n") == 5);
  CHECK(count(client.received(), "POST /echo a=b%26c&d=e hello") == 5);
  CHECK_FALSE(client.ended());
}

#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/contains.h"
#include "tests/header_prefixes.h"
#include "tests/transport/raw_client.h"
#include "tests/transport/upgrade.h"
#include "tests/transport/world.h"

// One test for each item of the list in docs/transport.md.

namespace sfteams::transport {
namespace {

struct Hardened {
  explicit Hardened(ServerOptions options = {}) {
    options.http = [this](HttpRequest request, HttpResponder responder) {
      paths.push_back(request.path);
      HttpResponse response;
      if (request.path != "/here") response.status = 404;
      response.body = "handled";
      responder.respond(std::move(response));
    };
    server.listen(world, std::move(options));
  }

  /// Sends this and waits for the end of the connection; what came back.
  std::string refused(const std::string& bytes) {
    test::RawClient client(server.port());
    client.send(bytes);
    world.until([&] { return client.ended(); });
    return client.received();
  }

  /// Nothing has been let through, and the next one is served as always.
  void expect_unharmed() {
    CHECK(paths.empty());
    CHECK(server.accepted.empty());
    test::RawClient client(server.port());
    client.send("GET /here HTTP/1.1\r\nHost: x\r\n\r\n");
    world.until([&] { return client.received().ends_with("handled"); });
    CHECK(client.received().starts_with("HTTP/1.1 200 OK\r\n"));
  }

  test::World world;
  std::vector<std::string> paths;
  test::Accepting server;
};

std::string post(const std::string& headers, const std::string& body = {}) {
  return "POST /here HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + body;
}

std::string get_with(const std::string& headers) {
  return "GET /ws HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
}

ServerOptions impatient() {
  ServerOptions options;
  options.request_timeout = Duration(300);
  options.idle_timeout = Duration(300);
  return options;
}

}  // namespace

TEST_CASE("an upgrade to h2c is refused", "[transport][hardening]") {
  Hardened server;
  const std::string answer =
      server.refused(get_with("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: "
                              "h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"));
  CHECK_FALSE(contains(answer, "101"));
  server.expect_unharmed();
}

TEST_CASE("HTTP/2 without an upgrade is refused", "[transport][hardening]") {
  Hardened server;
  CHECK_FALSE(server.refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").starts_with("HTTP/1.1 2"));
  server.expect_unharmed();
}

TEST_CASE("an upgrade to something unknown is refused", "[transport][hardening]") {
  Hardened server;
  for (const char* what : {"foo", "TLS/1.0", "websocket2", "websocket, h2c", "h2c, websocket"}) {
    const std::string answer =
        server.refused(get_with(std::string("Connection: Upgrade\r\nUpgrade: ") + what + "\r\n"));
    CHECK_FALSE(contains(answer, " 101 "));
  }
  server.expect_unharmed();
}

TEST_CASE("CONNECT is refused", "[transport][hardening]") {
  Hardened server;
  CHECK(server.refused("CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\nraw bytes\r\n")
            .starts_with("HTTP/1.1 405 "));
  CHECK(server.refused("CONNECT x\r\n\r\n").starts_with("HTTP/1.1 400 "));
  server.expect_unharmed();
}

TEST_CASE("other methods are refused", "[transport][hardening]") {
  Hardened server;
  for (const char* method : {"PUT", "DELETE", "OPTIONS", "PATCH"}) {
    const std::string answer =
        server.refused(std::string(method) + " /here HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(answer.starts_with("HTTP/1.1 405 "));
    CHECK(contains(answer, "allow: GET, HEAD, POST\r\n"));
  }
  CHECK_FALSE(server.refused("BREW /here HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 2"));
  CHECK_FALSE(
      server.refused("GET /a HTTP/1.1\r\nGET /b HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 2"));
  server.expect_unharmed();
}

TEST_CASE("DELETE comes through where a server takes it, without a body",
          "[transport][hardening]") {
  ServerOptions options;
  options.takes_delete = true;
  Hardened server(std::move(options));
  CHECK(server.refused("DELETE /here HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .starts_with("HTTP/1.1 200 "));
  CHECK(server.paths == std::vector<std::string>{"/here"});
  CHECK(server.refused("DELETE /here HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na")
            .starts_with("HTTP/1.1 400 "));
  CHECK(contains(server.refused("PUT /here HTTP/1.1\r\nHost: x\r\n\r\n"),
                 "allow: GET, HEAD, POST, DELETE\r\n"));
}

TEST_CASE("a websocket without a subprotocol, or with another one, is refused",
          "[transport][hardening]") {
  Hardened server;
  for (const char* name :
       {"", "other.v1", "test.v1x", "TEST.V1", "sfteams-http", "sfteams-dialled"}) {
    INFO(name);
    CHECK(server.refused(test::upgrade_request(name)).starts_with("HTTP/1.1 400 "));
  }
  server.expect_unharmed();
}

TEST_CASE("a websocket gets the subprotocol of its path and no other", "[transport][hardening]") {
  Hardened server;
  test::Accepting other;
  ServerOptions options;
  options.websockets.push_back({"/other", "other.v1", [](std::unique_ptr<Websocket>) {}});
  other.listen(server.world, options);
  // "other.v1" is known in this process, but not at this path.
  CHECK(server.refused(test::upgrade_request("other.v1")).starts_with("HTTP/1.1 400 "));
  for (const std::string& offered :
       {std::string("other.v1, test.v1"), std::string("test.v1, other.v1"),
        std::string(500, 'a') + ",test.v1",
        std::string("other.v1\r\nSec-WebSocket-Protocol: test.v1")}) {
    test::RawClient client(server.server.port());
    client.send(test::upgrade_request(offered));
    server.world.until([&] { return client.received().ends_with("\r\n\r\n"); });
    CHECK(client.received().starts_with("HTTP/1.1 101 "));
    CHECK(contains(client.received(), "Sec-WebSocket-Protocol: test.v1\r\n"));
  }
}

TEST_CASE("no extension is agreed on", "[transport][hardening]") {
  Hardened server;
  test::RawClient client(server.server.port());
  client.send(test::upgrade_request(
      test::kProtocol, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"));
  server.world.until([&] { return client.received().ends_with("\r\n\r\n"); });
  CHECK(client.received().starts_with("HTTP/1.1 101 "));
  CHECK_FALSE(contains(client.received(), "xtension"));
  client.send(test::client_frame(0xc2, "compressed"));
  server.world.until([&] { return client.ended(); });
}

TEST_CASE("an upgrade that is not RFC 6455's is refused", "[transport][hardening]") {
  Hardened server;
  const std::string good = test::upgrade_request(test::kProtocol);
  const auto without = [&good](const std::string& line) {
    std::string request = good;
    const std::size_t at = request.find(line);
    REQUIRE(at != std::string::npos);
    request.erase(at, request.find("\r\n", at) + 2 - at);
    return request;
  };
  CHECK(server.refused(without("Sec-WebSocket-Key")).starts_with("HTTP/1.1 400 "));
  CHECK(server.refused(without("Connection")).starts_with("HTTP/1.1 400 "));
  CHECK(server.refused(without("Host")).starts_with("HTTP/1.1 400 "));
  CHECK(server.refused(without("Sec-WebSocket-Version")).starts_with("HTTP/1.1 426 "));
  CHECK_FALSE(contains(server.refused("POST" + good.substr(3)), " 101 "));
  CHECK(server.refused("GET /nowhere" + good.substr(7)).starts_with("HTTP/1.1 404 "));
  CHECK(server.refused(test::upgrade_request(test::kProtocol, "Content-Length: 5\r\n") + "hello")
            .starts_with("HTTP/1.1 400 "));
  server.expect_unharmed();
}

TEST_CASE("a websocket's path without an upgrade asks for one", "[transport][hardening]") {
  Hardened server;
  CHECK(server.refused(get_with("")).starts_with("HTTP/1.1 426 "));
  server.expect_unharmed();
}

TEST_CASE("the length of a body has to be said once, in digits", "[transport][hardening]") {
  Hardened server;
  for (const char* length : {"-1", "-9223372036854775808", "+5", "5 5", "5,5", "0x5", "5a", "", " ",
                             "5\r\nContent-Length: 5", "5\r\nContent-Length: 6"}) {
    INFO(length);
    const std::string answer =
        server.refused(post(std::string("Content-Length: ") + length + "\r\n", "hello"));
    CHECK((answer.starts_with("HTTP/1.1 400 ") || answer.starts_with("HTTP/1.1 411 ")));
  }
  server.expect_unharmed();
}

TEST_CASE("an absurd length of a body is refused before it comes", "[transport][hardening]") {
  Hardened server;
  for (const char* length : {"9999999999", "18446744073709551615", "18446744073709551621",
                             "99999999999999999999999999999999999999"}) {
    INFO(length);
    CHECK(server.refused(post(std::string("Content-Length: ") + length + "\r\n"))
              .starts_with("HTTP/1.1 413 "));
  }
  server.expect_unharmed();
}

TEST_CASE("a POST without a length is refused", "[transport][hardening]") {
  Hardened server;
  CHECK(server.refused(post("")).starts_with("HTTP/1.1 411 "));
  server.expect_unharmed();
}

TEST_CASE("a transfer coding is refused, also beside a length", "[transport][hardening]") {
  Hardened server;
  CHECK(server.refused(post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"))
            .starts_with("HTTP/1.1 501 "));
  CHECK(server.refused(post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "hello"))
            .starts_with("HTTP/1.1 501 "));
  server.expect_unharmed();
}

TEST_CASE("who hears of a refused request hears what it was about", "[transport][hardening]") {
  ServerOptions options;
  options.max_body = 10;
  std::vector<std::string> refused;
  options.refused = [&refused](const HttpRequest& request, int status) {
    refused.push_back(request.method + " " + request.path + " " + std::to_string(status));
  };
  Hardened hardened(std::move(options));
  const std::string host = " HTTP/1.1\r\nHost: x\r\n";
  hardened.refused("POST /a" + host + "Content-Length: 11\r\n\r\n");
  hardened.refused("POST /b" + host + "\r\n");
  hardened.refused("POST /c" + host + "Transfer-Encoding: chunked\r\n\r\n");
  hardened.refused("PUT /d" + host + "\r\n");
  hardened.refused("POST /e" + host + "Upgrade: websocket\r\n\r\n");
  hardened.refused("GET /f" + host + "Upgrade: websocket\r\n\r\n");
  hardened.refused("GET /g" + host + "A : b\r\n\r\n");
  CHECK(refused == std::vector<std::string>{"POST /a 413", "POST /b 411", "POST /c 501",
                                            "PUT /d 405", "POST /e 405", "GET /f 404", "  400"});
  hardened.expect_unharmed();
}

TEST_CASE("a space between the name and the colon hides no length", "[transport][hardening]") {
  Hardened server;
  for (const char* headers :
       {"Content-Length: 5\r\nTransfer-Encoding : chunked\r\n",
        "Content-Length: 5\r\nContent-Length : 50\r\n", "Content-Length : 5\r\n"}) {
    INFO(headers);
    CHECK(server.refused(post(headers, "hello")).starts_with("HTTP/1.1 400 "));
  }
  server.expect_unharmed();
}

TEST_CASE("what is no header line, and a second line of what may come once, is refused",
          "[transport][hardening]") {
  Hardened server;
  const std::string nul("X-A: a\0b\r\n", 10);
  const std::vector<std::string> lines = {"Content-Length : 5\r\n",
                                          "Content-Length\t: 5\r\n",
                                          " X-A: folded\r\n",
                                          "X-A: a\r\n b\r\n",
                                          "X-A: a\rb\r\n",
                                          "X-A: a\nX-B: b\r\n",
                                          "X-A: a\x01\r\n",
                                          "X-A\r\n",
                                          ": no name\r\n",
                                          "X A: a\r\n",
                                          "X(A): a\r\n",
                                          "Host: localhost\r\n",
                                          "Content-Length: 0\r\nContent-Length: 0\r\n",
                                          "Upgrade: websocket\r\n",
                                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
                                          "Sec-WebSocket-Version: 13\r\n",
                                          "Transfer-Encoding: chunked\r\n",
                                          "Origin: a\r\nOrigin: b\r\n",
                                          nul};
  for (const std::string& line : lines) {
    INFO(line);
    CHECK(
        server.refused(test::upgrade_request(test::kProtocol, line)).starts_with("HTTP/1.1 400 "));
    const std::string request =
        "GET /here HTTP/1.1\r\nHost: x\r\nUpgrade: x\r\n"
        "Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 8\r\n";
    const std::string answer = server.refused(request + line + "\r\n");
    CHECK((answer.starts_with("HTTP/1.1 400 ") || answer.starts_with("HTTP/1.1 501 ")));
  }
  server.expect_unharmed();
}

TEST_CASE("no beginning of a known header hides the line behind it", "[transport][hardening]") {
  const std::vector<std::string> prefixes = sfteams::test::header_prefixes();
  REQUIRE(prefixes.size() > 300);
  Hardened server;
  std::string forwarded;
  server.server.at_accept = [&](test::Recorder& recorder) {
    forwarded = recorder.websocket->header("x-forwarded-for");
  };
  for (const std::string& prefix : prefixes) {
    INFO(prefix);
    const std::string line = prefix + ": 1\r\n";
    CHECK(server.refused(post(line + "Transfer-Encoding: chunked\r\n", "0\r\n\r\n"))
              .starts_with("HTTP/1.1 501 "));
    CHECK(server.refused(post(line + "Content-Length: x\r\n")).starts_with("HTTP/1.1 400 "));
    CHECK(server.refused(test::upgrade_request(test::kProtocol, line + "Content-Length: 5\r\n"))
              .starts_with("HTTP/1.1 400 "));
    REQUIRE(server.paths.empty());
    // As a proxy would, that appends its own behind what the client sent.
    forwarded.clear();
    test::RawClient client(server.server.port());
    client.send(test::upgrade_request(test::kProtocol, line + "X-Forwarded-For: 192.0.2.7\r\n"));
    server.world.until([&] { return client.received().ends_with("\r\n\r\n"); });
    CHECK(client.received().starts_with("HTTP/1.1 101 "));
    CHECK(forwarded == "192.0.2.7");
    server.server.accepted.clear();
    // The last one of a request.
    test::RawClient last(server.server.port());
    last.send("GET /here HTTP/1.1\r\nHost: x\r\n" + line + "\r\n");
    server.world.until([&] { return last.received().ends_with("handled"); });
    server.paths.clear();
  }
}

TEST_CASE("a GET with a body is refused", "[transport][hardening]") {
  Hardened server;
  CHECK(server.refused("GET /here HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
            .starts_with("HTTP/1.1 400 "));
  server.expect_unharmed();
}

TEST_CASE("a request without a host, with two hosts or of another version is refused",
          "[transport][hardening]") {
  Hardened server;
  CHECK(server.refused("GET /here HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400 "));
  CHECK(server.refused("GET /here HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
            .starts_with("HTTP/1.1 400 "));
  CHECK(server.refused("GET /here HTTP/3.0\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 505 "));
  server.expect_unharmed();
}

TEST_CASE("an encoded line break or zero byte is refused", "[transport][hardening]") {
  Hardened server;
  for (const char* target : {"/he%0are", "/he%0d%0aX:%20yre", "/here?a=%0a", "/he%00re"}) {
    INFO(target);
    const std::string answer =
        server.refused(std::string("GET ") + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK_FALSE(answer.starts_with("HTTP/1.1 2"));
  }
  server.expect_unharmed();
}

TEST_CASE("an unknown path is 404, also where nobody handles requests", "[transport][hardening]") {
  test::World world;
  test::Accepting server;
  server.listen(world);
  test::RawClient client(server.port());
  client.send("GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n");
  world.until([&] { return !client.received().empty(); });
  CHECK(client.received().starts_with("HTTP/1.1 404 Not Found\r\n"));
}

TEST_CASE("more headers than there is room for end the connection", "[transport][hardening]") {
  Hardened server;
  CHECK_FALSE(server.refused("GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n")
                  .starts_with("HTTP/1.1 2"));
  CHECK_FALSE(
      server.refused("GET /here HTTP/1.1\r\nHost: x\r\nX: " + std::string(20'000, 'a') + "\r\n\r\n")
          .starts_with("HTTP/1.1 2"));
  std::string many = "GET /here HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 5'000; ++i)
    many += "Accept: a\r\n";
  CHECK_FALSE(server.refused(many + "\r\n").starts_with("HTTP/1.1 2"));
  server.expect_unharmed();
}

TEST_CASE("a client that says nothing is cut off", "[transport][hardening]") {
  Hardened server(impatient());
  CHECK(server.refused("").empty());
  server.expect_unharmed();
}

TEST_CASE("a client that begins late has no more time than one that says nothing",
          "[transport][hardening]") {
  ServerOptions options;
  options.request_timeout = Duration(1'000);
  test::World world;
  test::Accepting server;
  server.listen(world, std::move(options));
  test::RawClient late(server.port());
  test::RawClient silent(server.port());
  const auto begin = world.loop().after(Duration(600), [&late] { late.send("G"); });
  world.until([&] { return silent.ended(); });
  world.few_turns();
  CHECK(late.ended());
}

TEST_CASE("headers that come byte by byte are cut off in time", "[transport][hardening]") {
  Hardened server(impatient());
  test::RawClient client(server.server.port());
  client.send("GET /here HTTP/1.1\r\nHost: x\r\nX: ");
  server.world.until([&] {
    client.send("a");
    return client.ended();
  });
  CHECK(client.received().empty());
  server.expect_unharmed();
}

TEST_CASE("a body that comes byte by byte is cut off in time", "[transport][hardening]") {
  Hardened server(impatient());
  test::RawClient client(server.server.port());
  client.send(post("Content-Length: 1000000\r\n"));
  server.world.until([&] {
    client.send("a");
    return client.ended();
  });
  CHECK(client.received().empty());
  server.expect_unharmed();
}

TEST_CASE("a kept-open connection without a next request is closed", "[transport][hardening]") {
  Hardened server(impatient());
  test::RawClient client(server.server.port());
  client.send("GET /here HTTP/1.1\r\nHost: x\r\n\r\n");
  server.world.until([&] { return client.ended(); });
  CHECK(client.received().ends_with("handled"));
}

TEST_CASE("a second request before the first answer cannot be taken for its body",
          "[transport][hardening]") {
  Hardened server;
  const std::string hidden = post("Content-Length: 7\r\n", "smuggle");
  const std::string answer =
      server.refused(post("Content-Length: 5\r\n", "hello") + hidden +
                     "GET /behind HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(server.paths == std::vector<std::string>{"/here", "/here", "/behind"});
  CHECK(answer.find("404") > answer.rfind("200 OK"));
}

TEST_CASE("connections beyond the greatest number are closed", "[transport][hardening]") {
  ServerOptions options;
  options.max_connections = 3;
  Hardened server(options);
  std::vector<std::unique_ptr<test::RawClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<test::RawClient>(server.server.port()));
    clients.back()->send("GET /here HTTP/1.1\r\nHost: x\r\n\r\n");
    server.world.until([&] { return clients.back()->received().ends_with("handled"); });
  }
  CHECK(server.refused("GET /here HTTP/1.1\r\nHost: x\r\n\r\n").empty());
  clients.pop_back();
  server.world.until([&] {
    test::RawClient again(server.server.port());
    again.send("GET /here HTTP/1.1\r\nHost: x\r\n\r\n");
    server.world.until([&] { return again.ended() || !again.received().empty(); });
    return !again.received().empty();
  });
}

TEST_CASE("garbage ends the connection and harms nobody", "[transport][hardening]") {
  Hardened server;
  std::string noise;
  for (int i = 0; i < 2'000; ++i)
    noise += static_cast<char>(i * 7919 % 251);
  for (const std::string& bytes :
       {noise, std::string(100, '\0'), std::string("\r\n\r\n\r\n"), std::string("GET"),
        std::string("\x16\x03\x01\x02\x00\x01", 6)}) {
    test::RawClient client(server.server.port());
    client.send(bytes);
    server.world.few_turns();
  }
  server.expect_unharmed();
}

}  // namespace sfteams::transport

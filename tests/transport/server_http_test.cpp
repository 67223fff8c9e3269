#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "base/files/descriptor.h"
#include "base/log/log.h"
#include "tests/contains.h"
#include "tests/machine.h"
#include "tests/transport/raw_client.h"
#include "tests/transport/world.h"
#include "transport/loop_impl.h"

namespace sfteams::transport {
namespace {

constexpr const char* kPost =
    "POST /echo?a=b%26c&d=e HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
    "Authorization: Bearer abc\r\nContent-Length: 5\r\n\r\nhello";

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++found;
  return found;
}

/// A server that keeps the requests and the right to answer them.
struct Served {
  explicit Served(ServerOptions options = {}) {
    options.http = [this](HttpRequest request, HttpResponder responder) {
      requests.push_back(std::move(request));
      responders.push_back(std::move(responder));
      if (at_request) at_request();
    };
    server.listen(world, std::move(options));
  }

  void answer(const std::string& body) {
    HttpResponse response;
    response.body = body;
    responders.back().respond(std::move(response));
  }

  test::World world;
  std::vector<HttpRequest> requests;
  std::vector<HttpResponder> responders;
  std::function<void()> at_request;
  test::Accepting server;
};

}  // namespace

TEST_CASE("a request comes in whole", "[transport][http]") {
  Served served;
  test::RawClient client(served.server.port());
  client.send(kPost);
  served.world.until([&] { return !served.requests.empty(); });
  const HttpRequest& request = served.requests.front();
  CHECK(request.method == "POST");
  CHECK(request.path == "/echo");
  CHECK(request.query == "a=b%26c&d=e");
  CHECK(request.content_type == "text/plain");
  CHECK(request.authorization == "Bearer abc");
  CHECK(request.host == "x");
  CHECK(request.body == "hello");
  CHECK(request.peer_address == "127.0.0.1");
}

TEST_CASE("a query comes as it was sent", "[transport][http]") {
  Served served;
  test::RawClient client(served.server.port());
  client.send("GET /p%20q?x=a=b&y=%2B+z&flag&u=%C3%A4 HTTP/1.1\r\nHost: x\r\n\r\n");
  served.world.until([&] { return !served.requests.empty(); });
  CHECK(served.requests.front().path == "/p q");
  CHECK(served.requests.front().query == "x=a=b&y=%2B+z&flag&u=%C3%A4");
}

TEST_CASE("a request that comes byte by byte comes in whole", "[transport][http]") {
  Served served;
  test::RawClient client(served.server.port());
  const std::string text = kPost;
  std::size_t sent = 0;
  served.world.until([&] {
    if (sent < text.size()) client.send(text.substr(sent++, 1));
    return !served.requests.empty();
  });
  CHECK(served.requests.front().body == "hello");
}

TEST_CASE("a kept-open connection answers one request after the other", "[transport][http]") {
  Served served;
  served.at_request = [&] { served.answer("answer"); };
  test::RawClient client(served.server.port());
  for (std::size_t i = 1; i <= 5; ++i) {
    client.send(i % 2 == 0 ? "GET /get HTTP/1.1\r\nHost: x\r\n\r\n" : kPost);
    served.world.until([&] { return count(client.received(), "answer") == i; });
  }
  CHECK(count(client.received(), "HTTP/1.1 200 OK\r\n") == 5);
  CHECK_FALSE(client.ended());
}

TEST_CASE("an empty body is complete at once", "[transport][http]") {
  Served served;
  test::RawClient client(served.server.port());
  client.send("POST /empty HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
  served.world.until([&] { return !served.requests.empty(); });
  CHECK(served.requests.front().body.empty());
}

TEST_CASE("a body of the greatest size is taken, one byte more is not", "[transport][http]") {
  ServerOptions options;
  options.max_body = 200'000;
  Served served(options);
  test::RawClient good(served.server.port());
  good.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" +
            std::string(200'000, 'b'));
  served.world.until([&] { return !served.requests.empty(); });
  CHECK(served.requests.front().body == std::string(200'000, 'b'));
  test::RawClient bad(served.server.port());
  bad.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200001\r\n\r\n");
  served.world.until([&] { return bad.ended(); });
  CHECK(bad.received().starts_with("HTTP/1.1 413 "));
  CHECK(served.requests.size() == 1);
}

TEST_CASE("requests that come before the answer are answered one after the other",
          "[transport][http]") {
  Served served;
  test::RawClient client(served.server.port());
  std::string all;
  constexpr std::size_t kRequests = 40;
  for (std::size_t i = 0; i < kRequests; ++i) {
    all += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" +
           std::string(1000, 'b');
  }
  client.send(all);
  for (std::size_t i = 0; i < kRequests; ++i) {
    served.world.until([&] { return served.requests.size() == i + 1; });
    served.world.few_turns();
    CHECK(served.requests.size() == i + 1);  // the next one waits for this one's answer
    CHECK(served.requests[i].path == "/" + std::to_string(i));
    CHECK(served.requests[i].body == std::string(1000, 'b'));
    served.answer("answer " + std::to_string(i) + "!");
  }
  served.world.until([&] { return count(client.received(), "!") == kRequests; });
  std::size_t at = 0;
  for (std::size_t i = 0; i < kRequests; ++i) {
    const std::size_t found = client.received().find("answer " + std::to_string(i) + "!");
    CHECK(found > at);
    at = found;
  }
  CHECK_FALSE(client.ended());
}

TEST_CASE("a client of HTTP/1.0 is told whether the connection stays", "[transport][http]") {
  Served served;
  served.at_request = [&] { served.answer("answer"); };
  test::RawClient client(served.server.port());
  for (std::size_t i = 1; i <= 3; ++i) {
    client.send("POST / HTTP/1.0\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nab");
    served.world.until([&] { return count(client.received(), "answer") == i; });
    CHECK(count(client.received(), "connection: keep-alive\r\n") == i);
    CHECK_FALSE(client.ended());
  }
  client.send("GET / HTTP/1.0\r\n\r\n");
  served.world.until([&] { return client.ended(); });
  CHECK(count(client.received(), "answer") == 4);
  CHECK(count(client.received(), "connection: close\r\n") == 1);
}

TEST_CASE("an answer reaches a peer that is still sending", "[transport][http]") {
  ServerOptions options;
  options.max_body = 1000;
  Served served(options);
  test::RawClient client(served.server.port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n" +
              std::string(8'000'000, 'b'));
  served.world.until([&] { return client.ended(); });
  CHECK(client.received().starts_with("HTTP/1.1 413 "));
}

TEST_CASE("another upgrade than to a websocket is ignored", "[transport][http]") {
  Served served;
  served.at_request = [&] { served.answer("answer"); };
  test::RawClient client(served.server.port());
  // As Java's HttpClient asks on a plain connection.
  client.send(
      "POST / HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nContent-Length: 5\r\nHost: x\r\n"
      "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\nUpgrade: h2c\r\n\r\nhello");
  served.world.until([&] { return client.received().ends_with("answer"); });
  CHECK(client.received().starts_with("HTTP/1.1 200 "));
  CHECK(served.requests.front().body == "hello");
}

TEST_CASE("a body in chunks comes in whole where it is allowed", "[transport][http]") {
  ServerOptions options;
  options.chunked_bodies = true;
  options.max_body = 1000;
  Served served(options);
  served.at_request = [&] { served.answer("answer"); };
  const std::string head = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  test::RawClient client(served.server.port());
  const std::string request = head + "5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nX-Trailer: t\r\n\r\n";
  std::size_t sent = 0;
  served.world.until([&] {
    if (sent < request.size()) client.send(request.substr(sent++, 1));
    return served.requests.size() == 1;
  });
  CHECK(served.requests.front().body == "hello world");
  client.send(head + "3e8\r\n" + std::string(1000, 'b') + "\r\n0\r\n\r\n" + kPost);
  served.world.until([&] { return served.requests.size() == 3; });
  CHECK(served.requests[1].body == std::string(1000, 'b'));
  CHECK(served.requests[2].body == "hello");

  const auto refused = [&](const std::string& bytes) {
    test::RawClient bad(served.server.port());
    bad.send(bytes);
    served.world.until([&] { return bad.ended(); });
    return bad.received();
  };
  CHECK(refused(head + "3e9\r\n").starts_with("HTTP/1.1 413 "));
  CHECK(refused(head + "3e8\r\n" + std::string(1000, 'b') + "\r\n1\r\n")
            .starts_with("HTTP/1.1 413 "));
  CHECK(refused(head + "5\nhello").starts_with("HTTP/1.1 400 "));
  const std::string with_length = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n";
  CHECK(refused(with_length + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
            .starts_with("HTTP/1.1 400 "));
  CHECK(refused("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")
            .starts_with("HTTP/1.1 501 "));
  CHECK(refused("POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
            .starts_with("HTTP/1.1 400 "));
  CHECK(served.requests.size() == 3);
}

TEST_CASE("an answer may come later", "[transport][http]") {
  Served served;
  test::RawClient client(served.server.port());
  for (int i = 0; i < 3; ++i) {
    client.send(kPost);
    served.world.until([&] { return served.requests.size() == static_cast<std::size_t>(i) + 1; });
    served.world.few_turns();
    CHECK(count(client.received(), "HTTP/1.1") == static_cast<std::size_t>(i));
    served.answer("late");
    served.world.until(
        [&] { return count(client.received(), "late") == static_cast<std::size_t>(i) + 1; });
  }
}

TEST_CASE("answers go to the connection that asked, in whatever order they are given",
          "[transport][http]") {
  Served served;
  test::RawClient first(served.server.port());
  test::RawClient second(served.server.port());
  first.send("GET /first HTTP/1.1\r\nHost: x\r\n\r\n");
  served.world.until([&] { return served.requests.size() == 1; });
  second.send("GET /second HTTP/1.1\r\nHost: x\r\n\r\n");
  served.world.until([&] { return served.requests.size() == 2; });
  for (std::size_t i : {std::size_t{1}, std::size_t{0}}) {
    HttpResponse response;
    response.body = served.requests[i].path;
    served.responders[i].respond(std::move(response));
  }
  served.world.until([&] {
    return first.received().ends_with("/first") && second.received().ends_with("/second");
  });
}

TEST_CASE("an answer for a peer that has gone is dropped", "[transport][http]") {
  Served served;
  auto client = std::make_unique<test::RawClient>(served.server.port());
  client->send(kPost);
  served.world.until([&] { return served.requests.size() == 1; });
  client.reset();
  served.world.few_turns();
  served.answer("for nobody");
  served.world.few_turns();
}

TEST_CASE("a request that nobody answers ends the connection", "[transport][http]") {
  Served served;
  test::RawClient client(served.server.port());
  client.send(kPost);
  served.world.until([&] { return served.requests.size() == 1; });
  served.responders.clear();
  served.world.until([&] { return client.ended(); });
  CHECK(client.received().empty());
}

TEST_CASE("an answer of many megabytes arrives whole, and the connection stays open",
          "[transport][http]") {
  Served served;
  const std::string body(8 * 1024 * 1024, 'm');
  test::RawClient client(served.server.port());
  for (std::size_t i = 1; i <= 2; ++i) {
    client.send(kPost);
    served.world.until([&] { return served.requests.size() == i; });
    served.answer(body);
    served.world.until([&] { return client.received().size() > i * body.size(); });
  }
  CHECK_FALSE(client.ended());
}

TEST_CASE("a peer that does not take its answer is left after the idle timeout",
          "[transport][http]") {
  ServerOptions options;
  options.idle_timeout = Duration(200);
  Served served(options);
  test::RawClient client(served.server.port(), 4096);
  client.stop_reading();
  client.send(kPost);
  served.world.until([&] { return served.requests.size() == 1; });
  served.answer(std::string(32 * 1024 * 1024, 'm'));
  // The connection is gone when a write of ours fails.
  served.world.until([&] {
    client.send("x");
    return client.broken();
  });
}

TEST_CASE("a body that answers share arrives whole at each of them, and is let go then",
          "[transport][http]") {
  Served served;
  const auto shared = std::make_shared<const std::string>(std::string(3'000'000, 's') + "end");
  const std::string length = "content-length: 3000003\r\n";
  served.at_request = [&] {
    HttpResponse response;
    response.shared_body = shared;
    served.responders.back().respond(std::move(response));
  };
  test::RawClient first(served.server.port());
  test::RawClient second(served.server.port());
  for (test::RawClient* client : {&first, &second})
    client->send("GET / HTTP/1.1\r\nHost: x\r\n\r\nHEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  for (test::RawClient* client : {&first, &second}) {
    served.world.until([&] { return count(client->received(), length) == 2; });
    CHECK(contains(client->received(), "ssendHTTP/1.1 200 OK\r\n"));
    CHECK(client->received().ends_with("\r\n\r\n"));
  }
  CHECK(shared.use_count() == 1);
}

TEST_CASE("a shared body is in use for as long as a peer has not taken it", "[transport][http]") {
  ServerOptions options;
  options.idle_timeout = Duration(50);
  Served served(options);
  const auto shared = std::make_shared<const std::string>(30'000'000, 's');
  served.at_request = [&] {
    HttpResponse response;
    response.shared_body = shared;
    served.responders.back().respond(std::move(response));
  };
  test::RawClient client(served.server.port(), 4096);
  client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  served.world.until([&] { return shared.use_count() == 2; });
  served.world.until([&] { return shared.use_count() == 1; });
  CHECK(served.requests.size() == 1);
}

TEST_CASE("an answer without a body says nothing of its length", "[transport][http]") {
  const int status = GENERATE(204, 304);
  Served served;
  served.at_request = [&] {
    HttpResponse response;
    response.status = status;
    response.body = "not to be sent";
    response.headers.emplace_back("etag", "\"x\"");
    served.responders.back().respond(std::move(response));
  };
  test::RawClient client(served.server.port());
  const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  client.send(get + get);
  served.world.until([&] { return count(client.received(), "\r\n\r\n") == 2; });
  const std::string head = "HTTP/1.1 " + std::to_string(status) +
                           (status == 204 ? " No Content" : " Not Modified") +
                           "\r\netag: \"x\"\r\n\r\n";
  CHECK(client.received() == head + head);
}

TEST_CASE("HEAD gets the length but no body", "[transport][http]") {
  Served served;
  served.at_request = [&] { served.answer("body"); };
  test::RawClient client(served.server.port());
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  served.world.until([&] { return client.received().ends_with("\r\n\r\n"); });
  CHECK(contains(client.received(), "content-length: 4\r\n"));
}

TEST_CASE("the connection ends when the client wants it to", "[transport][http]") {
  Served served;
  served.at_request = [&] { served.answer("answer"); };
  for (const char* request :
       {"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: Close, x\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
    test::RawClient client(served.server.port());
    client.send(request);
    served.world.until([&] { return client.ended(); });
    CHECK(client.received().ends_with("answer"));
    CHECK(contains(client.received(), "connection: close\r\n"));
  }
}

TEST_CASE("an answer may go in chunks, with trailers, but not to HTTP/1.0", "[transport][http]") {
  Served served;
  served.at_request = [&] {
    HttpResponse response;
    response.body = std::string(1500, 'b');
    response.chunked = true;
    response.trailers = {{"x-trailer", "t"}};
    served.responders.back().respond(std::move(response));
  };
  test::RawClient client(served.server.port());
  client.send(kPost);
  const std::string end = "\r\n\r\n3e8\r\n" + std::string(1000, 'b') + "\r\n1f4\r\n" +
                          std::string(500, 'b') + "\r\n0\r\nx-trailer: t\r\n\r\n";
  served.world.until([&] { return client.received().ends_with(end); });
  CHECK_FALSE(contains(client.received(), "content-length"));
  test::RawClient old(served.server.port());
  old.send("GET / HTTP/1.0\r\n\r\n");
  served.world.until([&] { return old.ended(); });
  CHECK(contains(old.received(), "content-length: 1500\r\n"));
  CHECK(old.received().ends_with("\r\n\r\n" + std::string(1500, 'b')));
}

TEST_CASE("headers of an answer that would forge others are left out", "[transport][http]") {
  Served served;
  served.at_request = [&] {
    HttpResponse response;
    response.headers = {{"x-good", "yes"}, {"x-bad", "a\r\nx-forged: 1"}, {"x-\nworse", "b"}};
    served.responders.back().respond(std::move(response));
  };
  test::RawClient client(served.server.port());
  client.send(kPost);
  served.world.until([&] { return client.received().ends_with("\r\n\r\n"); });
  CHECK(contains(client.received(), "x-good: yes\r\n"));
  CHECK_FALSE(contains(client.received(), "forged"));
  CHECK_FALSE(contains(client.received(), "worse"));
}

TEST_CASE("an answer that is broken off stops in its middle", "[transport][http]") {
  Served served;
  served.at_request = [&] {
    HttpBody body = served.responders.back().begin({}, 10);
    body.write("0123");
  };
  test::RawClient client(served.server.port());
  client.send(kPost);
  served.world.until([&] { return client.ended(); });
  CHECK(contains(client.received(), "content-length: 10\r\n"));
  CHECK(client.received().ends_with("\r\n\r\n0123"));
}

TEST_CASE("an answer whose body is written bit by bit arrives whole", "[transport][http]") {
  Served served;
  std::optional<HttpBody> body;
  served.at_request = [&] { body.emplace(served.responders.back().begin({}, 6)); };
  test::RawClient client(served.server.port());
  client.send(kPost);
  served.world.until([&] { return client.received().ends_with("content-length: 6\r\n\r\n"); });
  body->write("abc");
  served.world.until([&] { return client.received().ends_with("abc"); });
  body->write("defgh");
  CHECK(body->missing() == 0);
  served.world.until([&] { return client.received().ends_with("abcdef"); });
  // And the connection is good for another request.
  client.send(kPost);
  served.world.until([&] { return count(client.received(), "length: 6") == 2; });
  body.reset();
  served.world.until([&] { return client.ended(); });
}

TEST_CASE("whoever writes the body of a client that has gone notices nothing",
          "[transport][http]") {
  Served served;
  std::optional<HttpBody> body;
  served.at_request = [&] { body.emplace(served.responders.back().begin({}, 600'000)); };
  {
    test::RawClient client(served.server.port());
    client.send(kPost);
    served.world.until([&] { return body.has_value() && !client.received().empty(); });
  }
  served.world.until([&] {
    body->write(std::string(1'000, 'x'));
    return body->missing() == 0;
  });
}

TEST_CASE("a client that asks whether to go on is told so", "[transport][http]") {
  Served served;
  test::RawClient client(served.server.port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  served.world.until([&] { return client.received() == "HTTP/1.1 100 Continue\r\n\r\n"; });
  client.send("hello");
  served.world.until([&] { return !served.requests.empty(); });
  CHECK(served.requests.front().body == "hello");
}

TEST_CASE("a server may go while a handler runs, and with requests unanswered",
          "[transport][http]") {
  Served served;
  test::RawClient waiting(served.server.port());
  waiting.send(kPost);
  served.world.until([&] { return served.requests.size() == 1; });
  served.at_request = [&] { served.server.server.reset(); };
  test::RawClient client(served.server.port());
  client.send(kPost);
  served.world.until([&] { return client.ended() && waiting.ended(); });
  served.answer("too late");
  served.world.few_turns();
  CHECK(client.received().empty());
}

// Each check of a type opens a pipe, and takes the want of descriptors for a wrong type.
constexpr bool sanitizer_needs_descriptors() {
#if defined(__has_feature)
#if __has_feature(undefined_behavior_sanitizer)
  return true;
#endif
#endif
  return false;
}

TEST_CASE("want of descriptors is said once, and is over when it is over", "[transport][http]") {
  if (sanitizer_needs_descriptors()) {
    machine::skipped("the sanitizer for undefined behaviour needs descriptors itself");
    return;
  }
  Served served;
  served.at_request = [&] { served.answer("answer"); };
  std::vector<std::string> lines;
  log::start(log::Level::info, log::Format::text);
  log::observe([&](log::Level, std::string_view, std::string_view line) {
    if (line.find("accepted on port") != std::string_view::npos) lines.emplace_back(line);
  });
  std::vector<std::unique_ptr<test::RawClient>> clients;
  for (int i = 0; i < 3; ++i)
    clients.push_back(std::make_unique<test::RawClient>(served.server.port()));
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  // None is left: the numbers below are in use.
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(clients.back()->descriptor()) + 1;
  std::vector<files::Descriptor> plugs;
  ::setrlimit(RLIMIT_NOFILE, &none);
  for (int fd = ::dup(0); fd >= 0; fd = ::dup(0))
    plugs.emplace_back(fd);
  served.world.until([&] { return !lines.empty(); });
  const auto start = std::chrono::steady_clock::now();
  served.world.until(
      [&] { return std::chrono::steady_clock::now() - start > std::chrono::milliseconds(550); });
  CHECK(lines.size() == 1);
  CHECK(lines.front().starts_with("[transport.accept-failed] no further connection"));
  CHECK(lines.front().ends_with("— raise LimitNOFILE= of the service"));
  ::setrlimit(RLIMIT_NOFILE, &before);
  for (const auto& client : clients)
    client->send(kPost);
  served.world.until([&] {
    return std::ranges::all_of(
        clients, [](const auto& client) { return client->received().ends_with("answer"); });
  });
  served.world.until([&] { return lines.size() == 2; });
  CHECK(lines.back().ends_with("after 0 s in which 3 had to wait"));
  log::observe(nullptr);
}

TEST_CASE("who has given up in a long queue costs nothing", "[transport][http]") {
  Served served;
  served.at_request = [&] { served.answer("answer"); };
  std::vector<std::string> lines;
  log::start(log::Level::info, log::Format::text);
  log::observe([&](log::Level, std::string_view, std::string_view line) {
    if (line.find("accept-late") != std::string_view::npos) lines.emplace_back(line);
  });
  std::vector<std::unique_ptr<test::RawClient>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<test::RawClient>(served.server.port()));
    clients.back()->send(kPost);
    if (i % 2 == 0) ::shutdown(clients.back()->descriptor(), SHUT_WR);
  }
  served.world.until(
      [&] { return served.requests.size() + served.server.server->late_connections() == 40; });
  // The first turn takes what comes; from then on there is a queue.
  CHECK(served.server.server->late_connections() >= 10);
  CHECK(served.server.server->late_connections() <= 20);
  REQUIRE(lines.size() == 1);
  CHECK(lines.front().starts_with("[transport.accept-late] connections come to port"));
  // The others have got what they wanted.
  for (std::size_t i = 1; i < clients.size(); i += 2)
    served.world.until([&] { return clients[i]->received().ends_with("answer"); });
  log::observe(nullptr);
}

TEST_CASE("who would give up before it is served is closed at once", "[transport][http]") {
  Served served;
  served.at_request = [&] { served.answer("answer"); };
  std::vector<std::unique_ptr<test::RawClient>> clients;
  const auto come = [&] {
    clients.push_back(std::make_unique<test::RawClient>(served.server.port()));
    clients.back()->send(kPost);
  };
  for (int i = 0; i < 20; ++i)
    come();
  std::this_thread::sleep_for(std::chrono::milliseconds(4'100));  // a loop that is busy
  come();
  served.world.until([&] { return clients.back()->received().ends_with("answer"); });
  CHECK(served.server.server->late_connections() > 0);
}

TEST_CASE("a connection that waits for its answer leaves the loop alone", "[transport][http]") {
  Served served;
  test::RawClient client(served.server.port());
  client.send(kPost);
  served.world.until([&] { return served.requests.size() == 1; });
  client.send(kPost);  // further bytes must not be asked after again and again
  uv_check_t turns{};
  std::size_t counted = 0;
  uv_check_init(uv_of(served.world.loop()), &turns);
  turns.data = &counted;
  uv_check_start(&turns, [](uv_check_t* handle) { ++*static_cast<std::size_t*>(handle->data); });
  std::size_t looks = 0;
  served.world.until([&looks] { return ++looks > 50; });
  CHECK(counted < 10 * looks);
  uv_close(reinterpret_cast<uv_handle_t*>(&turns), nullptr);
  served.world.few_turns();
}

}  // namespace sfteams::transport

#include "transport/http_client.h"

#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/files/descriptor.h"
#include "tests/transport/connect_proxy.h"
#include "tests/transport/raw_client.h"
#include "tests/transport/raw_server.h"
#include "transport/codes.h"
#include "transport/server.h"

using sfteams::Code;
using sfteams::Error;
using sfteams::Result;
using sfteams::crypto::Secret;
using namespace sfteams::transport;

namespace {

struct HttpClientFixture {
  std::unique_ptr<Loop> loop = std::move(*Loop::create());
  std::unique_ptr<Network> network = std::move(*Network::create(*loop));
  std::unique_ptr<HttpClient> client = std::move(*HttpClient::create(*network, 4));

  static HttpCall call_to(const RawServer& server, const std::string& rest = "/xml-rpc") {
    HttpCall call;
    call.url = Secret::from_text("http://127.0.0.1:" + std::to_string(server.port()) + rest);
    call.content_type = "text/xml";
    call.body = "<methodCall/>";
    return call;
  }

  Result<HttpReply> ask(HttpCall call) {
    std::optional<Result<HttpReply>> outcome;
    const auto pending = client->send(std::move(call), [&](Result<HttpReply> result) {
      CHECK_FALSE(outcome.has_value());
      outcome = std::move(result);
      loop->stop();
    });
    CHECK_FALSE(outcome.has_value());
    loop->run();
    return std::move(*outcome);
  }

  Error failure_of(HttpCall call) {
    auto outcome = ask(std::move(call));
    REQUIRE_FALSE(outcome.has_value());
    CHECK_FALSE(outcome.error().hint.empty());
    return outcome.error();
  }

  /// What a call to a server that does this ends with.
  Error failure_with(const RawServer::Script& script) {
    const RawServer server(script);
    return failure_of(call_to(server));
  }
};

/// A port that takes no further connection: whoever dials it is left connecting.
class FullQueue {
 public:
  FullQueue() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof at;
    REQUIRE(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&at), length) == 0);
    REQUIRE(::listen(listener_.get(), 0) == 0);
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&at), &length);
    port_ = ntohs(at.sin_port);
    for (int filler = 0; filler < 3; ++filler) {
      fillers_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      static_cast<void>(::connect(fillers_.back().get(), reinterpret_cast<sockaddr*>(&at), length));
    }
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  sfteams::files::Descriptor listener_;
  std::vector<sfteams::files::Descriptor> fillers_;
  std::uint16_t port_ = 0;
};

/// Answers every request alike.
RawServer::Script always(const std::string& reply) {
  return [reply](RawConnection& connection) {
    while (!connection.read_request().empty() && connection.send(reply)) {
    }
  };
}

RawServer::Script once(const std::string& reply) {
  return [reply](RawConnection& connection) {
    static_cast<void>(connection.read_request());
    connection.send(reply);
  };
}

}  // namespace

TEST_CASE_METHOD(HttpClientFixture, "a call sends what it was given and brings the reply back") {
  std::string seen;
  const RawServer server([&](RawConnection& connection) {
    seen = connection.read_request();
    connection.send(http_reply(200, "text/xml; charset=UTF-8", "<ok/>"));
  });
  const auto reply = ask(call_to(server, "/xml-rpc?de.vertico.starface.auth=1:abc"));
  REQUIRE(reply);
  CHECK(reply->status == 200);
  CHECK(reply->content_type == "text/xml; charset=UTF-8");
  CHECK(reply->body == "<ok/>");
  CHECK_THAT(seen, Catch::StartsWith("POST /xml-rpc?de.vertico.starface.auth=1:abc HTTP/1.1\r\n"));
  CHECK_THAT(seen, Catch::Contains("\r\nHost: 127.0.0.1:" + std::to_string(server.port())));
  CHECK_THAT(seen, Catch::Contains("\r\nContent-Type: text/xml\r\n"));
  CHECK_THAT(seen, Catch::EndsWith("\r\n\r\n<methodCall/>"));
  CHECK_THAT(seen, !Catch::Contains("Expect") && !Catch::Contains("Accept-Encoding"));
}

TEST_CASE_METHOD(HttpClientFixture,
                 "the methods are sent as they are named, one call leaving nothing to the next") {
  std::vector<std::string> lines;
  const RawServer server([&](RawConnection& connection) {
    while (true) {
      const std::string request = connection.read_request();
      if (request.empty()) return;
      lines.push_back(request.substr(0, request.find('\r')) +
                      request.substr(request.find("\r\n\r\n") + 4));
      const bool head = request.starts_with("HEAD");
      const std::string reply = http_reply(200, "text/plain", "body");
      connection.send(head ? reply.substr(0, reply.find("body")) : reply);
    }
  });
  for (const char* method : {"GET", "HEAD", "POST", "DELETE", "PUT", "GET"}) {
    HttpCall call = call_to(server, "/");
    call.method = method;
    const std::string name = method;
    call.body = name == "PUT" || name == "POST" ? "some" : "";
    const auto reply = ask(std::move(call));
    REQUIRE(reply);
    CHECK(reply->body == (name == "HEAD" ? "" : "body"));
  }
  CHECK(lines == std::vector<std::string>{"GET / HTTP/1.1", "HEAD / HTTP/1.1",
                                          "POST / HTTP/1.1some", "DELETE / HTTP/1.1",
                                          "PUT / HTTP/1.1some", "GET / HTTP/1.1"});
  CHECK(server.connections() == 1);
}

TEST_CASE_METHOD(HttpClientFixture,
                 "a secret header and a secret body go with their own call only") {
  std::vector<std::string> seen;
  const RawServer server([&](RawConnection& connection) {
    for (std::string request; !(request = connection.read_request()).empty();) {
      seen.push_back(request);
      connection.send(http_reply(200, "text/plain", "ok"));
    }
  });
  HttpCall call = call_to(server, "/token");
  call.authorization = Secret::from_text("Basic YTpi");
  call.secret_body = Secret::from_text("password=x");
  REQUIRE(ask(std::move(call)));
  REQUIRE(ask(call_to(server)));
  REQUIRE(seen.size() == 2);
  CHECK_THAT(seen[0], Catch::Contains("\r\nAuthorization: Basic YTpi\r\n"));
  CHECK_THAT(seen[0], Catch::Contains("\r\nContent-Type: text/xml\r\n"));
  CHECK_THAT(seen[0], Catch::EndsWith("\r\n\r\npassword=x"));
  CHECK_THAT(seen[1], !Catch::Contains("Authorization"));
  CHECK_THAT(seen[1], Catch::EndsWith("\r\n\r\n<methodCall/>"));
}

TEST_CASE_METHOD(HttpClientFixture, "further headers go with their own call only") {
  std::vector<std::string> seen;
  const RawServer server([&](RawConnection& connection) {
    for (std::string request; !(request = connection.read_request()).empty();) {
      seen.push_back(request);
      connection.send(http_reply(200, "text/plain", "ok"));
    }
  });
  HttpCall call = call_to(server);
  call.headers = {{"X-Version", "2"}, {"Accept", "application/json"}, {"X-Empty", ""}};
  call.secret_header = {"authToken", Secret::from_text("a b:c")};
  REQUIRE(ask(std::move(call)));
  REQUIRE(ask(call_to(server)));
  REQUIRE(seen.size() == 2);
  CHECK_THAT(seen[0], Catch::Contains("\r\nX-Version: 2\r\nAccept: application/json\r\n"));
  CHECK_THAT(seen[0], Catch::Contains("\r\nauthToken: a b:c\r\n"));
  CHECK_THAT(seen[0], !Catch::Contains("X-Empty"));
  CHECK_THAT(seen[0], Catch::EndsWith("\r\n\r\n<methodCall/>"));
  CHECK_THAT(seen[1], !Catch::Contains("X-Version") && !Catch::Contains("authToken"));
}

TEST_CASE_METHOD(HttpClientFixture, "a header that would break the request is not sent") {
  const RawServer server(always(http_reply(200, "text/plain", "ok")));
  const auto refused = [&](HttpCall call) {
    CHECK_THROWS_AS(client->send(std::move(call), [](const auto&) { FAIL("it was refused"); }),
                    std::invalid_argument);
  };
  HttpCall bad_value = call_to(server);
  bad_value.headers = {{"X-Version", "2\r\nHost: elsewhere"}};
  refused(std::move(bad_value));
  HttpCall bad_name = call_to(server);
  bad_name.headers = {{"X Version:", "2"}};
  refused(std::move(bad_name));
  HttpCall bad_secret = call_to(server);
  bad_secret.secret_header = {"authToken", Secret::from_text("a\nb")};
  refused(std::move(bad_secret));
}

TEST_CASE_METHOD(HttpClientFixture, "connections are kept open and used again") {
  const RawServer server(always(http_reply(200, "text/xml", "<ok/>")));
  for (int i = 0; i < 20; ++i)
    CHECK(ask(call_to(server)));
  CHECK(server.connections() == 1);
}

TEST_CASE_METHOD(HttpClientFixture, "a large body goes out and comes back whole") {
  const RawServer server([](RawConnection& connection) {
    const std::string request = connection.read_request();
    connection.send(http_reply(200, "text/xml", request.substr(request.find("\r\n\r\n") + 4)));
  });
  HttpCall call = call_to(server);
  call.body.assign(3'000'000, 'x');
  const auto reply = ask(std::move(call));
  REQUIRE(reply);
  CHECK(reply->body.size() == 3'000'000);
}

TEST_CASE_METHOD(HttpClientFixture, "a redirect is a reply and is not followed") {
  const RawServer server([](RawConnection& connection) {
    const std::string request = connection.read_request();
    connection.send(
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/login.html\r\n"
        "Content-Type: text/html\r\nContent-Length: 0\r\n\r\n");
  });
  const auto reply = ask(call_to(server));
  REQUIRE(reply);
  CHECK(reply->status == 302);
  CHECK(server.connections() == 1);
}

TEST_CASE_METHOD(HttpClientFixture, "whatever the status, the reply comes back with its body") {
  for (const int status : {401, 403, 404, 500, 503}) {
    const RawServer server(always(http_reply(status, "text/html", "<html>login</html>")));
    const auto reply = ask(call_to(server));
    REQUIRE(reply);
    CHECK(reply->status == status);
    CHECK(reply->body == "<html>login</html>");
  }
}

TEST_CASE_METHOD(HttpClientFixture, "a reply that is cut off is a broken one") {
  CHECK(failure_with(once("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<half")).code ==
        codes::kBrokenReply);
  CHECK(failure_with(once("HTTP/1.1 200 OK\r\nContent-")).code == codes::kBrokenReply);
  CHECK(failure_with(once("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")).code ==
        codes::kBrokenReply);
  CHECK(failure_with(once("")).code == codes::kBrokenReply);
}

TEST_CASE_METHOD(HttpClientFixture, "what is no HTTP is a broken reply") {
  CHECK(failure_with(once("SSH-2.0-OpenSSH_9.2\r\n")).code == codes::kBrokenReply);
  CHECK(failure_with(once("<html>no header</html>\r\n\r\n")).code == codes::kBrokenReply);
  CHECK(failure_with(once(std::string(5000, '\0'))).code == codes::kBrokenReply);
  CHECK(failure_with(once("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")).code ==
        codes::kBrokenReply);
  CHECK(failure_with(once("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc")).code ==
        codes::kBrokenReply);
}

TEST_CASE_METHOD(HttpClientFixture, "headers without end do not fill the memory") {
  const Error error = failure_with([](RawConnection& connection) {
    const std::string request = connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\n");
    const std::string header = "X-Filler: " + std::string(1000, 'x') + "\r\n";
    while (connection.send(header)) {
    }
  });
  CHECK(error.code == codes::kBrokenReply);
}

TEST_CASE_METHOD(HttpClientFixture, "a reply larger than allowed ends the call, announced or not") {
  const std::string body(2000, 'x');
  const RawServer announced(always(http_reply(200, "text/xml", body)));
  HttpCall call = call_to(announced);
  call.max_body = 1999;
  const Error too_large = failure_of(std::move(call));
  CHECK(too_large.code == codes::kReplyTooLarge);

  const RawServer endless([](RawConnection& connection) {
    const std::string request = connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    while (connection.send(std::string(10'000, 'x'))) {
    }
  });
  CHECK(failure_of(call_to(endless)).code == codes::kReplyTooLarge);

  HttpCall exact = call_to(announced);
  exact.max_body = 2000;
  const auto taken = ask(std::move(exact));
  CHECK(taken);
}

TEST_CASE_METHOD(HttpClientFixture, "a server that never answers ends as a timeout") {
  const RawServer server([](RawConnection& connection) { connection.wait_for_close(); });
  HttpCall call = call_to(server);
  call.timeout = Duration(50);
  const Error error = failure_of(std::move(call));
  CHECK(error.code == codes::kTimeout);
  CHECK_THAT(error.message, Catch::Contains("127.0.0.1"));
}

TEST_CASE_METHOD(HttpClientFixture,
                 "a server that sends a byte now and then still ends as a timeout") {
  const RawServer server([](RawConnection& connection) {
    const std::string request = connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (connection.send("x"))
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  });
  HttpCall call = call_to(server);
  call.timeout = Duration(50);
  const Error error = failure_of(std::move(call));
  CHECK(error.code == codes::kTimeout);
}

TEST_CASE_METHOD(HttpClientFixture, "nobody listening ends as a failed connect that says so") {
  std::uint16_t port = 0;
  {
    const RawServer server([](RawConnection&) {});
    port = server.port();
  }
  HttpCall call;
  call.url = Secret::from_text("http://127.0.0.1:" + std::to_string(port) + "/");
  const Error error = failure_of(std::move(call));
  CHECK(error.code == codes::kConnectFailed);
  CHECK_THAT(error.message, Catch::Contains("Connection refused"));
}

TEST_CASE_METHOD(HttpClientFixture,
                 "whenever a call is cancelled, the number of its socket is free for others") {
  const RawServer silent([](RawConnection& connection) { connection.wait_for_close(); });
  const FullQueue full;
  const RawServer good(always("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  std::size_t accepted = 0;
  ServerOptions options;
  options.http = [&](const HttpRequest&, HttpResponder responder) {
    ++accepted;
    responder.respond({});
  };
  const auto server = std::move(*Server::listen(*network, std::move(options)));
  const auto turn = [&] {
    const auto over = loop->after(Duration(0), [&] { loop->stop(); });
    loop->run();
  };
  // While it connects, while it agrees on TLS, and while it waits for the answer.
  for (const auto& [scheme, port] :
       {std::pair("http", full.port()), std::pair("https", silent.port()),
        std::pair("http", silent.port())}) {
    for (int turns = 0; turns < 8; ++turns) {
      CAPTURE(scheme, port, turns);
      HttpCall call;
      call.url =
          Secret::from_text(std::string(scheme) + "://127.0.0.1:" + std::to_string(port) + "/");
      auto cancelled = client->send(std::move(call), [](const Result<HttpReply>&) {});
      for (int each = 0; each < turns; ++each)
        turn();
      // The lowest number is given out first: here to who is accepted next, and later to a call.
      test::RawClient visitor(server->port());
      cancelled.reset();
      visitor.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      const std::size_t before = accepted;
      const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(5);
      while (accepted == before && std::chrono::steady_clock::now() < patience)
        turn();
      CHECK(accepted == before + 1);
      HttpCall next = call_to(good);
      next.timeout = Duration(5'000);
      CHECK(ask(std::move(next)));
    }
  }
}

TEST_CASE_METHOD(HttpClientFixture, "who was refused a connection gets one when somebody listens") {
  auto listener = std::make_unique<RawServer>([](RawConnection&) {});
  const std::uint16_t port = listener->port();
  listener.reset();
  const RawServer good(always("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  for (int time = 0; time < 3; ++time) {
    HttpCall refused;
    refused.url = Secret::from_text("http://127.0.0.1:" + std::to_string(port) + "/");
    CHECK(failure_of(std::move(refused)).code == codes::kConnectFailed);
    HttpCall next = call_to(good);
    next.timeout = Duration(5'000);
    CHECK(ask(std::move(next)));
  }
}

TEST_CASE_METHOD(HttpClientFixture, "a name that does not exist ends as a failed look-up") {
  HttpCall call;
  call.url = Secret::from_text("http://pbx.invalid/xml-rpc");
  const Error error = failure_of(std::move(call));
  CHECK(error.code == codes::kResolveFailed);
}

TEST_CASE_METHOD(HttpClientFixture, "a bad URL is refused in a later turn") {
  for (const char* url :
       {"", "ftp://127.0.0.1/", "ws://127.0.0.1/", "file:///etc/passwd", "http://user@127.0.0.1/",
        "http://127.0.0.1/?a b", "http://127.0.0.1/?a\n", "http://127.0.0.1/?a#b",
        "http://127.0.0.1/?\xc3\xa4"}) {
    INFO(url);
    HttpCall call;
    call.url = Secret::from_text(url);
    const Error error = failure_of(std::move(call));
    CHECK(error.code == codes::kBadUrl);
  }
}

TEST_CASE_METHOD(HttpClientFixture, "no failure quotes the query") {
  const RawServer closes([](RawConnection&) {});
  const RawServer silent([](RawConnection& connection) { connection.wait_for_close(); });
  std::vector<HttpCall> calls;
  for (const RawServer* server : {&closes, &silent})
    calls.push_back(call_to(*server, "/?auth=hunter2"));
  HttpCall bad;
  bad.url = Secret::from_text("http://127.0.0.1/?auth=hunter2 x");
  calls.push_back(std::move(bad));
  HttpCall nowhere;
  nowhere.url = Secret::from_text("http://pbx.invalid/?auth=hunter2");
  calls.push_back(std::move(nowhere));
  for (HttpCall& call : calls) {
    call.timeout = Duration(100);
    const Error error = failure_of(std::move(call));
    CHECK_THAT(describe(error), !Catch::Contains("hunter2"));
  }
}

TEST_CASE_METHOD(HttpClientFixture,
                 "a request that may have been carried out is not sent a second time") {
  std::atomic<int> requests = 0;
  const RawServer server([&](RawConnection& connection) {
    while (!connection.read_request().empty()) {
      if (++requests == 2) return;  // takes the second one and closes
      connection.send(http_reply(200, "text/xml", "<ok/>"));
    }
  });
  CHECK(ask(call_to(server)));
  CHECK(failure_of(call_to(server)).code == codes::kBrokenReply);
  CHECK(requests == 2);
  CHECK(ask(call_to(server)));
}

TEST_CASE_METHOD(HttpClientFixture,
                 "a connection that the server has closed while idle costs no call") {
  const RawServer server(once(http_reply(200, "text/xml", "<ok/>")));
  for (int i = 0; i < 5; ++i) {
    CHECK(ask(call_to(server)));
    // Until the close has come in.
    const auto pause = loop->after(Duration(20), [&] { loop->stop(); });
    loop->run();
  }
  CHECK(server.connections() == 5);
}

TEST_CASE_METHOD(HttpClientFixture, "the environment's proxy is not asked") {
  ::setenv("http_proxy", "http://127.0.0.1:1/", 1);
  ::setenv("ALL_PROXY", "http://127.0.0.1:1/", 1);
  const RawServer server(always(http_reply(200, "text/xml", "<ok/>")));
  CHECK(ask(call_to(server)));
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");
}

TEST_CASE_METHOD(HttpClientFixture,
                 "a method or content type that would break the request is a programmer's error") {
  HttpCall call;
  call.url = Secret::from_text("http://127.0.0.1/");
  call.method = "GET /\r\n";
  CHECK_THROWS_AS(client->send(std::move(call), [](const auto&) {}), std::invalid_argument);
  HttpCall other;
  other.url = Secret::from_text("http://127.0.0.1/");
  other.content_type = "text/xml\r\nX: y";
  CHECK_THROWS_AS(client->send(std::move(other), [](const auto&) {}), std::invalid_argument);
}

TEST_CASE("a reply may come in every form that HTTP allows") {
  const std::string chunks = "2\r\nfi\r\n2\r\nne\r\n0\r\n";
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";
  const std::vector<std::string> replies = {
      chunked + "Trailer: X-Checksum\r\n\r\n" + chunks + "X-Checksum: 1\r\n\r\n",
      chunked + "\r\n" + chunks + "X-A: 1\r\nx-b: 2\r\nHTTP/1.1: odd\r\nContent-Length: 7\r\n\r\n",
      chunked + "\r\n" + chunks + "\r\n",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine",
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + chunked +
          "\r\n" + chunks + "X-T: 1\r\n\r\n",
      "HTTP/1.1 200\r\ncontent-length: 4\r\n\r\nfine",
      "HTTP/1.1 200 \r\nCONTENT-LENGTH:4\r\n\r\nfine",
      "HTTP/1.1 200 OK\r\nX-Folded: a\r\n b\r\n\tc\r\nContent-Length: 4\r\n\r\nfine",
      "HTTP/1.1 200 OK\nContent-Length: 4\n\nfine",
      "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nfine",
      "HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\nfine",
      "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 4\r\n\r\nfine"};
  for (const std::string& reply : replies) {
    INFO(reply);
    RawServer server([&](RawConnection& connection) {
      if (!connection.read_request().empty()) connection.send(reply);
    });
    HttpClientFixture fixture;
    const Result<HttpReply> got = fixture.ask(HttpClientFixture::call_to(server));
    if (!got) UNSCOPED_INFO(describe(got.error()));
    REQUIRE(got);
    CHECK(got->status == 200);
    CHECK(got->body == "fine");
  }
}

TEST_CASE("a reply that ends before it is whole is broken, whatever came before it") {
  for (const char* reply :
       {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfin",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n"}) {
    INFO(reply);
    RawServer server([&](RawConnection& connection) {
      if (!connection.read_request().empty()) connection.send(reply);
    });
    HttpClientFixture fixture;
    const Result<HttpReply> got = fixture.ask(HttpClientFixture::call_to(server));
    REQUIRE_FALSE(got);
    CHECK(got.error().code == codes::kBrokenReply);
  }
}

TEST_CASE_METHOD(HttpClientFixture,
                 "what a proxy does not open is told of the proxy, not of the server") {
  const RawServer server(always(http_reply(200, "text/xml", "<ok/>")));
  const auto failure_by = [&](const std::string& proxy) {
    HttpCall call = call_to(server);
    call.proxy = parse_proxy(proxy).value();
    return failure_of(std::move(call));
  };
  const auto failure_after = [&](const std::string& answer, const std::string& user) {
    const test::ConnectProxy proxy({answer});
    const std::string place = "127.0.0.1:" + std::to_string(proxy.port());
    const Error error = failure_by("http://" + user + place);
    CHECK_THAT(error.message, Catch::Contains("the proxy " + place));
    CHECK_THAT(error.message + error.hint, !Catch::Contains("s3cret"));
    return error;
  };
  const std::string wants =
      "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n";
  Error error = failure_after(wants, "");
  CHECK(error.code == codes::kProxyAuthentication);
  CHECK_THAT(error.message, Catch::Contains("wants a user"));
  error = failure_after(wants, "jane:s3cret@");
  CHECK(error.code == codes::kProxyAuthentication);
  CHECK_THAT(error.message, Catch::Contains("does not accept"));
  CHECK(failure_after("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", "jane:s3cret@").code ==
        codes::kProxyAuthentication);
  error = failure_after("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "");
  CHECK(error.code == codes::kProxyDenied);
  CHECK_THAT(error.message, Catch::Contains("403"));
  CHECK(failure_after("SSH-2.0-OpenSSH\r\n\r\n", "").code == codes::kProxyFailed);
  error = failure_by("http://127.0.0.1:1");
  CHECK(error.code == codes::kConnectFailed);
  CHECK_THAT(error.message, Catch::Contains("the proxy 127.0.0.1:1"));
}

TEST_CASE_METHOD(HttpClientFixture,
                 "what fails behind a proxy that opens the way is told of the server") {
  const RawServer server(once(""));
  const test::ConnectProxy proxy;
  HttpCall call = call_to(server);
  call.proxy = parse_proxy("127.0.0.1:" + std::to_string(proxy.port())).value();
  const Error error = failure_of(std::move(call));
  CHECK(error.code == codes::kBrokenReply);
  CHECK_THAT(error.message, !Catch::Contains("proxy"));
}

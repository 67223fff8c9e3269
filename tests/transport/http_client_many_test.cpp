#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/transport/certificates.h"
#include "tests/transport/raw_server.h"
#include "transport/codes.h"
#include "transport/http_client.h"

using sfteams::Error;
using sfteams::Result;
using sfteams::crypto::Secret;
using namespace sfteams::transport;

namespace {

struct ManyFixture {
  std::unique_ptr<Loop> loop = std::move(*Loop::create());
  std::unique_ptr<Network> network = std::move(*Network::create(*loop));
  std::unique_ptr<HttpClient> client = std::move(*HttpClient::create(*network, 4));

  static HttpCall call_to(const RawServer& server, const std::string& scheme = "http",
                          const std::string& host = "127.0.0.1") {
    HttpCall call;
    call.url = Secret::from_text(scheme + "://" + host + ":" + std::to_string(server.port()) + "/");
    return call;
  }
};

RawServer::Script answer_all() {
  return [](RawConnection& connection) {
    while (!connection.read_request().empty()) {
      if (!connection.send(http_reply(200, "text/plain", "yes"))) return;
    }
  };
}

RawServer::Script answer_nothing() {
  return [](RawConnection& connection) { connection.wait_for_close(); };
}

}  // namespace

TEST_CASE_METHOD(ManyFixture, "calls beyond the limit wait, and all of them are answered") {
  const RawServer server(answer_all());
  int answered = 0;
  std::vector<std::unique_ptr<HttpPending>> pending;
  for (int i = 0; i < 200; ++i) {
    pending.push_back(client->send(call_to(server), [&](const Result<HttpReply>& reply) {
      CHECK(reply);
      if (++answered == 200) loop->stop();
    }));
  }
  loop->run();
  CHECK(server.connections() <= 4);
}

TEST_CASE_METHOD(ManyFixture, "a host that hangs does not hold up another") {
  const RawServer dead(answer_nothing());
  const RawServer alive(answer_all());
  std::vector<std::unique_ptr<HttpPending>> stuck;
  for (int i = 0; i < 10; ++i) {
    stuck.push_back(client->send(call_to(dead), [](const auto&) { FAIL("was answered"); }));
  }
  bool answered = false;
  const auto pending = client->send(call_to(alive), [&](const Result<HttpReply>& reply) {
    answered = reply.has_value();
    loop->stop();
  });
  loop->run();
  CHECK(answered);
}

TEST_CASE_METHOD(ManyFixture, "the time that a call waits for its turn counts") {
  const RawServer server(answer_nothing());
  std::vector<std::unique_ptr<HttpPending>> pending;
  for (int i = 0; i < 4; ++i) {
    pending.push_back(client->send(call_to(server), [](const auto&) { FAIL("was answered"); }));
  }
  std::optional<Error> error;
  HttpCall call = call_to(server);
  call.timeout = Duration(30);
  pending.push_back(client->send(std::move(call), [&](const Result<HttpReply>& reply) {
    error = reply.error();
    loop->stop();
  }));
  loop->run();
  REQUIRE(error);
  CHECK(error->code == codes::kTimeout);
}

TEST_CASE_METHOD(ManyFixture,
                 "a cancelled call does not call back, and its place goes to the next") {
  const RawServer server([](RawConnection& connection) {
    if (connection.number <= 4) return connection.wait_for_close();
    answer_all()(connection);
  });
  std::vector<std::unique_ptr<HttpPending>> stuck;
  for (int i = 0; i < 4; ++i) {
    stuck.push_back(client->send(call_to(server), [](const auto&) { FAIL("was answered"); }));
  }
  auto unwanted = client->send(call_to(server), [](const auto&) { FAIL("was cancelled"); });
  bool answered = false;
  const auto waiting = client->send(call_to(server), [&](const Result<HttpReply>& reply) {
    answered = reply.has_value();
    loop->stop();
  });
  unwanted.reset();
  // Not before all four are on their way.
  const auto later = loop->after(Duration(30), [&] { stuck.clear(); });
  loop->run();
  CHECK(answered);
}

TEST_CASE_METHOD(ManyFixture, "a callback may cancel itself and others, and send again") {
  const RawServer server(answer_all());
  std::vector<std::unique_ptr<HttpPending>> others;
  std::unique_ptr<HttpPending> first;
  std::unique_ptr<HttpPending> again;
  const auto witness = std::make_shared<int>(7);
  first = client->send(call_to(server), [&, witness](const Result<HttpReply>&) {
    first.reset();
    others.clear();
    again = client->send(call_to(server), [&](const Result<HttpReply>& reply) {
      CHECK(reply);
      loop->stop();
    });
    CHECK(*witness == 7);
  });
  const RawServer dead(answer_nothing());
  for (int i = 0; i < 8; ++i) {
    others.push_back(client->send(call_to(dead), [](const auto&) { FAIL("was cancelled"); }));
  }
  loop->run();
  CHECK(others.empty());
}

TEST_CASE_METHOD(ManyFixture, "a callback may destroy the client with calls still on their way") {
  const RawServer server(answer_all());
  const RawServer dead(answer_nothing());
  std::vector<std::unique_ptr<HttpPending>> others;
  for (int i = 0; i < 8; ++i) {
    others.push_back(client->send(call_to(dead), [](const auto&) { FAIL("client has gone"); }));
  }
  const auto first = client->send(call_to(server), [&](const Result<HttpReply>&) {
    client.reset();
    loop->post([this] { loop->stop(); });
  });
  loop->run();
  CHECK(client == nullptr);
}

TEST_CASE_METHOD(ManyFixture, "a timeout may destroy the client too, and a refusal find it gone") {
  const RawServer dead(answer_nothing());
  HttpCall call = call_to(dead);
  call.timeout = Duration(10);
  std::unique_ptr<HttpPending> refused;
  const auto first = client->send(std::move(call), [&](const Result<HttpReply>&) {
    refused = client->send(HttpCall{}, [](const auto&) { FAIL("client has gone"); });
    client.reset();
    loop->post([this] { loop->stop(); });
  });
  loop->run();
  CHECK(client == nullptr);
}

TEST_CASE_METHOD(
    ManyFixture,
    "https: the own authority is trusted, for the host that stands in the certificate") {
  const Authority authority;
  const TemporaryFile ca(authority.certificate());
  std::string message;
  const auto outcome_of = [&](const CertificateWish& wish, const std::string& host,
                              const std::optional<std::filesystem::path>& ca_file) {
    const Certificate made = authority.issue(wish);
    const RawServer server(answer_all(), {made.certificate, made.key});
    HttpCall call = call_to(server, "https", host);
    call.ca_file = ca_file;
    std::string result;
    const auto pending = client->send(std::move(call), [&](const Result<HttpReply>& reply) {
      result = reply ? reply->body : std::string(reply.error().code.id);
      message = reply ? std::string() : reply.error().message;
      loop->stop();
    });
    loop->run();
    return result;
  };
  CHECK(outcome_of({}, "127.0.0.1", ca.path()) == "yes");
  CHECK(outcome_of({}, "localhost", ca.path()) == "yes");
  CHECK(outcome_of({"DNS:other.example"}, "localhost", ca.path()) == "transport.tls-untrusted");
  CHECK(outcome_of({"DNS:localhost"}, "127.0.0.1", ca.path()) == "transport.tls-untrusted");
  CHECK(outcome_of({"DNS:localhost", -7200, -3600}, "localhost", ca.path()) ==
        "transport.tls-untrusted");
  CHECK(outcome_of({}, "127.0.0.1", std::nullopt) == "transport.tls-untrusted");
  const Authority stranger;
  const TemporaryFile strange(stranger.certificate());
  CHECK(outcome_of({}, "127.0.0.1", strange.path()) == "transport.tls-untrusted");
  CHECK(outcome_of({}, "127.0.0.1", "/nonexistent/ca.pem") == "transport.ca-unreadable");
  const TemporaryFile garbage("no certificate\n");
  CHECK(outcome_of({}, "127.0.0.1", garbage.path()) == "transport.ca-unreadable");
  CHECK(message == "the CA file " + garbage.path().string() + " holds no PEM certificate");
}

TEST_CASE_METHOD(ManyFixture, "https towards a server that speaks no TLS is a coded failure") {
  const RawServer server([](RawConnection& connection) {
    connection.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    connection.wait_for_close();
  });
  std::optional<Error> error;
  const auto pending = client->send(call_to(server, "https"), [&](const Result<HttpReply>& reply) {
    error = reply.error();
    loop->stop();
  });
  loop->run();
  CHECK(error->code == codes::kTlsFailed);
}

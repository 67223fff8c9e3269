#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/contains.h"
#include "tests/transport/certificates.h"
#include "tests/transport/connect_proxy.h"
#include "tests/transport/raw_server.h"
#include "tests/transport/world.h"
#include "transport/codes.h"

namespace sfteams::transport {
namespace {

/// Writes down the steps of a dial.
class Steps final : public DialObserver {
 public:
  void on_resolved(const std::vector<std::string>& addresses) override {
    steps.push_back("resolved " + addresses.front());
  }
  void on_connected(const std::string& address) override {
    steps.push_back("connected " + address);
  }
  void on_proxied() override { steps.emplace_back("proxied"); }
  void on_secured(const TlsFacts& seen) override {
    steps.emplace_back("secured");
    facts = seen;
  }
  void on_upgraded(std::optional<std::chrono::system_clock::time_point> seen) override {
    steps.emplace_back("upgraded");
    time = seen;
  }

  std::vector<std::string> steps;
  TlsFacts facts;
  std::optional<std::chrono::system_clock::time_point> time;
};

/// A TLS server for "localhost", a client, and what stands between them.
struct ProxyWorld {
  ProxyWorld() {
    const Certificate issued = authority.issue({});
    certificate = std::make_unique<TemporaryFile>(issued.certificate);
    key = std::make_unique<TemporaryFile>(issued.key);
    ServerOptions options;
    options.tls = ServerTls{certificate->path(), key->path()};
    server.listen(world, options);
  }

  void dial(const std::string& proxy, const std::string& host = "localhost",
            Duration timeout = Duration(10'000)) {
    DialOptions options = test::dial_options("wss", host, server.port());
    options.ca_file = ca.path();
    options.proxy = parse_proxy(proxy).value();
    options.observer = &steps;
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

  Authority authority;
  TemporaryFile ca{authority.certificate()};
  std::unique_ptr<TemporaryFile> certificate;
  std::unique_ptr<TemporaryFile> key;
  test::World world;
  test::Accepting server;
  test::Recorder client;
  Steps steps;
};

std::string at(std::uint16_t port) {
  return "127.0.0.1:" + std::to_string(port);
}

/// What stands at the proxy's place says this to every request.
RawServer::Script saying(const std::string& words) {
  return [words](RawConnection& connection) {
    if (connection.read_request().empty()) return;
    connection.send(words);
    connection.wait_for_close();
  };
}

}  // namespace

TEST_CASE("a websocket runs through a proxy, with TLS from end to end", "[transport][proxy]") {
  test::ConnectProxy proxy;
  ProxyWorld world;
  world.dial("jane:secret@" + at(proxy.port()));
  REQUIRE(world.client.opened);
  REQUIRE(proxy.requests().size() == 1);
  CHECK(proxy.requests().front().starts_with(
      "CONNECT localhost:" + std::to_string(world.server.port()) + " HTTP/1.1"));
  CHECK(world.steps.steps == std::vector<std::string>{"resolved 127.0.0.1", "connected 127.0.0.1",
                                                      "proxied", "secured", "upgraded"});
  CHECK(world.steps.facts.version == "TLSv1.3");
  CHECK_FALSE(world.steps.facts.root.empty());
  CHECK_FALSE(world.steps.facts.root_is_local);
  REQUIRE(world.steps.facts.not_after);
  REQUIRE(world.steps.time);
  CHECK(std::chrono::abs(*world.steps.time - std::chrono::system_clock::now()) <
        std::chrono::minutes(2));

  test::Recorder& far = *world.server.accepted.front();
  const std::string large(kMaxMessage, 'x');
  for (int i = 0; i < 50; ++i)
    world.client.send(large);
  world.world.until([&] { return far.messages.size() == 50; });
  CHECK(far.messages.back() == large);
  far.send("back");
  world.world.until([&] { return !world.client.messages.empty(); });
  CHECK(world.client.messages.front() == "back");
}

TEST_CASE("the certificate is checked through a proxy as without one", "[transport][proxy]") {
  test::ConnectProxy proxy;
  ProxyWorld world;
  // The proxy takes any name to this host; the certificate is for another one.
  world.dial(at(proxy.port()), "pbx.example.com");
  CHECK(world.refusal().code.id == codes::kTlsUntrusted.id);
  CHECK(world.server.accepted.empty());
}

TEST_CASE("a dial through a proxy that refuses tells its status", "[transport][proxy]") {
  const RawServer proxy(saying("HTTP/1.1 403 Filtered\r\nContent-Length: 0\r\n\r\n"));
  ProxyWorld world;
  world.dial(at(proxy.port()));
  CHECK(world.refusal().code.id == codes::kProxyDenied.id);
  CHECK(proxy.connections() == 1);
}

TEST_CASE("a dial tells a proxy that hangs up from one that is not there", "[transport][proxy]") {
  ProxyWorld world;
  SECTION("hangs up") {
    const RawServer proxy([](RawConnection& connection) { (void)connection.read_request(); });
    world.dial(at(proxy.port()));
    CHECK(world.refusal().code.id == codes::kProxyFailed.id);
  }
  SECTION("is not there") {
    const std::uint16_t closed = RawServer([](RawConnection&) {}).port();
    world.dial(at(closed));
    CHECK(world.refusal().code.id == codes::kConnectFailed.id);
    CHECK(contains(world.refusal().message, "the proxy 127.0.0.1"));
  }
}

TEST_CASE("a proxy that does not answer is given up in time", "[transport][proxy]") {
  const RawServer proxy([](RawConnection& connection) { connection.wait_for_close(); });
  ProxyWorld world;
  world.dial(at(proxy.port()), "localhost", Duration(200));
  CHECK(world.refusal().code.id == codes::kTimeout.id);
  CHECK(contains(world.refusal().message, "waiting for the proxy"));
}

TEST_CASE("a dial that is dropped leaves nothing of its proxy behind", "[transport][proxy]") {
  const RawServer proxy([](RawConnection& connection) { connection.wait_for_close(); });
  ProxyWorld world;
  DialOptions options = test::dial_options("wss", "localhost", world.server.port());
  options.proxy = parse_proxy(at(proxy.port())).value();
  for (int i = 0; i < 20; ++i) {
    test::Recorder dropped;
    test::dial(world.world, options, dropped);
    if (i % 2 == 0) world.world.until([&] { return proxy.connections() > i / 2; });
    dropped.websocket.reset();
  }
  world.world.few_turns();
  CHECK(world.server.accepted.empty());
}

}  // namespace sfteams::transport

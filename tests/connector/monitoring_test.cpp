#include <csignal>
#include <sstream>

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "tests/connector/program.h"

// What the real program tells under [watch] listen, and how its log is changed while it runs.

namespace sfteams::connector::test {
namespace {

using integration::contains;
using integration::eventually;

constexpr const char* kWatch = "[watch]\nlisten = 127.0.0.1:0\n";

/// The port of [watch], which the log names.
std::uint16_t watch_port(Running& connector) {
  const std::string mark = "/metrics are at http://127.0.0.1:";
  REQUIRE(connector.logged(mark));
  const std::string log = connector.process().err();
  return static_cast<std::uint16_t>(std::stoi(log.substr(log.find(mark) + mark.size())));
}

/// The whole answer, headers included.
std::string get(std::uint16_t port, const std::string& path) {
  RawSocket socket(port);
  socket.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  return socket.rest();
}

TEST_CASE("monitoring is told on a socket of its own, and the public one tells no numbers") {
  Running connector(kWatch);
  const std::uint16_t port = watch_port(connector);
  CHECK(get(port, "/healthz").starts_with("HTTP/1.1 200"));
  CHECK(get(port, "/readyz").starts_with("HTTP/1.1 200"));
  CHECK(contains(get(port, "/metrics"), "\nstarface_teams_connector_agents 0\n"));
  CHECK(contains(get(port, "/metrics"), "\nprocess_open_fds "));
  const std::string open = get(connector.port(), "/healthz");
  CHECK(open.starts_with("HTTP/1.1 200"));
  CHECK(open.ends_with("\r\n\r\n{\"status\":\"ok\"}\n"));
  for (const char* path : {"/readyz", "/metrics"})
    CHECK(get(connector.port(), path).starts_with("HTTP/1.1 404"));
}

/// A node whose NATS is away, and which is alone.
struct NodeWithoutNats {
  NodeWithoutNats() : connector(kWatch, "open", false) {
    REQUIRE(
        connector.command({"cluster", "new-key", "--out", connector.file("cluster.key")}).status ==
        0);
    integration::write_file(connector.file("connector.ini"),
                            integration::read_file(connector.file("connector.ini")) +
                                "[cluster]\nname = test\nnode = a\npeer-address = 127.0.0.1:0\n"
                                "peer-url = ws://127.0.0.1:1\nnats = nats://127.0.0.1:1\n"
                                "key-file = cluster.key\n"
                                "leave-announced = 0\nleave-within = 1\n");
    connector.start();
  }

  Running connector;
};

TEST_CASE("a node whose NATS is away is healthy for a load balancer, and not ready") {
  NodeWithoutNats node;
  CHECK(get(node.connector.port(), "/healthz").starts_with("HTTP/1.1 200"));
  const std::uint16_t port = watch_port(node.connector);
  CHECK(get(port, "/healthz").starts_with("HTTP/1.1 200"));
  const std::string ready = get(port, "/readyz");
  CHECK(ready.starts_with("HTTP/1.1 503"));
  CHECK(contains(ready, "\"bus\":{\"code\":\"bus.unreachable\",\"met\":false}"));
  CHECK(contains(ready, "\"log\":{\"code\":\"connector.registry-log-away\",\"met\":false}"));
  CHECK(contains(get(port, "/metrics"), "\nstarface_teams_connector_cluster_bus_up 0\n"));
}

TEST_CASE("status of a node shows its cluster, and --wait gives it up when the time is over") {
  NodeWithoutNats node;
  const integration::Finished text = node.connector.command({"status", "--wait", "1"});
  INFO(text.out);
  CHECK(text.status == 2);
  CHECK(contains(text.out, "\ncluster:      test, this is node a; key "));
  CHECK(contains(text.out, "\nNATS:         away for "));
  CHECK(contains(text.out, "\nnodes:        no other one has been heard\n"));
  CHECK(contains(text.out, "\ncritical:     [bus.unreachable] "));
  for (const char* wrong : {"0", "3601", "soon"})
    CHECK(node.connector.command({"status", "--wait", wrong}).status == 64);
}

TEST_CASE("without [watch] listen nothing but the public socket is open") {
  Running connector;
  CHECK_FALSE(contains(connector.process().err(), "/metrics"));
}

TEST_CASE("a port of [watch] that is taken is named, and tried again while all else works") {
  auto first = std::make_unique<Running>(kWatch);
  const std::uint16_t port = watch_port(*first);
  Running second("[watch]\nlisten = 127.0.0.1:" + std::to_string(port) + "\n");
  CHECK(second.logged("monitoring cannot be opened"));
  CHECK(contains(second.process().err(), "[transport.listen-failed]"));
  CHECK(contains(second.process().err(), "([watch] listen)"));
  CHECK(get(second.port(), "/healthz").starts_with("HTTP/1.1 200"));
  first.reset();
  CHECK(eventually([&] { return contains(second.process().err(), "monitoring is open now"); },
                   std::chrono::seconds(30)));
  CHECK(get(port, "/readyz").starts_with("HTTP/1.1 200"));
}

TEST_CASE("SIGHUP reads the level of the log again, and a wrong file changes nothing") {
  Running connector;
  const std::string file = integration::read_file(connector.file("connector.ini"));
  const auto reload = [&](const std::string& more) {
    integration::write_file(connector.file("connector.ini"), file + more);
    connector.process().signal(SIGHUP);
  };
  reload("[log]\nlevel = debug\n");
  CHECK(connector.logged("the level of the log is debug now"));
  reload("[log]\nlevel = chatty\n");
  CHECK(connector.logged("the level of the log stays as it is"));
  CHECK(contains(connector.process().err(), "[settings.bad-value]"));
  reload("");
  CHECK(connector.logged("the level of the log is info now"));
  CHECK(connector.process().running());
}

TEST_CASE("with format = json every line is an object, that of a failed start too") {
  Running connector("[log]\nformat = json\n");
  const auto all_objects = [](const std::string& text) {
    std::istringstream lines(text);
    std::string line;
    while (std::getline(lines, line)) {
      const Result<Json::Value> object = json::parse(line);
      if (!object || !(*object)["message"].isString()) return false;
    }
    return !text.empty();
  };
  CHECK(all_objects(connector.process().err()));
  integration::write_file(connector.file("connector.ini"),
                          "[listen]\naddress = 127.0.0.1:" + std::to_string(connector.port()) +
                              "\n[registry]\nfile = another.sqlite3\n[log]\nformat = json\n");
  const integration::Finished second = connector.command({});
  CHECK(second.status == 69);
  CHECK(contains(second.err, "[transport.listen-failed]"));
  CHECK(all_objects(second.err));
}

}  // namespace
}  // namespace sfteams::connector::test

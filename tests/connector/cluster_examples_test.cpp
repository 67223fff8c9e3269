#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/connector/program.h"
#include "tests/integration/child_process.h"
#include "tests/integration/http.h"
#include "tests/integration/loopback_port.h"

// The files of packaging/examples/cluster and the commands of docs/cluster-guide.md, on loopback: three
// hosts are three addresses.
namespace sfteams::connector::test {
namespace {

namespace fs = std::filesystem;
using integration::ChildProcess;
using sfteams::contains;

constexpr const char* kPassword = "one-long-password";
/// What `mkpasswd -m bcrypt` makes of it.
constexpr const char* kHash = "$2b$05$namHDtmIw7dFgfrHkoysVOpFndXlR7szE4Oyqy7PFvx18Cd0RZQRm";
constexpr std::array<const char*, 3> kNodes{"a", "b", "c"};

void replace(std::string& text, const std::string& what, const std::string& by) {
  CAPTURE(what);
  REQUIRE(contains(text, what));
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

std::string source(const char* file) {
  return integration::read_file(fs::path(SFTEAMS_SOURCE_DIR) / file);
}

class Hosts {
 public:
  Hosts() { make_certificates(); }

  /// Until every server answers that its streams can be used. A port that was free may belong to
  /// another process a moment later: then it is tried again with others.
  void start() {
    constexpr int kTries = 3;
    for (int time = 0; time < kTries; ++time) {
      for (std::size_t index = 0; index < kNodes.size(); ++index) {
        fs::remove_all(file(std::string("store-") + kNodes.at(index)));
        start(index);
      }
      if (ready()) return;
      for (auto& server : servers_)
        server.reset();
      route_port_ = integration::free_loopback_port();
    }
    FAIL("three nats-servers do not become a cluster");
  }

  [[nodiscard]] fs::path file(const std::string& name) const { return scratch_.path() / name; }

  [[nodiscard]] integration::Finished shell(const std::string& command) {
    return integration::run(
        "/bin/bash", {.arguments = {"-c", "cd " + scratch_.path().string() + " && " + command},
                      .output = file("shell" + std::to_string(++runs_)),
                      .input = ""});
  }
  [[nodiscard]] integration::Finished connector(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--config", file("connector.ini").string()});
    return integration::run(connector_program(),
                            {.arguments = std::move(arguments),
                             .output = file("connector" + std::to_string(++runs_)),
                             .input = ""});
  }
  [[nodiscard]] std::uint16_t port() const { return ports_.front(); }

 private:
  [[nodiscard]] static bool is_ready(std::uint16_t port) {
    const std::string server = "http://127.0.0.1:" + std::to_string(port);
    return contains(integration::http(server + "/healthz?js-enabled-only=true").body, "ok") &&
           contains(integration::http(server + "/jsz").body, "\"cluster_size\": 3");
  }
  [[nodiscard]] bool ready() const {
    constexpr std::chrono::seconds kEach{15};
    return integration::eventually(
        [this] { return std::ranges::all_of(monitoring_, &Hosts::is_ready); }, kEach);
  }

  /// By the lines of the guide.
  void make_certificates() {
    const std::string guide = source("docs/cluster-guide.md");
    const std::size_t start = guide.find("openssl req -x509");
    const std::size_t end = guide.find("```", start);
    REQUIRE(end != std::string::npos);
    std::string lines = guide.substr(start, end - start);
    replace(lines, "10.0.0.", "127.0.0.");
    const auto made = shell(lines);
    INFO(made.err);
    REQUIRE(made.status == 0);
  }

  void start(std::size_t index) {
    const std::string node = kNodes.at(index);
    std::string text = source("packaging/examples/cluster/nats-server.conf");
    ports_.at(index) = integration::free_loopback_port();
    monitoring_.at(index) = integration::free_loopback_port();
    replace(text, "server_name: a", "server_name: " + node);
    replace(text, "127.0.0.1:4222", "127.0.0.1:" + std::to_string(ports_.at(index)));
    replace(text, "127.0.0.1:8222", "127.0.0.1:" + std::to_string(monitoring_.at(index)));
    replace(text, "/var/lib/nats-server\"", file("store-" + node).string() + "\"");
    replace(text, "/etc/nats/node", file(node).string());
    replace(text, "/etc/nats/ca", file("ca").string());
    replace(text, "$2b$05$REPLACE.ME.BY.WHAT.mkpasswd.MAKES.node................", kHash);
    replace(text, "$2b$05$REPLACE.ME.BY.WHAT.mkpasswd.MAKES.admin...............", kHash);
    // Its own address, and those of the other two.
    if (index > 0) {
      const std::string own = "10.0.0." + std::to_string(index + 1);
      replace(text, own + ":", "10.0.0.x:");
      replace(text, "10.0.0.1:", own + ":");
      replace(text, "10.0.0.x:", "10.0.0.1:");
    }
    replace(text, "10.0.0.", "127.0.0.");
    replace(text, ":6222", ":" + std::to_string(route_port_));
    integration::write_file(file(node + ".conf"), text);
    servers_.at(index) = std::make_unique<ChildProcess>(
        "/usr/sbin/nats-server",
        ChildProcess::Options{.arguments = {"-c", file(node + ".conf").string()},
                              .output = file("nats-" + node),
                              .input = {}});
  }

  integration::ScratchDirectory scratch_;
  int runs_ = 0;
  std::uint16_t route_port_ = integration::free_loopback_port();
  std::array<std::uint16_t, 3> ports_{};
  std::array<std::uint16_t, 3> monitoring_{};
  std::array<std::unique_ptr<ChildProcess>, 3> servers_;
};

void write_secret(const fs::path& file, const std::string& text) {
  integration::write_file(file, text);
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
}

/// What host a has in /etc/starface-teams-connector.
void configure(Hosts& hosts) {
  std::string text = source("packaging/examples/cluster/connector.ini");
  replace(text, "10.0.0.", "127.0.0.");
  replace(text, "127.0.0.1:4222", "127.0.0.1:" + std::to_string(hosts.port()));
  integration::write_file(hosts.file("connector.ini"),
                          text + "\n[registry]\nfile = registry.sqlite3\n");
  fs::copy_file(hosts.file("a.pem"), hosts.file("node.pem"));
  fs::copy_file(hosts.file("a.key"), hosts.file("node.key"));
  std::string credentials = source("packaging/examples/cluster/nats.ini");
  replace(credentials, "REPLACE-ME", kPassword);
  write_secret(hosts.file("nats.ini"), credentials);
  write_secret(hosts.file("admin.ini"),
               std::string("user = admin\npassword = ") + kPassword + "\n");
  REQUIRE(
      hosts.connector({"cluster", "new-key", "--out", hosts.file("cluster.key").string()}).status ==
      0);
}

TEST_CASE("the example files of a cluster work as the guide says") {
  Hosts hosts;
  hosts.start();
  configure(hosts);

  const auto early = hosts.connector({"config", "check"});
  CHECK(early.status == 0);
  CHECK(contains(early.err, "[connector.stream-missing]"));
  // A node cannot make the log, an administrator can.
  CHECK(contains(hosts.connector({"cluster", "create-log"}).err, "[bus.not-permitted]"));
  const auto made = hosts.connector(
      {"cluster", "create-log", "--nats-credentials", hosts.file("admin.ini").string()});
  INFO(made.err);
  REQUIRE(made.status == 0);
  CHECK(contains(made.out, "sft1-starface-names was made"));

  // Among what it checks: the node has its rights, and may neither delete, purge nor make streams.
  const auto checked = hosts.connector({"config", "check"});
  INFO(checked.err);
  CHECK(checked.status == 0);
  CHECK(contains(checked.out, "node a of the cluster starface"));
  CHECK_FALSE(contains(checked.err, "[bus."));
  CHECK_FALSE(contains(checked.err, "[connector.stream"));
  CHECK_FALSE(contains(checked.err, "[connector.registry"));
}

TEST_CASE("HAProxy understands the example file of a cluster") {
  if (!fs::exists("/usr/sbin/haproxy")) return;
  Hosts hosts;
  REQUIRE(hosts.shell("cat a.pem a.key >front.pem").status == 0);
  std::string text = source("packaging/examples/cluster/haproxy.cfg");
  replace(text, "/etc/haproxy/certs/connector.example.com.pem", hosts.file("front.pem").string());
  replace(text, "/etc/haproxy/certs/nodes-ca.pem", hosts.file("ca.pem").string());
  integration::write_file(hosts.file("haproxy.cfg"),
                          "global\ndefaults\n    timeout client 1m\n" + text);
  const auto checked = hosts.shell("/usr/sbin/haproxy -c -f haproxy.cfg");
  INFO(checked.out + checked.err);
  CHECK(checked.status == 0);
}

}  // namespace
}  // namespace sfteams::connector::test

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "tests/connector/program.h"
#include "tests/integration/child_process.h"
#include "tests/integration/loopback_port.h"
#include "tests/transport/bus/nats_server.h"

// `cluster create-log` with real nats-servers.
namespace sfteams::connector::test {
namespace {

using bus::test::NatsCluster;
using bus::test::NatsServer;
using bus::test::NatsSettings;
using sfteams::contains;

/// Nodes and the administrator, as packaging/examples/cluster/nats-server.conf has them.
const char* const kUsers = R"(authorization { users: [
  { user: node, password: one, permissions {
      publish: ["sft1.t.>", "_INBOX.>",
        "$JS.API.STREAM.INFO.sft1-t-names", "$JS.API.STREAM.INFO.sft1-t-keys",
        "$JS.API.STREAM.MSG.GET.sft1-t-names", "$JS.API.STREAM.MSG.GET.sft1-t-keys"]
      subscribe: ["sft1.t.>", "_INBOX.>"] } }
  { user: admin, password: two, permissions {
      publish: ["$JS.API.>", "_INBOX.>"], subscribe: ["_INBOX.>"] } }
] })";

/// The program with a configuration of a cluster.
struct Operator {
  explicit Operator(const std::string& nats, int replicas = 1)
      : program(
            "[cluster]\nname = t\nnode = a\nkey-file = cluster.key\nnats-credentials-file = "
            "node.ini\nnats = " +
                nats + "\nlog-replicas = " + std::to_string(replicas) + "\n",
            "open", false) {
    write("node.ini", "user = node\npassword = one\n");
    write("admin.ini", "user = admin\npassword = two\n");
    write("wrong.ini", "user = admin\npassword = three\n");
  }
  void write(const char* name, const std::string& text) {
    integration::write_file(program.file(name), text);
    std::filesystem::permissions(program.file(name), std::filesystem::perms::owner_read);
  }
  [[nodiscard]] integration::Finished create(const char* credentials = nullptr) {
    std::vector<std::string> arguments{"cluster", "create-log"};
    if (credentials != nullptr) {
      arguments.emplace_back("--nats-credentials");
      arguments.push_back(program.file(credentials).string());
    }
    return program.command(std::move(arguments));
  }
  Running program;
};

NatsSettings with_users() {
  NatsSettings settings;
  settings.more = kUsers;
  return settings;
}

TEST_CASE("create-log makes the streams of a cluster once, by an administrator") {
  const integration::ScratchDirectory scratch;
  NatsServer server(scratch.path(), with_users());
  server.start_and_wait();
  Operator who(server.url());

  const auto first = who.create("admin.ini");
  INFO(first.err);
  CHECK(first.status == 0);
  CHECK(first.out == "the stream sft1-t-names was made\nthe stream sft1-t-keys was made\n");
  const auto again = who.create("admin.ini");
  CHECK(again.status == 0);
  CHECK(again.out ==
        "the stream sft1-t-names is there as it has to be\n"
        "the stream sft1-t-keys is there as it has to be\n");
}

TEST_CASE("create-log says why it made nothing") {
  const integration::ScratchDirectory scratch;
  SECTION("no server is there") {
    Operator who("nats://127.0.0.1:" + std::to_string(integration::free_loopback_port()));
    const auto ended = who.create("admin.ini");
    INFO(ended.err);
    CHECK(ended.status == 69);
    CHECK(contains(ended.err, "[bus.unreachable]"));
  }
  SECTION("user, password or rights are wrong") {
    NatsServer server(scratch.path(), with_users());
    server.start_and_wait();
    Operator who(server.url());
    const auto wrong = who.create("wrong.ini");
    INFO(wrong.err);
    CHECK(wrong.status == 77);
    CHECK(contains(wrong.err, "[bus.not-authorized]"));
    CHECK_FALSE(contains(wrong.err, "three"));
    const auto node = who.create();
    INFO(node.err);
    CHECK(node.status == 77);
    CHECK(contains(node.err, "[bus.not-permitted]"));
    CHECK(contains(node.err, "$JS.API.STREAM.CREATE.sft1-t-names"));
    CHECK(contains(node.err, "--nats-credentials"));
  }
  SECTION("fewer servers than replicas") {
    NatsServer server(scratch.path(), with_users());
    server.start_and_wait();
    Operator who(server.url(), 3);
    const auto ended = who.create("admin.ini");
    INFO(ended.err);
    CHECK(ended.status == 78);
    CHECK(contains(ended.err, "[connector.stream-wrong]"));
    CHECK(contains(ended.err, "as many servers as replicas"));
  }
  SECTION("a stream is there that is not as it has to be") {
    NatsCluster servers(scratch.path(), 3, with_users());
    Operator one(servers[0].url(), 1);
    REQUIRE(one.create("admin.ini").status == 0);
    Operator three(servers[0].url(), 3);
    const auto ended = three.create("admin.ini");
    INFO(ended.err);
    CHECK(ended.status == 78);
    CHECK(contains(ended.err, "num_replicas is 1 instead of 3"));
  }
}

TEST_CASE("create-log needs a cluster") {
  Running alone("", "open", false);
  const auto ended = alone.command({"cluster", "create-log"});
  CHECK(ended.status == 78);
  CHECK(contains(ended.err, "[connector.no-cluster]"));
}

}  // namespace
}  // namespace sfteams::connector::test

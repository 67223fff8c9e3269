#include "connector/nats_check.h"

#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "connector/nats_info.h"
#include "tests/integration/child_process.h"
#include "tests/integration/loopback_port.h"
#include "tests/transport/bus/nats_server.h"
#include "transport/bus/codes.h"

// `config check` asks real nats-servers.
namespace sfteams::connector::test {
namespace {

using bus::test::NatsServer;
using bus::test::NatsSettings;
using sfteams::contains;

const std::string kPublish =
    R"("sft1.t.>", "_INBOX.>", "$JS.API.STREAM.INFO.sft1-t-names", "$JS.API.STREAM.INFO.sft1-t-keys",
       "$JS.API.STREAM.MSG.GET.sft1-t-names", "$JS.API.STREAM.MSG.GET.sft1-t-keys")";
const std::string kSubscribe = R"("sft1.t.>", "_INBOX.>")";

/// A node's user with these rights.
std::string users(const std::string& publish, const std::string& subscribe = kSubscribe) {
  return "authorization { users: [ { user: node, password: one, permissions { publish: [" +
         publish + "], subscribe: [" + subscribe + "] } } ] }";
}

/// A server, and what is said about it.
struct Checked {
  explicit Checked(const std::string& more) {
    NatsSettings settings;
    settings.more = more;
    server = std::make_unique<NatsServer>(scratch.path(), settings);
    server->start_and_wait();
    cluster.nats = {server->url()};
    check();
  }
  void check() {
    cluster.name = "t";
    cluster.node = "a";
    cluster.nats_credentials = scratch.path() / "node.ini";
    integration::write_file(cluster.nats_credentials, "user = node\npassword = one\n");
    std::filesystem::permissions(cluster.nats_credentials, std::filesystem::perms::owner_read |
                                                               std::filesystem::perms::owner_write);
    std::ostringstream told;
    std::ostringstream warned;
    result = check_nats(cluster, told, warned);
    out = told.str();
    warnings = warned.str();
  }
  [[nodiscard]] std::string_view code() const { return result ? "" : result.error().code.id; }
  [[nodiscard]] std::string message() const { return result ? "" : result.error().message; }

  integration::ScratchDirectory scratch;
  std::unique_ptr<NatsServer> server;
  ClusterSettings cluster;
  Result<void> result;
  std::string out;
  std::string warnings;
};

TEST_CASE("a NATS server as the example has it passes, with what is to be done still") {
  const Checked checked(users(kPublish));
  CHECK(checked.code().empty());
  CHECK(contains(checked.warnings, "[connector.stream-missing]"));
  CHECK(contains(checked.warnings, "cluster create-log"));
  const bool old = contains(checked.server->monitor("/varz"), "\"version\": \"2.9.");
  CHECK(contains(checked.out, "gets no security updates") == old);
}

TEST_CASE("a NATS server that lets strangers in does not pass") {
  const std::string more = GENERATE(
      as<std::string>{}, "",
      "no_auth_user: guest\nauthorization { users: [ { user: guest, password: x }, { user: node, "
      "password: one } ] }");
  const Checked checked(more);
  CHECK(checked.code() == bus::codes::kOpenServer.id);
}

TEST_CASE("a node that may change or delete the log does not pass") {
  const std::string what = GENERATE(as<std::string>{}, "DELETE", "PURGE", "CREATE", "UPDATE");
  const Checked checked(users(kPublish + ", \"$JS.API.STREAM." + what + ".>\""));
  CHECK(checked.code() == bus::codes::kRightsExcess.id);
  CHECK(contains(checked.message(), "$JS.API.STREAM." + what));
}

TEST_CASE("a right that a node needs and does not have is named") {
  SECTION("its cluster's subjects") {
    const Checked checked(users(R"("sft1.other.>", "_INBOX.>", "$JS.API.STREAM.INFO.*")"));
    CHECK(checked.code() == bus::codes::kRightsMissing.id);
    CHECK(contains(checked.message(), "sft1.t.>"));
  }
  SECTION("answers") {
    const Checked checked(users(kPublish, R"("sft1.t.>")"));
    CHECK(checked.code() == bus::codes::kRightsMissing.id);
    CHECK(contains(checked.message(), "_INBOX.>"));
  }
  SECTION("the state of a stream") {
    const Checked checked(users(R"("sft1.t.>", "_INBOX.>", "$JS.API.STREAM.MSG.GET.*",
                                   "$JS.API.STREAM.INFO.sft1-t-names")"));
    CHECK(checked.code() == bus::codes::kRightsMissing.id);
    CHECK(contains(checked.message(), "$JS.API.STREAM.INFO.sft1-t-keys"));
  }
}

TEST_CASE("a wrong password does not pass, and a server that is away is a warning") {
  Checked checked("authorization { user: node, password: two }");
  CHECK(checked.code() == bus::codes::kNotAuthorized.id);
  checked.cluster.nats = {"nats://127.0.0.1:" + std::to_string(integration::free_loopback_port())};
  checked.check();
  CHECK(checked.code().empty());
  CHECK(contains(checked.warnings, "[bus.unreachable]"));
}

TEST_CASE("a server's first line is read strictly") {
  const auto info = NatsInfo::parse(R"(INFO {"version":"2.10.4-beta.1","tls_verify":true})");
  REQUIRE(info);
  CHECK(info->version == std::array<int, 3>{2, 10, 4});
  CHECK(info->version_text == "2.10.4-beta.1");
  CHECK(info->tls_verify);
  const std::string bad =
      GENERATE(as<std::string>{}, "", "SSH-2.0-OpenSSH", "INFO", "INFO []", "INFO {",
               R"(INFO {"version":2})", R"(INFO {"version":"2.9"})", R"(INFO {"version":"2.9.-1"})",
               R"(INFO {"version":"2.9.1\n[x]"})", R"(INFO {"version":"99999999999.1.1"})");
  CHECK_FALSE(NatsInfo::parse(bad));
}

}  // namespace
}  // namespace sfteams::connector::test

#include "connector/configuration.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/connector/invalid_fixtures.h"
#include "tests/integration/child_process.h"
#include "tests/sample_ini.h"
#include "tests/seed.h"

using namespace std::chrono_literals;

namespace sfteams::connector {
namespace {

const std::filesystem::path kPackaged =
    std::filesystem::path(SFTEAMS_SOURCE_DIR) / "packaging" / "connector.ini";

Configuration read(const std::string& text) {
  sfteams::test::keep_seed("ini", text);
  const auto ini = settings::Ini::parse(text, "/etc/test/connector.ini");
  return Configuration::from(ini.value()).value();
}

/// Everything but the trusted proxies, as text.
std::map<std::string, std::string> described(const Configuration& c) {
  const auto keepalive = [](const transport::Keepalive& k) {
    return std::to_string(k.interval.count()) + "/" + std::to_string(k.deadline.count());
  };
  return {{"address", c.listen.address + ":" + std::to_string(c.listen.port)},
          {"tls", c.listen.tls ? c.listen.tls->certificate_file.string() : "none"},
          {"proxies", std::to_string(c.listen.trusted_proxies.size())},
          {"file", c.registry_file.string()},
          {"registration", to_string(c.registration)},
          {"agents", std::to_string(c.limits.agents)},
          {"clients", std::to_string(c.limits.clients)},
          {"streams", std::to_string(c.limits.streams_per_agent)},
          {"waiting", std::to_string(c.limits.waiting)},
          {"clients per sender", std::to_string(c.limits.clients_per_sender)},
          {"waiting per sender", std::to_string(c.limits.waiting_per_sender)},
          {"handshake", std::to_string(c.limits.handshake.count())},
          {"agent buffer", std::to_string(c.limits.agent_buffer)},
          {"total buffer", std::to_string(c.limits.total_buffer)},
          {"names", std::to_string(c.limits.names)},
          {"new names", std::to_string(c.limits.new_names_per_minute)},
          {"registrations", std::to_string(c.limits.registrations_per_second)},
          {"from an address", std::to_string(c.limits.admissions_per_address)},
          {"to a name", std::to_string(c.limits.admissions_per_name)},
          {"first", std::to_string(c.throttle.first.count())},
          {"longest", std::to_string(c.throttle.longest.count())},
          {"forget", std::to_string(c.throttle.forget_after.count())},
          {"agent keepalive", keepalive(c.agent_keepalive)},
          {"client keepalive", keepalive(c.client_keepalive)},
          {"spread", std::to_string(c.restart_spread.count())},
          {"log", std::string(log::to_string(c.log_level))},
          {"app", std::to_string(static_cast<int>(c.app.serve)) + " " + c.app.directory.string() +
                      " " + (c.app.url ? c.app.url->to_string() : "none")},
          {"origins", std::to_string(c.app.origins.size())},
          {"developer", c.app.developer.name + " " + c.app.developer.website + " " +
                            c.app.developer.privacy + " " + c.app.developer.terms + " " +
                            std::to_string(c.app.package_revision)},
          {"format", std::to_string(static_cast<int>(c.log_format))},
          {"watch", c.watch ? c.watch->address + ":" + std::to_string(c.watch->port) : "none"}};
}

TEST_CASE("the packaged file names every key with its default, and no other") {
  const auto packaged = settings::Ini::read(kPackaged).value();
  settings::Reader reader(packaged);
  static_cast<void>(Configuration::take(reader, "/"));
  std::set<std::string> in_code;
  for (const auto& [section, keys] : reader.asked()) {
    for (const std::string& key : keys)
      in_code.insert(section + "." + key);
  }
  std::set<std::string> in_file;
  for (const settings::Entry& entry : packaged.entries())
    in_file.insert(entry.section + "." + entry.key);
  CHECK(in_file == in_code);
  CHECK(described(Configuration::from(packaged).value()) == described(read("")));
}

TEST_CASE("the packaged file says in which range each number has to be") {
  std::ifstream file(kPackaged);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::size_t numbers = sfteams::test::check_ranges(
      text, [](const settings::Ini& ini) { return Configuration::from(ini); });
  CHECK(numbers > 15);
}

TEST_CASE("an empty file is secure: loopback, enrolled names only") {
  const Configuration configuration = read("");
  CHECK(configuration.listen.address == "127.0.0.1");
  CHECK_FALSE(configuration.listen.tls);
  CHECK(configuration.listen.trusted_proxies.empty());
  CHECK(configuration.registration == RegistrationMode::enrolled);
}

TEST_CASE("every value of a full file arrives") {
  const Configuration configuration = read(R"([listen]
address = [::1]:0
certificate-file = /etc/ssl/c.pem
key-file = keys/k.pem
trusted-proxies = 127.0.0.1,10.0.0.0/8  2001:db8::/32
[registry]
file = names.sqlite3
registration = open
[limits]
agents = 1
clients = 2
streams-per-agent = 3
clients-per-address = 23
waiting = 4
waiting-per-address = 5
handshake = 6
agent-buffer = 7
total-buffer = 8
names = 9
new-names-per-minute = 10
registrations-per-second = 19
admissions-per-address = 20
admissions-per-name = 21
[throttle]
first-delay = 11
longest-delay = 12
forget-after = 13
[keepalive]
agent-interval = 14
agent-deadline = 15
client-interval = 16
client-deadline = 17
[shutdown]
spread = 18
[log]
level = trace
format = json
[app]
serve = yes
directory = page
url = https://Connector.Example.com:443
origins = https://app.example.com   https://app.example.com:8443
developer = Example
developer-url = https://example.com/
privacy-url = https://example.com/privacy
terms-url = https://example.com/terms
package-revision = 24
[watch]
listen = 127.0.0.1:22
)");
  CHECK(described(configuration) == std::map<std::string, std::string>{
                                        {"address", "::1:0"},
                                        {"tls", "/etc/ssl/c.pem"},
                                        {"proxies", "3"},
                                        {"file", "/etc/test/names.sqlite3"},
                                        {"registration", "open"},
                                        {"agents", "1"},
                                        {"clients", "2"},
                                        {"streams", "3"},
                                        {"waiting", "4"},
                                        {"clients per sender", "23"},
                                        {"waiting per sender", "5"},
                                        {"handshake", "6000"},
                                        {"agent buffer", "7340032"},
                                        {"total buffer", "8388608"},
                                        {"names", "9"},
                                        {"new names", "10"},
                                        {"registrations", "19"},
                                        {"from an address", "20"},
                                        {"to a name", "21"},
                                        {"first", "11"},
                                        {"longest", "12"},
                                        {"forget", "13000"},
                                        {"agent keepalive", "14000/15000"},
                                        {"client keepalive", "16000/17000"},
                                        {"spread", "18000"},
                                        {"log", "trace"},
                                        {"app", "1 /etc/test/page https://connector.example.com"},
                                        {"origins", "2"},
                                        {"developer",
                                         "Example https://example.com/ "
                                         "https://example.com/privacy "
                                         "https://example.com/terms 24"},
                                        {"format", "3"},
                                        {"watch", "127.0.0.1:22"}});
  CHECK(configuration.log_format == log::Format::json);
  CHECK(configuration.origin == "/etc/test/connector.ini");
  CHECK(configuration.listen.tls->key_file == "/etc/test/keys/k.pem");
  CHECK(configuration.listen.trusted_proxies[1].contains(Address::parse("10.9.9.9").value()));
}

TEST_CASE("with a certificate every interface may be listened on") {
  const Configuration configuration =
      read("[listen]\naddress = 0.0.0.0:443\ncertificate-file = c\nkey-file = k\n");
  CHECK(configuration.listen.port == 443);
}

TEST_CASE("every wrong file is refused with its code, its name and its line") {
  const auto fixtures = test::invalid_fixtures();
  CHECK(fixtures.size() >= 30);
  for (const test::InvalidFixture& fixture : fixtures) {
    INFO(fixture.file.string());
    const auto configuration = Configuration::read(fixture.file);
    REQUIRE_FALSE(configuration);
    const Error& error = configuration.error();
    CHECK(error.code.id == fixture.code);
    CHECK(error.code.exit == Exit::config);
    CHECK(contains(error.message, fixture.place));
  }
}

TEST_CASE("a file that is not there is named") {
  const auto configuration = Configuration::read("/nonexistent/connector.ini");
  REQUIRE_FALSE(configuration);
  CHECK(configuration.error().code.exit == Exit::config);
  CHECK(contains(configuration.error().message, "/nonexistent/connector.ini"));
}

const std::string kCluster = "[cluster]\nname = sft\nnode = a\nkey-file = cluster.key\n";

TEST_CASE("without a name in [cluster] a connector is alone, whatever else stands there") {
  CHECK_FALSE(read("").cluster);
  CHECK_FALSE(read("[cluster]\nnode = A!\npeer-address = nowhere\nnats = none\n").cluster);
}

TEST_CASE("a node of a cluster on one host needs a name, a key and no more") {
  const auto cluster = read(kCluster).cluster;
  REQUIRE(cluster);
  CHECK(cluster->name == "sft");
  CHECK(cluster->node == "a");
  CHECK(cluster->peer_listen == transport::Endpoint{"127.0.0.1", 8444});
  CHECK(cluster->peer_url == "ws://127.0.0.1:8444");
  CHECK(cluster->nats == std::vector<std::string>{"nats://127.0.0.1:4222"});
  CHECK(cluster->key_file.is_absolute());
  CHECK(cluster->log_replicas == 3);
}

TEST_CASE("every value of [cluster] arrives") {
  const auto cluster = read(R"([cluster]
name = Sft_1
node = node-2
peer-address = 10.0.0.2:9444
peer-certificate-file = /etc/c.pem
peer-certificate-key-file = k.pem
peer-url = wss://node2.internal:9444
ca-file = /etc/ca.pem
nats = nats://127.0.0.1:4222, tls://10.0.0.3:4222
nats-credentials-file = /etc/nats
key-file = /etc/cluster.key
log-replicas = 1
leave-announced = 0
leave-within = 2
)")
                           .cluster;
  REQUIRE(cluster);
  CHECK(cluster->peer_listen == transport::Endpoint{"10.0.0.2", 9444});
  REQUIRE(cluster->peer_tls);
  CHECK(cluster->peer_tls->certificate_file == "/etc/c.pem");
  CHECK(cluster->peer_url == "wss://node2.internal:9444");
  CHECK(cluster->ca_file == "/etc/ca.pem");
  CHECK(cluster->nats.size() == 2);
  CHECK(cluster->nats_credentials == "/etc/nats");
  CHECK(cluster->key_file == "/etc/cluster.key");
  CHECK(cluster->log_replicas == 1);
  CHECK(cluster->leave_announced == transport::Duration(0));
  CHECK(cluster->leave_within == transport::Duration(2'000));
}

TEST_CASE("a [cluster] that would be open, or cannot work, is refused with the key") {
  const auto [rest, key] = GENERATE(table<std::string, std::string>(
      {{"name = two words\nnode = a\nkey-file = k", "name"},
       {"name = sft\nkey-file = k", "node"},
       {"name = sft\nnode = A\nkey-file = k", "node"},
       {"name = sft\nnode = a", "key-file"},
       {"name = sft\nnode = a\nkey-file = k\npeer-address = 10.0.0.1:8444", "peer-address"},
       {"name = sft\nnode = a\nkey-file = k\npeer-address = here", "peer-address"},
       {"name = sft\nnode = a\nkey-file = k\npeer-certificate-file = c", "peer-certificate"},
       {"name = sft\nnode = a\nkey-file = k\npeer-url = ws://10.0.0.1:8444", "peer-url"},
       {"name = sft\nnode = a\nkey-file = k\npeer-url = https://10.0.0.1", "peer-url"},
       {"name = sft\nnode = a\nkey-file = k\nnats = 127.0.0.1:4222", "nats"},
       {"name = sft\nnode = a\nkey-file = k\nnats = nats://u:geheim@127.0.0.1", "nats"}}));
  const auto configuration = Configuration::from(
      settings::Ini::parse("[cluster]\n" + rest + "\n", "/etc/connector.ini").value());
  REQUIRE_FALSE(configuration);
  CHECK(contains(configuration.error().message, key));
  CHECK_FALSE(contains(configuration.error().message, "geheim"));
}

}  // namespace
}  // namespace sfteams::connector

#include "tests/integration/cluster.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "base/json/json.h"
#include "connector/cluster/create_streams.h"
#include "tests/integration/http.h"
#include "tests/integration/loopback_port.h"
#include "transport/bus/codes.h"
#include "transport/bus/nats_bus.h"
#include "transport/loop.h"

namespace sfteams::integration {
namespace {

constexpr const char* kUser = "node";
constexpr const char* kPassword = "known-to-nodes";

Json::Value parsed(const std::string& text) {
  Result<Json::Value> value = json::parse(text, {16U << 20U, 32});
  return value ? std::move(*value) : Json::Value();
}

/// For files with secrets.
void write_private_file(const std::filesystem::path& file, const std::string& content) {
  write_file(file, content);
  std::filesystem::permissions(
      file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace

Cluster::Cluster(const Options& options) : options_(options) {
  Installation::Options home = options.installation;
  home.enter = [this](Installation::Side) { return enter(0); };
  if (encrypted()) {
    for (const Place& place : options_.places)
      home.more_names += (home.more_names.empty() ? "IP:" : ",IP:") + place.address;
  }
  pbx_ = std::make_unique<Installation>(home);
  pbx_->start_simulator();
  write_private_file(credentials(),
                     std::string("user = ") + kUser + "\npassword = " + kPassword + "\n");
  start_nats();
  make_key(key_file());
  create_streams();
  for (std::size_t node = 0; node < kNodes; ++node) {
    std::filesystem::create_directory(directory(node));
    const auto there = enter(node);
    Node& own = nodes_.at(node);
    own.peer_port = free_loopback_port();
    if (options.relays) own.relay = std::make_unique<Relay>(own.peer_port);
    start_node(node);
  }
  for (std::size_t node = 0; node < kNodes; ++node) {
    if (!eventually([&] { return in_step(node); }))
      throw std::runtime_error("a node does not get in step: " + nodes_.at(node).process->err());
  }
  open_entrances();
}

std::shared_ptr<void> Cluster::enter(std::size_t node) const {
  const Place& place = options_.places.at(node);
  return place.enter ? place.enter() : nullptr;
}

bool Cluster::encrypted() const {
  return std::ranges::any_of(options_.places,
                             [](const Place& place) { return place.address != "127.0.0.1"; });
}

void Cluster::start_nats() {
  std::vector<bus::test::NatsSettings> all;
  for (std::size_t server = 0; server < options_.nats_servers; ++server) {
    const Place& place = options_.places.at(server);
    bus::test::NatsSettings settings;
    settings.address = place.address;
    settings.enter = place.enter;
    settings.user = kUser;
    settings.password = kPassword;
    if (encrypted()) {
      settings.certificate_file = pbx_->file("server.pem");
      settings.key_file = pbx_->file("server.key");
      settings.client_ca_file = pbx_->file("ca.pem");
    }
    all.push_back(std::move(settings));
  }
  nats_ = std::make_unique<bus::test::NatsCluster>(pbx_->directory(), std::move(all));
}

void Cluster::open_entrances() {
  std::vector<Target> targets;
  for (std::size_t node = 0; node < kNodes; ++node)
    targets.push_back(target(node));
  const auto there = enter(0);
  const bool look = options_.entrances_look;
  for_agents_ = std::make_unique<Entrance>(targets, pbx_->file("ca.pem"), look);
  for_clients_ = std::make_unique<Entrance>(targets, pbx_->file("ca.pem"), look);
  for_agents_->prefer({1, 2, 0});
  for_clients_->prefer({0, 2, 1});
}

void Cluster::start_agent() {
  pbx_->enter_by(for_agents_->url());
  pbx_->start_agent();
  const Finished made = pbx_->agent_command({"key", "new"});
  if (made.status != 0) throw std::runtime_error("key new: " + made.err);
  const Finished exported = pbx_->agent_command({"key", "export", pbx_->key_file().string()});
  if (exported.status != 0) throw std::runtime_error("key export: " + exported.err);
  // The key file names the agent's entrance; clients have one of their own.
  std::string text = read_file(pbx_->key_file());
  const std::string from = for_agents_->url();
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("the key file does not name " + from);
  write_file(pbx_->key_file(), text.replace(at, from.size(), for_clients_->url()));
}

std::unique_ptr<Installation> Cluster::another_pbx(Installation::Options options) {
  if (!options.enter) options.enter = [this](Installation::Side) { return enter(0); };
  auto other = std::make_unique<Installation>(std::move(options));
  std::filesystem::copy_file(pbx_->file("ca.pem"), other->file("ca.pem"),
                             std::filesystem::copy_options::overwrite_existing);
  other->enter_by(for_agents_->url());
  other->start_simulator();
  return other;
}

std::string Cluster::id(std::size_t node) {
  return {static_cast<char>('a' + node)};
}

std::filesystem::path Cluster::directory(std::size_t node) const {
  return pbx_->file("node-" + id(node));
}

void Cluster::write_configuration(std::size_t node) const {
  const auto in_all = [this](const char* name) { return pbx_->file(name).string(); };
  const Node& own = nodes_.at(node);
  const std::string& address = options_.places.at(node).address;
  std::string tls;
  if (encrypted()) {
    tls = "peer-certificate-file = " + in_all("server.pem") +
          "\npeer-certificate-key-file = " + in_all("server.key") +
          "\nca-file = " + in_all("ca.pem") + "\n";
  }
  write_file(
      directory(node) / "connector.ini",
      "[listen]\naddress = " + address + ":" + std::to_string(own.port) +
          "\ncertificate-file = " + in_all("server.pem") + "\nkey-file = " + in_all("server.key") +
          "\n[registry]\nfile = registry.sqlite3\nregistration = " + options_.registration +
          "\n[watch]\nlisten = 127.0.0.1:0\n[log]\nlevel = " + options_.installation.log_level +
          "\n[cluster]\nname = " + kName + "\nnode = " + id(node) + "\npeer-address = " + address +
          ":" + std::to_string(own.peer_port) +
          (own.relay ? "\npeer-url = ws://127.0.0.1:" + std::to_string(own.relay->port()) : "") +
          "\nnats = " + nats_of(node) + "\nnats-credentials-file = " + credentials().string() +
          "\nkey-file = " + own.key_file.string() + "\nleave-announced = 1\nleave-within = 1\n" +
          tls + options_.node_settings);
}

std::string Cluster::nats_of(std::size_t node) const {
  std::string all;
  std::string near;
  const auto add = [](std::string& list, const std::string& url) {
    list += (list.empty() ? "" : ", ") + url;
  };
  for (const std::string& url : nats_->urls()) {
    add(all, url);
    if (contains(url, "//" + options_.places.at(node).address + ":")) add(near, url);
  }
  return near.empty() ? all : near;
}

void Cluster::start_node(std::size_t node) {
  const auto visit = enter(node);
  Node& own = nodes_.at(node);
  own.process.reset();
  own.watched.clear();
  if (own.key_file.empty()) own.key_file = key_file();
  write_configuration(node);
  const std::filesystem::path ports = directory(node) / "ports";
  std::filesystem::remove(ports);
  own.process = std::make_unique<ChildProcess>(
      Installation::program("starface-teams-connector"),
      ChildProcess::Options{
          {"--config", (directory(node) / "connector.ini").string(), "--port-file", ports.string()},
          // Where a failed test shows what it has said.
          pbx_->file("node-" + id(node) + "-log"),
          "",
          {}});
  const bool there =
      eventually([&] { return std::filesystem::exists(ports) || !own.process->running(); });
  if (!there || !own.process->running())
    throw std::runtime_error("a node does not start: " + own.process->err());
  own.port = static_cast<std::uint16_t>(parsed(read_file(ports))["port"].asUInt());
}

Finished Cluster::command(std::size_t node, std::vector<std::string> arguments) const {
  std::vector<std::string> all{"--config", (directory(node) / "connector.ini").string()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const auto there = enter(node);
  return run(Installation::program("starface-teams-connector"),
             {all, directory(node) / "command", "", {}});
}

Json::Value Cluster::status(std::size_t node) const {
  return parsed(command(node, {"status", "--json"}).out);
}

Json::Value Cluster::list(std::size_t node) const {
  return parsed(command(node, {"list", "--json"}).out);
}

Json::Value Cluster::listed(std::size_t node, const std::string& name) const {
  for (const Json::Value& entry : list(node))
    if (entry["name"] == name) return entry;
  return {};
}

bool Cluster::in_step(std::size_t node) const {
  return command(node, {"enroll", "asked-at-" + id(node) + ".example.com"}).status == 0;
}

std::string Cluster::metrics(std::size_t node) const {
  const auto there = enter(node);
  const Node& own = nodes_.at(node);
  if (own.watched.empty()) own.watched = watch_place(*own.process);
  return own.watched.empty() ? "" : http(own.watched + "/metrics").body;
}

double Cluster::metric(std::size_t node, const std::string& name) const {
  const std::string text = metrics(node);
  const std::string line = "\nstarface_teams_connector_" + name + " ";
  const std::size_t at = text.find(line);
  if (at == std::string::npos) throw std::runtime_error("there is no metric " + name);
  return std::strtod(text.c_str() + at + line.size(), nullptr);
}

bool Cluster::all_see_agent_at(std::size_t node, const std::string& name) {
  for (std::size_t asked = 0; asked < kNodes; ++asked) {
    if (!nodes_.at(asked).process->running()) continue;
    if (listed(asked, name)["node"] != id(node)) return false;
  }
  return true;
}

void Cluster::make_key(const std::filesystem::path& file) const {
  const Finished made =
      run(Installation::program("starface-teams-connector"),
          {{"cluster", "new-key", "--out", file.string()}, pbx_->file("new-key"), "", {}});
  if (made.status != 0) throw std::runtime_error("cluster new-key: " + made.err);
}

void Cluster::wipe_nats() {
  for (std::size_t server = 0; server < nats_->size(); ++server) {
    (*nats_)[server].kill();
    std::filesystem::remove_all(pbx_->file("nats-" + std::to_string(server + 1)));
  }
  for (std::size_t server = 0; server < nats_->size(); ++server)
    (*nats_)[server].start();
  if (!eventually([this] { return nats_->ready(); })) throw std::runtime_error("NATS is not ready");
  create_streams();
}

std::unique_ptr<bus::NatsBus> Cluster::user_of_nats(transport::Loop& loop) const {
  bus::NatsOptions options;
  options.servers = nats_->urls();
  options.node = "somebody";
  options.credentials_file = credentials();
  if (encrypted()) {
    options.ca_file = pbx_->file("ca.pem");
    options.certificate_file = pbx_->file("server.pem");
    options.key_file = pbx_->file("server.key");
  }
  const auto there = enter(0);
  return bus::NatsBus::start(loop, options).value();
}

void Cluster::create_streams() {
  const auto loop = transport::Loop::create().value();
  const auto bus = user_of_nats(*loop);
  Result<std::vector<std::string>> made = fail(bus::codes::kUnreachable, "no server was reached");
  std::unique_ptr<connector::CreateStreams> work;
  const auto watch = bus->watch([&](bool up) {
    if (!up || work) return;
    work = std::make_unique<connector::CreateStreams>(*bus, kName, static_cast<int>(nats_->size()),
                                                      [&](Result<std::vector<std::string>> done) {
                                                        made = std::move(done);
                                                        loop->stop();
                                                      });
  });
  const auto patience = loop->after(kPatience, [&] { loop->stop(); });
  loop->run();
  if (!made) throw std::runtime_error("the streams: " + describe(made.error()));
}

}  // namespace sfteams::integration

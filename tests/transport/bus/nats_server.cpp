#include "tests/transport/bus/nats_server.h"

#include <algorithm>
#include <csignal>
#include <set>
#include <stdexcept>
#include <utility>

#include <json/json.h>

#include "tests/integration/http.h"
#include "tests/integration/loopback_port.h"

namespace sfteams::bus::test {
namespace {

/// One that no other server of this process was given: they are asked for long before they are
/// used.
std::uint16_t unused_port() {
  static std::set<std::uint16_t> given;
  while (true) {
    const std::uint16_t port = integration::free_loopback_port();
    if (given.insert(port).second) return port;
  }
}

/// Empty without one.
std::filesystem::path find_program() {
  for (const char* const path : {"/usr/sbin/nats-server", "/usr/local/bin/nats-server"})
    if (std::filesystem::exists(path)) return path;
  return {};
}

std::filesystem::path program() {
  std::filesystem::path found = find_program();
  if (found.empty())
    throw std::runtime_error("there is no nats-server: apt-get install nats-server");
  return found;
}

std::string quoted(const std::filesystem::path& path) {
  return "\"" + path.string() + "\"";
}

std::string at(const std::uint16_t port, const std::string& address = "127.0.0.1") {
  return address + ":" + std::to_string(port);
}

/// An empty value when the text is none.
Json::Value parsed(const std::string& text) {
  Json::Value value;
  Json::CharReaderBuilder builder;
  const std::unique_ptr<Json::CharReader> reader(builder.newCharReader());
  if (!reader->parse(text.data(), text.data() + text.size(), &value, nullptr)) return {};
  return value;
}

/// What a server's /jsz says of JetStream's own group; the leader is empty while there is none.
Json::Value meta_group(const NatsServer& server) {
  const Json::Value answer = parsed(server.monitor("/jsz"));
  return answer.isObject() ? answer["meta_cluster"] : Json::Value();
}

}  // namespace

bool NatsServer::installed() {
  return !find_program().empty();
}

NatsServer::NatsServer(std::filesystem::path directory, NatsSettings settings)
    : directory_(std::move(directory)),
      settings_(std::move(settings)),
      port_(unused_port()),
      monitoring_port_(unused_port()),
      route_port_(unused_port()) {}

NatsServer::~NatsServer() = default;

std::string NatsServer::configuration() const {
  std::string text =
      "server_name: " + settings_.name + "\nlisten: " + at(port_, settings_.address) +
      "\nhttp: " + at(monitoring_port_) +
      "\nping_interval: \"1s\"\nping_max: 2\nwrite_deadline: \"2s\"\n"
      "max_payload: 256KB\nmax_pending: 16MB\n"
      "jetstream { store_dir: " +
      quoted(directory_ / settings_.name) + ", max_memory_store: 64MB, max_file_store: 256MB }\n";
  if (!settings_.user.empty()) {
    text += "authorization { user: \"" + settings_.user + "\", password: \"" + settings_.password +
            "\" }\n";
  }
  if (settings_.certificate_file && settings_.key_file) {
    text += "tls { cert_file: " + quoted(*settings_.certificate_file) +
            ", key_file: " + quoted(*settings_.key_file);
    if (settings_.client_ca_file)
      text += ", ca_file: " + quoted(*settings_.client_ca_file) + ", verify: true";
    text += " }\n";
  }
  if (!routes_.empty()) {
    text += "cluster { name: tests, listen: " + at(route_port_, settings_.address) +
            ", no_advertise: true, routes: [";
    for (const std::string& route : routes_)
      text += ("\"" + route + "\"") + (&route == &routes_.back() ? "" : ", ");
    text += "] }\n";
  }
  return text + settings_.more + "\n";
}

std::shared_ptr<void> NatsServer::there() const {
  return settings_.enter ? settings_.enter() : nullptr;
}

void NatsServer::start() {
  const auto visit = there();
  process_.reset();
  const std::filesystem::path file = directory_ / (settings_.name + ".conf");
  integration::write_file(file, configuration());
  process_ = std::make_unique<integration::ChildProcess>(
      program(),
      integration::ChildProcess::Options{
          .arguments = {"-c", file.string()}, .output = directory_ / settings_.name, .input = {}});
}

bool NatsServer::ready(std::size_t peers) const {
  if (peers == 1) return contains(monitor("/healthz"), "ok");
  const Json::Value group = meta_group(*this);
  return group.isObject() && !group["leader"].asString().empty() &&
         group["cluster_size"].asUInt64() == peers;
}

void NatsServer::start_and_wait() {
  start();
  if (!integration::eventually([this] { return ready(); }))
    throw std::runtime_error("nats-server does not get ready: " + log());
}

void NatsServer::kill() {
  if (!process_) return;
  process_->signal(SIGKILL);
  static_cast<void>(process_->wait());
}

void NatsServer::freeze() {
  if (process_) process_->signal(SIGSTOP);
}

void NatsServer::thaw() {
  if (process_) process_->signal(SIGCONT);
}

std::string NatsServer::url() const {
  return (settings_.certificate_file ? "tls://" : "nats://") + at(port_, settings_.address);
}

std::string NatsServer::route_url() const {
  return "nats://" + at(route_port_, settings_.address);
}

std::string NatsServer::log() const {
  return process_ ? process_->err() + process_->out() : std::string();
}

std::string NatsServer::monitor(const std::string& path) const {
  const auto visit = there();
  return integration::http("http://" + at(monitoring_port_) + path).body;
}

NatsCluster::NatsCluster(const std::filesystem::path& directory, std::size_t servers,
                         const NatsSettings& settings)
    : NatsCluster(directory, std::vector(servers, settings)) {}

NatsCluster::NatsCluster(const std::filesystem::path& directory,
                         std::vector<NatsSettings> settings) {
  std::vector<std::string> routes;
  for (NatsSettings& own : settings) {
    own.name = "nats-" + std::to_string(servers_.size() + 1);
    servers_.push_back(std::make_unique<NatsServer>(directory, own));
    routes.push_back(servers_.back()->route_url());
  }
  for (const auto& server : servers_) {
    if (servers_.size() > 1) server->join(routes);
    server->start();
  }
  const auto all_run = [](const auto& server) { return server->running(); };
  if (!integration::eventually([this] { return ready(); }) ||
      !std::all_of(servers_.begin(), servers_.end(), all_run)) {
    throw std::runtime_error("the cluster of nats-servers does not get ready: " +
                             servers_.front()->log());
  }
}

std::vector<std::string> NatsCluster::urls() const {
  std::vector<std::string> urls;
  urls.reserve(servers_.size());
  for (const auto& server : servers_)
    urls.push_back(server->url());
  return urls;
}

bool NatsCluster::ready() {
  return std::all_of(servers_.begin(), servers_.end(), [this](const auto& server) {
    return !server->running() || server->ready(servers_.size());
  });
}

NatsServer* NatsCluster::leader() {
  for (std::size_t index = 0; index < servers_.size(); ++index) {
    const Json::Value group = meta_group(*servers_[index]);
    const std::string name = "nats-" + std::to_string(index + 1);
    if (group.isObject() && group["leader"].asString() == name) return servers_[index].get();
  }
  return nullptr;
}

}  // namespace sfteams::bus::test

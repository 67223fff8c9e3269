#include "tests/integration/installation.h"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <stdexcept>

#include "base/json/json.h"
#include "tests/integration/http.h"

namespace sfteams::integration {
namespace {

Json::Value parsed(const std::string& text) {
  Result<Json::Value> value = json::parse(text, {16U << 20U, 32});
  return value ? std::move(*value) : Json::Value();
}

/// Waits for a port file, which its program writes only when it serves.
Json::Value ports(ChildProcess& process, const std::filesystem::path& file) {
  Json::Value ports;
  const bool there = eventually([&] {
    ports = parsed(read_file(file));
    return !ports.isNull() || !process.running();
  });
  if (!there || ports.isNull()) throw std::runtime_error("did not start: " + process.err());
  return ports;
}

std::uint16_t port_of(const Json::Value& ports, const char* name) {
  return static_cast<std::uint16_t>(ports[name].asUInt());
}

std::vector<std::string> joined(std::vector<std::string> first,
                                const std::vector<std::string>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// The end of what each process has written to its stderr.
void show_last_words(const std::filesystem::path& directory) {
  constexpr std::size_t kMost = 6000;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() != ".err") continue;
    const std::string text = read_file(entry.path());
    if (text.empty()) continue;
    std::cerr << "---- " << entry.path().filename().string() << "\n"
              << text.substr(text.size() - std::min(text.size(), kMost)) << "\n";
  }
}

}  // namespace

std::string watch_place(const ChildProcess& process) {
  const std::string mark = "/metrics are at ";
  const std::string log = process.err();
  const std::size_t at = log.rfind(mark);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + mark.size();
  return log.substr(begin, log.find('\n', begin) - begin);
}

Installation::Installation(Options options) : options_(std::move(options)) {
  key_file_ = file("users.key");
  certify(std::chrono::hours(24 * 90));
  std::filesystem::create_directory(file("registry"));
  std::filesystem::create_directory(file("state"));
  std::filesystem::permissions(file("state"), std::filesystem::perms::owner_all);
}

Installation::~Installation() {
  if (std::uncaught_exceptions() > exceptions_) show_last_words(directory());
}

std::filesystem::path Installation::program(const std::string& name) {
  return std::filesystem::path(SFTEAMS_BIN_DIR) / name;
}

std::string Installation::connector_url() const {
  if (!entrance_.empty()) return entrance_;
  const bool local = options_.connector_address == "127.0.0.1";
  return "wss://" + (local ? "localhost" : options_.connector_address) + ":" +
         std::to_string(connector_port_);
}

std::shared_ptr<void> Installation::at(Side side) const {
  return options_.enter ? options_.enter(side) : nullptr;
}

void Installation::certify(std::chrono::seconds valid_until) {
  transport::CertificateWish wish;
  wish.names = "DNS:localhost,IP:::1,IP:" + options_.connector_address;
  if (!options_.more_names.empty()) {
    wish.names += "," + options_.more_names;
    wish.usage = "serverAuth,clientAuth";
  }
  wish.valid_until = static_cast<long>(valid_until.count());
  const transport::Certificate issued = authority_.issue(wish);
  write_file(file("ca.pem"), authority_.certificate());
  write_file(file("server.pem"), issued.certificate);
  write_file(file("server.key"), issued.key);
}

void Installation::start_simulator() {
  const auto there = at(Side::pbx);
  const std::filesystem::path port_file = file("simulator.ports");
  std::filesystem::remove(port_file);
  // A restarted PBX is found where it was.
  const std::string listen = options_.pbx_address + ":" + std::to_string(pbx_port_);
  const std::string control = "127.0.0.1:" + std::to_string(control_port_);
  std::vector<std::string> arguments{"--users",     options_.users_file.string(),
                                     "--listen",    listen,
                                     "--control",   control,
                                     "--port-file", port_file.string()};
  if (options_.pbx_address != "127.0.0.1") {
    arguments.insert(arguments.end(), {"--callbacks-to", options_.pbx_address + "/24",
                                       "--callback-ca", file("ca.pem").string()});
  }
  for (const std::string& assignment : options_.simulator_switches) {
    arguments.insert(arguments.end(), {"--set", assignment});
  }
  simulator_ =
      std::make_unique<ChildProcess>(program("starface-uci-simulator"),
                                     ChildProcess::Options{arguments, file("simulator"), "", {}});
  const Json::Value bound = ports(*simulator_, port_file);
  pbx_port_ = port_of(bound, "http");
  control_port_ = port_of(bound, "control");
}

void Installation::start_connector() {
  const auto there = at(Side::cloud);
  const std::filesystem::path port_file = file("connector.ports");
  std::filesystem::remove(port_file);
  write_file(
      file("connector.ini"),
      "[listen]\naddress = " + options_.connector_address + ":" + std::to_string(connector_port_) +
          (options_.connector_tls ? "\ncertificate-file = server.pem\nkey-file = server.key\n"
                                  : "\ntrusted-proxies = 127.0.0.1\n") +
          "[registry]\nfile = registry/registry.sqlite3\nregistration = " + options_.registration +
          "\n[log]\nlevel = " + options_.log_level + "\n" + options_.connector_settings);
  connector_ = std::make_unique<ChildProcess>(
      program("starface-teams-connector"),
      ChildProcess::Options{
          {"--config", file("connector.ini").string(), "--port-file", port_file.string()},
          file("connector"),
          "",
          joined(options_.environment, options_.connector_environment)});
  connector_port_ = port_of(ports(*connector_, port_file), "port");
  watched_connector_.clear();
}

std::vector<std::string> Installation::agent_arguments() const {
  return {"--config", file("agent").string(), "--state-dir", file("state").string()};
}

void Installation::start_agent() {
  const auto there = at(options_.agent_side);
  std::filesystem::create_directory(file("agent"));
  write_file(file("agent") / "agent.ini",
             "[system]\nname = " + options_.system_name + "\n[connector]\nurl = " +
                 connector_url() + "\nca-file = " + file("ca.pem").string() + "\n" +
                 options_.agent_tunnel_settings + "[uci]\nurl = http://" + options_.pbx_address +
                 ":" + std::to_string(pbx_port_) + "\n" + options_.agent_uci_settings +
                 "[log]\nlevel = " + options_.log_level + "\n" + options_.agent_settings);
  std::vector<std::string> arguments{"run"};
  const std::vector<std::string> where = agent_arguments();
  arguments.insert(arguments.end(), where.begin(), where.end());
  agent_ = std::make_unique<ChildProcess>(
      program("starface-teams-agent"),
      ChildProcess::Options{arguments, file("agent.log"), "",
                            joined(options_.environment, options_.agent_environment)});
  const bool started = options_.await_tunnel
                           ? registered()
                           : eventually([&] { return status().isObject() || !agent_->running(); });
  if (!started || !agent_->running())
    throw std::runtime_error("the agent does not start or register: " + agent_->err());
  watched_agent_.clear();
}

void Installation::change_agent_ini(const std::string& from, const std::string& to) const {
  const std::filesystem::path ini = file("agent") / "agent.ini";
  std::string text = read_file(ini);
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("agent.ini has no " + from);
  write_file(ini, text.replace(at, from.size(), to));
}

void Installation::start() {
  start_simulator();
  start_connector();
  start_agent();
  const Finished made = agent_command({"key", "new"});
  if (made.status != 0) throw std::runtime_error("key new: " + made.err);
  const Finished exported = agent_command({"key", "export", key_file_.string()});
  if (exported.status != 0) throw std::runtime_error("key export: " + exported.err);
}

Finished Installation::agent_command(const std::vector<std::string>& arguments) {
  const auto there = at(options_.agent_side);
  std::vector<std::string> all = arguments;
  const std::vector<std::string> where = agent_arguments();
  all.insert(all.end(), where.begin(), where.end());
  return run(program("starface-teams-agent"),
             {all, file("command" + std::to_string(++runs_)), "", {}});
}

Json::Value Installation::status() {
  return parsed(agent_command({"status", "--json"}).out);
}

bool Installation::registered() {
  bool registered = false;
  static_cast<void>(eventually([&] {
    const Json::Value state = status();
    registered = state.isObject() && state["tunnel"]["state"] == "connected";
    return registered || (agent_ && !agent_->running());
  }));
  return registered;
}

ChildProcess::Options Installation::client_options(const User& user,
                                                   const std::vector<std::string>& command) {
  const std::string run_name = "client" + std::to_string(++runs_);
  write_file(file(run_name + ".password"), user.password + "\n");
  std::filesystem::permissions(file(run_name + ".password"), std::filesystem::perms::owner_read);
  std::vector<std::string> arguments{"--key-file",      key_file_.string(),
                                     "--user",          user.name,
                                     "--password-file", file(run_name + ".password").string(),
                                     "--ca-file",       file("ca.pem").string()};
  arguments.insert(arguments.end(), command.begin(), command.end());
  return {arguments, file(run_name), "", {}};
}

Finished Installation::client(const User& user, const std::vector<std::string>& command) {
  const auto there = at(Side::cloud);
  return run(program("starface-teams-client"), client_options(user, command));
}

std::unique_ptr<ChildProcess> Installation::client_in_background(
    const User& user, const std::vector<std::string>& command) {
  const auto there = at(Side::cloud);
  return std::make_unique<ChildProcess>(program("starface-teams-client"),
                                        client_options(user, command));
}

Json::Value Installation::simulator_get(const std::string& path) const {
  const auto there = at(Side::pbx);
  return parsed(http("http://127.0.0.1:" + std::to_string(control_port_) + path).body);
}

Json::Value Installation::simulator_post(const std::string& path, const std::string& body) const {
  const auto there = at(Side::pbx);
  const HttpAnswer answer = http("http://127.0.0.1:" + std::to_string(control_port_) + path, body);
  if (answer.status != 200) throw std::runtime_error(path + ": " + answer.why + answer.body);
  return parsed(answer.body);
}

std::string Installation::watched(Side side, const std::string& path) {
  std::string& place = side == Side::pbx ? watched_agent_ : watched_connector_;
  if (place.empty()) place = watch_place(side == Side::pbx ? *agent_ : *connector_);
  if (place.empty()) return {};
  const auto there = at(side);
  return http(place + path).body;
}

std::size_t Installation::journal_count(const std::string& kind, const std::string& user,
                                        const std::string& outcome,
                                        const std::string& method) const {
  const Json::Value journal = simulator_get("/control/journal?limit=20000");
  std::size_t count = 0;
  for (const Json::Value& entry : journal["entries"]) {
    const auto fits = [&entry](const char* member, const std::string& wanted) {
      return wanted.empty() || entry[member].asString() == wanted;
    };
    if (fits("kind", kind) && fits("user", user) && fits("outcome", outcome) &&
        fits("method", method)) {
      ++count;
    }
  }
  return count;
}

}  // namespace sfteams::integration

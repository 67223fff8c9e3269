#include <chrono>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/json/json.h"
#include "base/log/log.h"
#include "base/privileges/acting_as_owner.h"
#include "base/program/standard_streams.h"
#include "base/program/usage.h"
#include "base/program/version.h"
#include "connector/cluster_commands.h"
#include "connector/codes.h"
#include "connector/commands.h"
#include "connector/configuration.h"
#include "connector/control_client.h"
#include "connector/create_log.h"
#include "connector/name_list.h"
#include "connector/name_switch.h"
#include "connector/nats_check.h"
#include "connector/process.h"
#include "connector/registry/registry.h"
#include "connector/service.h"
#include "connector/status.h"
#include "connector/status_wait.h"

namespace sfteams::connector {
namespace {

constexpr const char* kExamples = R"(
Examples:
  starface-teams-connector --config /etc/starface-teams-connector/connector.ini
  starface-teams-connector config check
  starface-teams-connector status
  starface-teams-connector status --wait 60
  starface-teams-connector enroll pbx.example.com
  starface-teams-connector list --json
  starface-teams-connector forget pbx.example.com
  starface-teams-connector disable pbx.example.com --reason "invoice 4711 is open"
  starface-teams-connector app-package --out teams-app.zip --url https://connector.example.com
  starface-teams-connector cluster new-key --out /etc/starface-teams-connector/cluster.key
  starface-teams-connector cluster create-log --nats-credentials /root/nats-admin.ini

enroll, list, forget, disable and enable work while the connector runs, and without it.
Exit status: of status, for monitoring, 0 when all is well, 1 when something should be
looked after, 2 when it is critical or no connector is running. Of the others 0, or
sysexits.h: 64 usage, 66 no such name or a file that
cannot be read, 69 cannot listen, 73 cannot write a file, 74 the registry is damaged or
its disk is full, 75 it is busy or another
connector serves from it, 77 it may not be written, 78 the configuration is wrong.)";

/// For an operator at a terminal, while the daemon writes now and then.
constexpr transport::Duration kPatience{5'000};
constexpr int kMostWait = 3'600;

struct CommandLine {
  std::filesystem::path configuration = kDefaultConfiguration;
  std::optional<std::filesystem::path> port_file;
  std::string name;
  std::string reason;
  bool json = false;
  bool local = false;
  int wait = 0;  ///< seconds
  std::filesystem::path out;
  std::string url;
  std::optional<std::filesystem::path> nats_credentials;

  const CLI::App* status = nullptr;
  const CLI::App* enroll = nullptr;
  const CLI::App* list = nullptr;
  const CLI::App* config_check = nullptr;
  const CLI::App* forget = nullptr;
  const CLI::App* disable = nullptr;
  const CLI::App* enable = nullptr;
  const CLI::App* app_package = nullptr;
  const CLI::App* new_key = nullptr;
  const CLI::App* create_log = nullptr;
};

void describe_cluster_commands(CLI::App& app, CommandLine& line) {
  CLI::App* const cluster = app.add_subcommand("cluster", "several connectors that act as one");
  cluster->require_subcommand(1);
  cluster->fallthrough();
  CLI::App* const new_key = cluster->add_subcommand("new-key", "make what all nodes share");
  new_key->add_option("--out", line.out, "the file to write; it may not be there yet")->required();
  line.new_key = new_key;
  CLI::App* const create_log =
      cluster->add_subcommand("create-log", "make the log of names at the NATS servers, once");
  create_log->add_option("--nats-credentials", line.nats_credentials,
                         "the file with an administrator's user, instead of the node's");
  line.create_log = create_log;
}

void describe_commands(CLI::App& app, CommandLine& line) {
  app.footer(kExamples);
  app.set_version_flag("--version",
                       "starface-teams-connector " + std::string(program::version_text()));
  app.add_option("--config", line.configuration, "the configuration file")->capture_default_str();
  app.add_option("--port-file", line.port_file,
                 "write address and port as JSON to this file once the socket is open");
  app.fallthrough();
  app.require_subcommand(0, 1);
  app.add_subcommand("run", "serve until SIGTERM (the default)");
  CLI::App* const status = app.add_subcommand("status", "ask the running connector how it is");
  status->add_flag("--json", line.json, "print JSON (docs/connector-status.md)")
      ->disable_flag_override();
  status->add_option("--wait", line.wait, "seconds in which it may become well, if it is not")
      ->check(CLI::Range(1, kMostWait));
  line.status = status;
  CLI::App* const enroll =
      app.add_subcommand("enroll", "let the agent that comes first have this name");
  enroll->add_option("NAME", line.name, "the PBX's system name")->required();
  CLI::App* const list =
      app.add_subcommand("list", "show the names that are known, and who is online");
  list->add_flag("--json", line.json, "print JSON")->disable_flag_override();
  CLI::App* const forget = app.add_subcommand("forget", "free a name of its owner");
  forget->add_option("NAME", line.name, "the PBX's system name")->required();
  CLI::App* const disable = app.add_subcommand("disable", "let a name in no more; its owner stays");
  disable->add_option("NAME", line.name, "the PBX's system name")->required();
  disable->add_option("--reason", line.reason, "why, for the agent's administrator and the log");
  CLI::App* const enable = app.add_subcommand("enable", "let a disabled name in again");
  enable->add_option("NAME", line.name, "the PBX's system name")->required();
  CLI::App* const package =
      app.add_subcommand("app-package", "write the package that a Teams administrator uploads");
  package->add_option("--out", line.out, "the file to write")->required();
  package->add_option("--url", line.url, "how users reach the connector, instead of [app] url");
  line.app_package = package;
  CLI::App* const config = app.add_subcommand("config", "the configuration");
  config->require_subcommand(1);
  config->fallthrough();
  CLI::App* const check = config->add_subcommand(
      "check", "say whether the configuration and its certificate are right");
  check->add_flag("--local", line.local, "ask no NATS server of [cluster]")
      ->disable_flag_override();
  line.config_check = check;
  describe_cluster_commands(app, line);
  line.enroll = enroll;
  line.list = list;
  line.forget = forget;
  line.disable = disable;
  line.enable = enable;
}

/// As the service will, who may be able to read less than root.
Result<void> check_as_service(const CommandLine& line, const Configuration& configuration) {
  const auto owner = privileges::ActingAsOwner::of_directory_of(configuration.registry_file);
  if (!owner) return fail(owner.error());
  const Result<Configuration> seen = Configuration::read(line.configuration);
  if (!seen) return fail(seen.error());
  if (const Result<void> place = check_registry_place(seen->registry_file); !place)
    return fail(place.error());
  // Read a moment ago.
  if (const Result<settings::Ini> ini = settings::Ini::read(line.configuration)) {
    for (const Error& warning : settings::warnings_about_hidden_files(*ini))
      std::cerr << "warning: " << describe(warning) << '\n';
  }
  if (seen->listen.tls) {
    if (const auto warning = transport::chain_warning(*seen->listen.tls))
      std::cerr << "warning: " << describe(*warning) << '\n';
  }
  if (Result<void> right = check_configuration(*seen, std::cout); !right) return right;
  if (seen->cluster) {
    if (Result<void> right = check_cluster(*seen->cluster, std::cout); !right) return right;
  }
  if (Result<void> right = check_page(seen->app, std::cout, std::cerr); !right) return right;
  return seen->cluster && !line.local ? check_nats(*seen->cluster, std::cout, std::cerr)
                                      : Result<void>();
}

/// `status` becomes the exit status, unless this fails.
Result<void> show_status(const Configuration& configuration, const CommandLine& line, int& status) {
  const StatusWait wait{[&configuration] { return ask_status(configuration.registry_file); },
                        StatusWait::Clock::now,
                        [](auto time) { std::this_thread::sleep_for(time); }};
  const auto told = wait.run(std::chrono::seconds(line.wait));
  if (!told) {
    std::cerr << "starface-teams-connector: " << told.error().line << '\n';
    status = 2;
    return {};
  }
  std::cout << (line.json ? json::write_pretty(*told) + "\n" : to_text(*told));
  status = exit_status(*told);
  return {};
}

/// In a cluster the running node has it done.
Result<void> change_name(const CommandLine& line, const Configuration& configuration,
                         Registry& registry) {
  const RegistryChanges alone(registry);
  const ClusterChanges together(registry, configuration.registry_file);
  const NameChanges& names =
      configuration.cluster ? static_cast<const NameChanges&>(together) : alone;
  if (line.enroll->parsed())
    return enroll_name(names, line.name, configuration.registration, std::cout);
  if (line.forget->parsed())
    return forget_name(names, line.name, configuration.registration, std::cout);
  if (line.disable->parsed()) return disable_name(names, line.name, line.reason, std::cout);
  return enable_name(names, line.name, std::cout);
}

/// Agents that are not at this connector are perhaps at another node.
Result<void> list(Registry& registry, const Online& online, const Configuration& configuration,
                  bool as_json) {
  Places places;
  if (configuration.cluster && online) {
    const Result<std::vector<NameRecord>> records = registry.list();
    if (!records) return fail(records.error());
    std::vector<std::string> names;
    for (const NameRecord& record : *records)
      if (!online->contains(record.name)) names.push_back(record.name);
    places = ask_places(configuration.registry_file, names);
  }
  return list_names(registry, online, places, as_json, std::cout, std::cerr);
}

Result<void> make_log(const Configuration& configuration,
                      const std::optional<std::filesystem::path>& credentials) {
  if (!configuration.cluster) {
    return fail(codes::kNoCluster, configuration.origin.string() + " has no [cluster] name",
                "only several connectors that act as one have a log of names at NATS servers");
  }
  return create_log(*configuration.cluster, credentials, std::cout);
}

Result<void> execute(const CommandLine& line, int& status) {
  // Before there is a configuration that could name it.
  if (line.new_key->parsed()) return make_cluster_key(line.out, std::cout);
  const Result<Configuration> configuration = Configuration::read(line.configuration);
  if (!configuration) return fail(configuration.error());
  if (line.create_log->parsed()) return make_log(*configuration, line.nats_credentials);
  if (line.status->parsed()) return show_status(*configuration, line, status);
  if (line.config_check->parsed()) return check_as_service(line, *configuration);
  if (line.app_package->parsed()) {
    return write_app_package(configuration->app, SFTEAMS_VERSION, line.url, line.out, std::cout);
  }
  const bool on_registry = line.enroll->parsed() || line.list->parsed() || line.forget->parsed() ||
                           line.disable->parsed() || line.enable->parsed();
  if (!on_registry) return serve(*configuration, SFTEAMS_VERSION, line.port_file);

  if (const Result<void> hardened = harden_process(); !hardened)
    std::cerr << "warning: " << describe(hardened.error()) << '\n';
  // Before root acts as somebody else, whom the connector may not answer.
  const Online online =
      line.list->parsed() ? ask_online(configuration->registry_file) : Online(OnlineByName());
  // The directory is the service's: what it may put there must not lead root elsewhere.
  const auto owner = privileges::ActingAsOwner::of_directory_of(configuration->registry_file);
  if (!owner) return fail(owner.error());
  const Result<std::unique_ptr<Registry>> registry =
      Registry::open(configuration->registry_file, kPatience);
  if (!registry) return fail(registry.error());
  if (line.list->parsed()) return list(**registry, online, *configuration, line.json);
  return change_name(line, *configuration, **registry);
}

int end(Result<void> result) {
  if (result) result = program::finish_output(codes::kOutput);
  if (result) return static_cast<int>(Exit::ok);
  // The daemon has its log by then, whose form somebody has chosen.
  if (log::enabled(log::Level::error)) {
    log::error("connector", result.error());
  } else {
    std::cerr << log::error_mark() << "starface-teams-connector: " << describe(result.error())
              << '\n';
  }
  return static_cast<int>(result.error().code.exit);
}

/// Help and version end well; every mistake ends with EX_USAGE.
int end_early(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) {
    app.exit(error, std::cout, std::cerr);
    return end({});
  }
  return end(
      fail(codes::kUsage, program::describe_usage(app, error), "--help shows what it takes"));
}

int run(int argc, char** argv) {
  CLI::App app("Joins Microsoft Teams users to the STARFACE PBX that their key is for.",
               "starface-teams-connector");
  CommandLine line;
  describe_commands(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return end_early(app, error);
  }
  int status = static_cast<int>(Exit::ok);
  const int ended = end(execute(line, status));
  return ended != static_cast<int>(Exit::ok) ? ended : status;
}

}  // namespace
}  // namespace sfteams::connector

int main(int argc, char** argv) {
  sfteams::program::open_standard_streams();
  return sfteams::connector::run(argc, argv);
}

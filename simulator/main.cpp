#include <chrono>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/crypto/random.h"
#include "base/log/log.h"
#include "base/program/standard_streams.h"
#include "base/program/version.h"
#include "base/text/encoding.h"
#include "simulator/codes.h"
#include "simulator/configuration.h"
#include "simulator/control.h"
#include "simulator/front.h"
#include "simulator/pbx.h"
#include "simulator/ring.h"
#include "simulator/switches.h"
#include "transport/http_client.h"
#include "transport/loop.h"
#include "transport/network.h"

namespace sfteams::simulator {
namespace {

constexpr const char* kAbout =
    "starface-uci-simulator: a stand-in for a STARFACE PBX, for tests and demonstrations.\n"
    "It is NOT a STARFACE and has no telephony. It answers UCI over XML-RPC as far as public\n"
    "sources describe it, with made-up users and calls, and listens on loopback.\n";

struct CommandLine {
  std::filesystem::path users;
  std::string listen = "127.0.0.1:0";
  std::string listen_tls;
  std::string control = "127.0.0.1:0";
  std::string callbacks_to;
  std::filesystem::path callback_ca;
  transport::ServerTls tls;
  std::filesystem::path port_file;
  std::vector<std::string> switches;
  std::string log_level = "info";
  bool list_switches = false;
  RingOrder ring;
};

int failed(const Error& error) {
  std::cerr << "starface-uci-simulator: " << describe(error) << '\n';
  return static_cast<int>(error.code.exit);
}

/// A result that nobody got is none.
int end() {
  const Result<void> written = program::finish_output(codes::kOutput);
  return written ? 0 : failed(written.error());
}

/// RFC 9562, version 4.
std::string make_uuid() {
  std::array<std::uint8_t, 16> bytes{};
  if (const auto filled = crypto::fill_random(bytes); !filled) {
    for (std::uint8_t& byte : bytes)
      byte = static_cast<std::uint8_t>(crypto::random_below(256));
  }
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0fU) | 0x40U);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3fU) | 0x80U);
  const std::string hex = text::to_hex(bytes);
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20));
}

WallTime wall_now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Result<Front::Places> places_of(const CommandLine& line, const Reach& reach) {
  Front::Places places;
  places.version = SFTEAMS_VERSION;
  const Result<Listen> control = parse_listen(line.control);
  if (!control) return fail(control.error());
  places.control = *control;
  if (!line.listen.empty()) {
    const Result<Listen> http = parse_listen(line.listen, reach);
    if (!http) return fail(http.error());
    places.http = *http;
  }
  if (!line.listen_tls.empty()) {
    const Result<Listen> https = parse_listen(line.listen_tls, reach);
    if (!https) return fail(https.error());
    places.https = *https;
    places.tls = line.tls;
  }
  return places;
}

void announce(const Ports& ports, const Pbx& pbx) {
  log::warn("simulator",
            "this is a stand-in for a PBX, not a STARFACE: made-up users, no telephony");
  log::info("simulator", "users: {}", pbx.directory().users().size());
  if (ports.http) log::info("simulator", "UCI at port {}, path /xml-rpc", *ports.http);
  if (ports.https) log::info("simulator", "UCI over TLS at port {}, path /xml-rpc", *ports.https);
  log::info("simulator", "control at http://127.0.0.1:{}/control/", ports.control);
}

Result<void> serve(const CommandLine& line) {
  Result<Configuration> configuration = read_configuration(line.users, line.switches);
  if (!configuration) return fail(configuration.error());
  const Result<Reach> reach = Reach::parse(line.callbacks_to);
  if (!reach) return fail(reach.error());
  const Result<Front::Places> places = places_of(line, *reach);
  if (!places) return fail(places.error());

  auto loop = transport::Loop::create();
  if (!loop) return fail(loop.error());
  auto network = transport::Network::create(**loop);
  if (!network) return fail(network.error());
  auto http = transport::HttpClient::create(**network);
  if (!http) return fail(http.error());
  std::optional<std::filesystem::path> events_ca;
  if (!line.callback_ca.empty()) events_ca = line.callback_ca;
  Pbx pbx(std::move(configuration->directory), std::move(configuration->options),
          std::move(configuration->rules),
          {**loop, **http, wall_now, make_uuid, *reach, events_ca});
  Control control(pbx);
  const auto front = Front::open(**network, pbx, control, *places);
  if (!front) return fail(front.error());

  transport::Loop& running = **loop;
  const auto watched =
      running.on_signals({SIGTERM, SIGINT}, [&running](int /*signal*/) { running.stop(); });
  if (!watched) return fail(watched.error());
  announce((*front)->ports(), pbx);
  if (!line.port_file.empty()) {
    if (auto written = write_port_file(line.port_file, (*front)->ports()); !written) {
      return fail(written.error());
    }
  }
  running.run();
  return {};
}

void add_options(CLI::App& app, CommandLine& line) {
  app.add_option("--users", line.users, "INI file with users, groups and switches");
  app.add_option("--listen", line.listen, "loopback ADDRESS:PORT for HTTP; port 0: any; \"\": none")
      ->capture_default_str();
  auto* const tls = app.add_option("--listen-tls", line.listen_tls, "the same for HTTPS");
  auto* const certificate =
      app.add_option("--tls-certificate", line.tls.certificate_file, "PEM file with the chain");
  auto* const key = app.add_option("--tls-key", line.tls.key_file, "PEM file with its key");
  tls->needs(certificate, key);
  app.add_option("--control", line.control, "loopback ADDRESS:PORT of the control port")
      ->capture_default_str();
  app.add_option("--callbacks-to", line.callbacks_to,
                 "ADDRESS/PREFIX beside loopback to which events may go, and within which --listen "
                 "may be: only for a network in which nobody else is");
  app.add_option("--callback-ca", line.callback_ca,
                 "PEM file with the authorities for events by https, instead of the system's");
  app.add_option("--port-file", line.port_file, "write the bound ports there as JSON when ready");
  app.add_option("--set", line.switches, "NAME=VALUE: a switch, over what the file says")
      ->expected(1)
      ->take_all();
  app.add_option("--log-level", line.log_level, "error, warn, info, debug or trace")
      ->capture_default_str();
  app.add_flag("--list-switches", line.list_switches, "print every switch and its default");
}

CLI::App* add_ring(CLI::App& app, CommandLine& line) {
  CLI::App* const ring = app.add_subcommand("ring", "let a call come in from outside");
  ring->add_option("--control", line.ring.control, "http://127.0.0.1:PORT of a running simulator")
      ->required();
  ring->add_option("--to", line.ring.to, "number of a user or group")->required();
  ring->add_option("--from", line.ring.from, "the caller's number")->required();
  ring->add_option("--name", line.ring.name, "the caller's name");
  return ring;
}

int print_switches() {
  const Options defaults;
  for (const Switch& one : switches()) {
    std::cout << fmt::format("{} = {}\n    {} ({})\n", one.name, one.access.get(defaults), one.help,
                             one.values);
  }
  return end();
}

int run_ring(const CommandLine& line) {
  auto loop = transport::Loop::create();
  if (!loop) return failed(loop.error());
  const Result<std::string> ids = ring(**loop, line.ring);
  if (!ids) return failed(ids.error());
  std::cout << *ids;
  return end();
}

int run(int argc, char** argv) {
  CommandLine line;
  CLI::App app(kAbout);
  app.set_version_flag("--version",
                       "starface-uci-simulator " + std::string(program::version_text()));
  app.require_subcommand(0, 1);
  add_options(app, line);
  const CLI::App* const ring_command = add_ring(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? end() : static_cast<int>(Exit::usage);
  }
  const Result<log::Level> level = log::parse_level(line.log_level);
  if (!level) return failed(level.error());
  log::start(*level);
  if (line.list_switches) return print_switches();
  if (ring_command->parsed()) return run_ring(line);
  if (line.users.empty()) {
    std::cerr << "starface-uci-simulator: --users FILE is missing; --help says more\n";
    return static_cast<int>(Exit::usage);
  }
  const Result<void> served = serve(line);
  return served ? 0 : failed(served.error());
}

}  // namespace
}  // namespace sfteams::simulator

int main(int argc, char** argv) {
  sfteams::program::open_standard_streams();
  return sfteams::simulator::run(argc, argv);
}

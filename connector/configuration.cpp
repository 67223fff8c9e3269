#include "connector/configuration.h"

#include <functional>
#include <string_view>

#include "base/text/trimmed.h"
#include "connector/codes.h"
#include "transport/endpoint.h"

namespace sfteams::connector {
namespace {

namespace fs = std::filesystem;
using settings::Reader;
using transport::Duration;

constexpr std::size_t kMiB = std::size_t{1} << 20U;

Duration milliseconds(Reader& reader, const char* key, Duration fallback, long long least,
                      long long most) {
  return Duration(reader.number("throttle", key, fallback.count(), least, most, "milliseconds"));
}

/// "127.0.0.1:8443" or "[::1]:8443".
void take_address(Reader& reader, Listen& listen) {
  const auto endpoint =
      transport::Endpoint::parse(reader.text("listen", "address", "127.0.0.1:8443"));
  if (!endpoint) {
    reader.reject("listen", "address", "it has to be an IP address and a port",
                  "write address:port, as in 0.0.0.0:443 or [::]:443");
    return;
  }
  listen.address = endpoint->address;
  listen.port = endpoint->port;
}

/// Commas and spaces between "192.0.2.7" and "10.0.0.0/8".
void take_proxies(Reader& reader, Listen& listen) {
  const std::string text = reader.text("listen", "trusted-proxies", "");
  constexpr std::string_view kBetween = ", \t";
  std::size_t begin = text.find_first_not_of(kBetween);
  while (begin != std::string::npos) {
    const std::size_t end = text.find_first_of(kBetween, begin);
    const std::string item = text.substr(begin, end - begin);
    const std::optional<AddressBlock> block = AddressBlock::parse(item);
    if (block) {
      listen.trusted_proxies.push_back(*block);
    } else {
      reader.reject("listen", "trusted-proxies", "\"" + item + "\" is no address and no network",
                    "write 192.0.2.7 or 10.0.0.0/8, with commas between several");
    }
    begin = text.find_first_not_of(kBetween, end);
  }
}

fs::path path_of(const std::string& text, const fs::path& directory) {
  return text.empty() ? fs::path{} : directory / text;
}

Listen take_listen(Reader& reader, const fs::path& directory) {
  Listen listen;
  take_address(reader, listen);
  take_proxies(reader, listen);
  const fs::path certificate = path_of(reader.text("listen", "certificate-file", ""), directory);
  const fs::path key = path_of(reader.text("listen", "key-file", ""), directory);
  if (!certificate.empty() || !key.empty()) listen.tls = {certificate, key};
  return listen;
}

/// Spaces between "https://app.example.com" and "https://app.example.com:8443".
void take_origins(Reader& reader, App& app) {
  const std::string text = reader.text("app", "origins", "");
  std::size_t begin = text.find_first_not_of(text::kBlank);
  while (begin != std::string::npos) {
    const std::size_t end = text.find_first_of(text::kBlank, begin);
    const std::string item = text.substr(begin, end - begin);
    const std::optional<WebOrigin> origin = WebOrigin::parse(item);
    if (origin) {
      app.origins.push_back(*origin);
    } else {
      // What stands before an '@' may be a password.
      const bool quotable = item.find('@') == std::string::npos;
      reader.reject("app", "origins", quotable ? "\"" + item + "\" is no origin" : "it has an '@'",
                    "write https://host or https://host:port, with nothing behind it and spaces "
                    "between several");
    }
    begin = text.find_first_not_of(text::kBlank, end);
  }
}

/// Empty, or an https URL as Teams takes it into a manifest.
std::string take_link(Reader& reader, const char* key) {
  constexpr std::size_t kMost = 2048;  // of the manifest's schema
  std::string link = reader.text("app", key, "");
  if (link.empty()) return link;
  const Result<transport::Url> url = transport::parse_url(link);
  if (!url || url->scheme != "https" || link.size() > kMost) {
    reader.reject("app", key, "it is no https address",
                  "write https://host/path, or leave it empty");
  }
  return link;
}

AppDeveloper take_developer(Reader& reader) {
  constexpr std::size_t kMostName = 32;  // of the manifest's schema, in UTF-16 units
  AppDeveloper developer;
  developer.name = reader.text("app", "developer", developer.name);
  if (developer.name.empty() || developer.name.size() > kMostName) {
    reader.reject("app", "developer", "it has to have 1 to 32 bytes",
                  "write the name of who offers the app, in short");
  }
  developer.website = take_link(reader, "developer-url");
  developer.privacy = take_link(reader, "privacy-url");
  developer.terms = take_link(reader, "terms-url");
  return developer;
}

App take_app(Reader& reader, const fs::path& directory) {
  App app;
  app.serve = reader.choice(
      "app", "serve", app.serve,
      {{"automatic", App::Serve::automatic}, {"yes", App::Serve::yes}, {"no", App::Serve::no}});
  app.directory = path_of(
      reader.text("app", "directory", "/usr/share/starface-teams-connector/app"), directory);
  if (app.directory.empty()) {
    reader.reject("app", "directory", "it is empty",
                  "write a path, or leave the line out for the default");
  }
  const std::string url = reader.text("app", "url", "");
  app.url = WebOrigin::parse(url);
  if (!url.empty() && !app.url) {
    reader.reject("app", "url", "it is no https address of a host",
                  "write https://host or https://host:port, with nothing behind it");
  }
  take_origins(reader, app);
  app.developer = take_developer(reader);
  app.package_revision =
      static_cast<unsigned>(reader.count("app", "package-revision", app.package_revision, 0, 99));
  return app;
}

Limits take_limits(Reader& reader) {
  Limits limits;
  limits.agents = reader.count("limits", "agents", limits.agents, 1, 1'000'000);
  limits.clients = reader.count("limits", "clients", limits.clients, 1, 1'000'000);
  limits.streams_per_agent = static_cast<std::uint32_t>(
      reader.count("limits", "streams-per-agent", limits.streams_per_agent, 1, 1'000'000));
  limits.waiting = reader.count("limits", "waiting", limits.waiting, 1, 1'000'000);
  limits.clients_per_sender =
      reader.count("limits", "clients-per-address", limits.clients_per_sender, 1, 1'000'000);
  limits.waiting_per_sender =
      reader.count("limits", "waiting-per-address", limits.waiting_per_sender, 1, 1'000'000);
  limits.handshake = reader.seconds("limits", "handshake", limits.handshake, 1, 60);
  limits.agent_buffer =
      kMiB * reader.count("limits", "agent-buffer", limits.agent_buffer / kMiB, 1, 65'536);
  limits.total_buffer =
      kMiB * reader.count("limits", "total-buffer", limits.total_buffer / kMiB, 1, 65'536);
  limits.names = reader.count("limits", "names", limits.names, 1, 10'000'000);
  limits.new_names_per_minute = static_cast<unsigned>(
      reader.count("limits", "new-names-per-minute", limits.new_names_per_minute, 1, 100'000));
  limits.registrations_per_second = static_cast<unsigned>(reader.count(
      "limits", "registrations-per-second", limits.registrations_per_second, 1, 100'000));
  limits.admissions_per_address = static_cast<unsigned>(reader.count(
      "limits", "admissions-per-address", limits.admissions_per_address, 1, 10'000'000));
  limits.admissions_per_name = static_cast<unsigned>(
      reader.count("limits", "admissions-per-name", limits.admissions_per_name, 1, 10'000'000));
  return limits;
}

Throttle::Options take_throttle(Reader& reader) {
  Throttle::Options options;
  options.first = milliseconds(reader, "first-delay", options.first, 0, 5'000);
  // The client's own deadline for an answer is 10 s.
  options.longest = milliseconds(reader, "longest-delay", options.longest, 0, 8'000);
  options.forget_after =
      reader.seconds("throttle", "forget-after", options.forget_after, 1, 86'400);
  if (options.longest < options.first) {
    reader.reject("throttle", "longest-delay", "it is shorter than first-delay",
                  "raise it, or lower first-delay");
  }
  return options;
}

transport::Keepalive take_keepalive(Reader& reader, const std::string& who,
                                    transport::Keepalive fallback) {
  const std::string interval = who + "-interval";
  const std::string deadline = who + "-deadline";
  return {reader.seconds("keepalive", interval.c_str(), fallback.interval, 1, 3'600),
          reader.seconds("keepalive", deadline.c_str(), fallback.deadline, 1, 300)};
}

/// What can only be judged when everything is read.
Result<void> check_tls(const settings::Ini& ini, const Listen& listen) {
  if (listen.tls && (listen.tls->certificate_file.empty() || listen.tls->key_file.empty())) {
    return fail(codes::kTlsIncomplete,
                ini.origin() + ": [listen] has only one of certificate-file and key-file",
                "TLS needs both; leave both out only behind a proxy on this host");
  }
  const std::optional<Address> address = Address::parse(listen.address);
  if (!listen.tls && !(address && address->is_loopback())) {
    return fail(codes::kPlainNotLoopback,
                ini.origin() + ": [listen] address = " + listen.address +
                    " can be reached from other hosts, but there is no certificate-file",
                "give certificate-file and key-file, or listen on 127.0.0.1 behind a TLS proxy");
  }
  return {};
}

/// Both on one socket cannot be.
void keep_apart(Reader& reader, const Configuration& configuration) {
  const Listen& listen = configuration.listen;
  const std::optional<monitoring::Listen>& watch = configuration.watch;
  if (!watch || watch->port == 0 || watch->port != listen.port) return;
  const bool all = listen.address == "0.0.0.0" || listen.address == "::";
  if (!all && watch->address != listen.address) return;
  reader.reject("watch", "listen", "its port is that of [listen] address",
                "give each a port of its own");
}

}  // namespace

Configuration Configuration::take(Reader& reader, const fs::path& directory) {
  Configuration configuration;
  configuration.listen = take_listen(reader, directory);
  configuration.registry_file =
      path_of(reader.text("registry", "file", "/var/lib/starface-teams-connector/registry.sqlite3"),
              directory);
  if (configuration.registry_file.empty()) {
    reader.reject("registry", "file", "it is empty",
                  "write a path, or leave the line out for the default");
  }
  configuration.registration =
      reader.choice("registry", "registration", configuration.registration,
                    {{"open", RegistrationMode::open}, {"enrolled", RegistrationMode::enrolled}});
  configuration.limits = take_limits(reader);
  configuration.throttle = take_throttle(reader);
  configuration.agent_keepalive = take_keepalive(reader, "agent", configuration.agent_keepalive);
  configuration.client_keepalive =
      take_keepalive(reader, "client", {Duration(20'000), Duration(10'000)});
  configuration.restart_spread =
      reader.seconds("shutdown", "spread", configuration.restart_spread, 1, 3'600);
  const std::string level =
      reader.choice("log", "level", "info", {"error", "warn", "info", "debug", "trace"});
  configuration.log_level = log::parse_level(level).value_or(log::Level::info);
  const std::string format =
      reader.choice("log", "format", "automatic", {"automatic", "text", "journal", "json"});
  configuration.log_format = log::format_of(format).value_or(log::Format::automatic);
  configuration.app = take_app(reader, directory);
  configuration.watch = monitoring::take_listen(reader);
  keep_apart(reader, configuration);
  configuration.cluster = ClusterSettings::take(reader, directory);
  return configuration;
}

Result<Configuration> Configuration::from(const settings::Ini& ini) {
  Reader reader(ini);
  Configuration configuration = take(reader, fs::path(ini.origin()).parent_path());
  configuration.origin = ini.origin();
  if (const Result<void> read = reader.finish(); !read) return fail(read.error());
  if (const Result<void> tls = check_tls(ini, configuration.listen); !tls) return fail(tls.error());
  return configuration;
}

Result<Configuration> Configuration::read(const fs::path& file) {
  const Result<settings::Ini> ini = settings::Ini::read(file);
  if (!ini) return fail(ini.error());
  return from(*ini);
}

}  // namespace sfteams::connector

#include "agent/configuration/configuration.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "agent/configuration/callback_section.h"
#include "agent/configuration/codes.h"
#include "agent/configuration/configuration_values.h"
#include "agent/configuration/license_section.h"
#include "agent/pbx/client_secret.h"
#include "base/files/small_file.h"
#include "base/text/ascii.h"
#include "keygen/system_name.h"
#include "transport/endpoint.h"
#include "transport/tls_files.h"
#include "uci/dialect.h"

namespace sfteams::agent {
namespace {

using settings::Reader;
using transport::Url;

constexpr long long kDay = 86'400;

void read_proxy(Reader& reader, UplinkSettings& out) {
  const std::string text = reader.text("connector", "proxy", "");
  if (text == "direct") return;
  if (!text.empty()) {
    Result<transport::Proxy> proxy = transport::parse_proxy(text);
    if (!proxy)
      return reader.reject("connector", "proxy", proxy.error().message, proxy.error().hint);
    out.proxy = std::move(*proxy);
    return;
  }
  Result<std::optional<transport::Proxy>> proxy = transport::proxy_from_environment(
      out.url, [](const char* name) { return std::getenv(name); });
  if (!proxy) {
    return reader.reject("connector", "proxy", proxy.error().message,
                         proxy.error().hint + "; or write proxy = direct here");
  }
  out.proxy = std::move(*proxy);
  for (const Error& warning :
       transport::no_proxy_warnings(out.url, [](const char* name) { return std::getenv(name); }))
    out.no_proxy_warnings.push_back(describe(warning));
  out.proxy_from_environment = out.proxy.has_value();
}

void read_connector(Reader& reader, UplinkSettings& out) {
  out.url = read_url(reader, "connector", reader.required("connector", "url"), kConnectorSchemes);
  if (out.url.scheme == "ws" && !transport::is_loopback(out.url.host)) {
    reader.reject("connector", "url",
                  "ws:// is not encrypted and is taken only towards this host (127.0.0.1, ::1, "
                  "localhost)",
                  "use wss://; for a certificate of your own authority set \"ca-file\"");
  }
  if (out.url.path != "/") {
    reader.reject("connector", "url", "the URL must not have a path",
                  "remove everything after the host and its port");
  }
  out.ca_file = read_path(reader, "connector", "ca-file", "ca.pem");
  read_proxy(reader, out);
  out.dial_timeout = reader.seconds("connector", "dial-timeout", out.dial_timeout, 1, 120);
  out.ping_interval = reader.seconds("connector", "ping-interval", out.ping_interval, 1, 300);
  out.ping_timeout = reader.seconds("connector", "ping-timeout", out.ping_timeout, 1, 60);
  out.reconnect_max = reader.seconds("connector", "reconnect-max", out.reconnect_max, 1, 300);
}

/// "127.0.0.1:0" or "[::1]:0"; rejects everything else.
std::optional<transport::Endpoint> read_loopback(Reader& reader, const char* section,
                                                 const char* key, const std::string& text,
                                                 const std::string& port) {
  std::optional<transport::Endpoint> endpoint = transport::Endpoint::parse(text);
  if (endpoint && transport::is_loopback(endpoint->address)) return endpoint;
  reader.reject(section, key,
                endpoint ? "only a loopback address is taken here (127.0.0.1, ::1)"
                         : "it has to be a loopback address and a port",
                "write 127.0.0.1:" + port + " or [::1]:" + port + "; port 0 means any free one");
  return std::nullopt;
}

void read_admin(Reader& reader, Configuration::Admin& out) {
  const std::string text = reader.text("admin", "listen", "");
  if (text.empty()) return;
  auto listen = read_loopback(reader, "admin", "listen", text, "9780");
  if (!listen) return;
  out.address = std::move(listen->address);
  out.port = listen->port;
}

/// "call", "phoneBook": the last part of ucp.vNN.events.…
bool is_event_service(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && std::ranges::all_of(text, is_letter);
}

void read_sign_in(Reader& reader, PbxSettings& out) {
  out.auth = reader.choice("uci", "auth", out.auth,
                           {{"automatic", SignInBy::automatic},
                            {"sha512", SignInBy::sha512},
                            {"md5", SignInBy::md5},
                            {"oauth", SignInBy::oauth}});
  out.client_id = reader.text("uci", "client-id", out.client_id);
  if (out.client_id.empty() || out.client_id.size() > 200 || !text::is_visible(out.client_id)) {
    reader.reject("uci", "client-id", "it has to be 1 to 200 characters of ASCII without blanks",
                  "leave the line out for rest-client-headless");
  }
  out.client_secret_file = read_path(reader, "uci", "client-secret-file", "client-secret");
  out.scope = reader.text("uci", "scope", out.scope);
  if (out.scope.size() > 200 || !text::is_printable(out.scope)) {
    reader.reject("uci", "scope", "it has to be at most 200 characters of ASCII",
                  "leave the line out for login");
  }
  out.oauth_hosts = reader.list("uci", "oauth-hosts", std::move(out.oauth_hosts));
  for (std::string& host : out.oauth_hosts)
    host = text::lower_case(host);
  if (!std::ranges::all_of(out.oauth_hosts, is_host)) {
    reader.reject("uci", "oauth-hosts", "it has to be names of hosts, separated by commas",
                  "write them without https:// and without a port, as in login.example.com");
  }
}

void read_uci(Reader& reader, PbxSettings& out) {
  out.enabled = reader.yes_no("uci", "enabled", out.enabled);
  const std::string text = reader.text("uci", "url", out.url.to_string());
  out.url = read_url(reader, "uci", text, kUciSchemes);
  if (text.empty()) {
    reader.reject("uci", "url", "it is empty",
                  "write http://127.0.0.1, or the PBX's own URL, or leave the line out");
  } else if (out.url.path != "/") {
    reader.reject("uci", "url", "the URL must not have a path",
                  "remove everything after the host and its port");
  }
  out.ca_file = read_path(reader, "uci", "ca-file", "pbx-ca.pem");
  read_sign_in(reader, out);
  out.version = reader.choice(
      "uci", "version", out.version,
      {{"v30", uci::Version::v30}, {"v22", uci::Version::v22}, {"v20", uci::Version::v20}});
  read_callback(reader, out);
  out.allow = reader.list("uci", "allow", std::move(out.allow));
  out.events = reader.list("uci", "events", std::move(out.events));
  if (!std::ranges::all_of(out.events, is_event_service)) {
    reader.reject("uci", "events", "it has to be names of event services, separated by commas",
                  "call stands for ucp.vNN.events.call, conference for ucp.vNN.events.conference");
  }
  out.keepalive = reader.seconds("uci", "keepalive", out.keepalive, 5, 300);
  out.timeout = reader.seconds("uci", "timeout", out.timeout, 1, 300);
  out.logout_delay = reader.seconds("uci", "logout-delay", out.logout_delay, 0, 3600);
  out.connections = reader.count("uci", "connections", out.connections, 1, 1000);
  out.failed_logins = reader.count("uci", "failed-logins", out.failed_logins, 1, 1000);
  out.failed_logins_per_user =
      reader.count("uci", "failed-logins-per-user", out.failed_logins_per_user, 1, 1000);
  out.failed_logins_window =
      reader.seconds("uci", "failed-logins-window", out.failed_logins_window, 10, kDay);
}

void read_limits(Reader& reader, SessionSettings& out) {
  out.sessions = reader.count("limits", "sessions", out.sessions, 1, 100'000);
  out.calls_per_session =
      reader.count("limits", "calls-per-session", out.calls_per_session, 1, 1000);
  out.login_timeout = reader.seconds("limits", "login-timeout", out.login_timeout, 5, 3600);
  out.resume_window = reader.seconds("limits", "resume-window", out.resume_window, 0, 3600);
  out.resume_kept = read_kibibytes(reader, "limits", "resume-kept", out.resume_kept, 64, 65'536);
  out.resume_kept_in_all = read_kibibytes(reader, "limits", "resume-kept-in-all",
                                          out.resume_kept_in_all, 1024, 4'194'304);
  // A session may hold 8 MiB (tunnel/limits.h).
  out.held_per_user =
      read_kibibytes(reader, "limits", "held-per-user", out.held_per_user, 8'192, 4'194'304);
  out.held_in_all =
      read_kibibytes(reader, "limits", "held-in-all", out.held_in_all, 8'192, 16'777'216);
  out.read_timeout = reader.seconds("limits", "read-timeout", out.read_timeout, 5, 3600);
  out.ticket_lifetime = std::chrono::days(reader.count(
      "limits", "ticket-lifetime", static_cast<std::size_t>(out.ticket_lifetime.count()), 0, 90));
}

void read_check(Reader& reader, Configuration::Check& out) {
  std::size_t number = 0;
  for (const std::string& host : reader.list("check", "hosts")) {
    ++number;
    const Result<Url> url = transport::parse_url("https://" + host);
    if (url && url->path == "/") {
      out.hosts.push_back(*url);
    } else {
      const std::string which =
          is_quotable(host) ? "\"" + host + "\"" : "entry " + std::to_string(number);
      reader.reject("check", "hosts", which + " is no host name",
                    "write names with commas between, each with a port where it is not 443: "
                    "login.microsoftonline.com, proxy.example.com:8443");
    }
  }
}

void read_log(Reader& reader, Configuration::Log& out) {
  const std::string level = reader.text("log", "level", std::string(log::to_string(out.level)));
  const Result<log::Level> parsed = log::parse_level(level);
  if (parsed) {
    out.level = *parsed;
  } else {
    reader.reject("log", "level", without_quote(level, parsed.error()), parsed.error().hint);
  }
  const std::string format =
      reader.choice("log", "format", "automatic", {"automatic", "text", "journal", "json"});
  out.format = log::format_of(format).value_or(out.format);
}

/// Told as "another program listens there" otherwise.
void refuse_shared_ports(Reader& reader, const Configuration& read) {
  const std::vector<OwnPort> ports = own_ports(read);
  for (auto port = ports.begin(); port != ports.end(); ++port) {
    const auto other = std::find_if(ports.begin(), port,
                                    [&](const OwnPort& before) { return before.at == port->at; });
    if (other == port) continue;
    reader.reject(port->section, port->key,
                  "the agent itself listens there already, for " + other->name(),
                  "give each of them a port of its own");
  }
}

}  // namespace

Result<void> check_files(const Configuration& configuration) {
  for (const auto& file : {configuration.connector.ca_file, configuration.uci.ca_file}) {
    if (!file) continue;
    if (Result<void> good = transport::check_ca_file(*file); !good) return good;
  }
  const PbxSettings& uci = configuration.uci;
  if (uci.callback_tls) {
    if (auto good = transport::check_certificate(*uci.callback_tls); !good)
      return fail(good.error());
  }
  if (uci.auth != SignInBy::oauth && uci.auth != SignInBy::automatic) return {};
  if (const auto client = oauth_client(uci); !client) return fail(client.error());
  return {};
}

ConversationRules conversation_rules(const Configuration& configuration) {
  return {configuration.name,
          configuration.uci.version,
          *configuration.filter,
          configuration.limits.calls_per_session,
          configuration.limits.login_timeout,
          configuration.license.administrators,
          configuration.rest};
}

std::vector<OwnPort> own_ports(const Configuration& configuration) {
  std::vector<OwnPort> ports;
  const auto add = [&](const char* section, const char* key, transport::Endpoint at) {
    if (at.port != 0) ports.push_back({section, key, std::move(at)});
  };
  const PbxSettings& uci = configuration.uci;
  if (uci.enabled) add("uci", "callback-listen", {uci.callback_address, uci.callback_port});
  add("admin", "listen", {configuration.admin.address, configuration.admin.port});
  if (configuration.watch) add("watch", "listen", *configuration.watch);
  return ports;
}

std::optional<Error> read_timeout_warning(const SessionSettings& limits) {
  // Of the connector, as it is by default: [keepalive] client-interval and client-deadline.
  constexpr std::chrono::seconds kNoticed{20 + 10};
  if (limits.resume_window == transport::Duration(0) || limits.read_timeout > kNoticed)
    return std::nullopt;
  return Error{
      codes::kReadTimeoutShort,
      fmt::format("[limits] read-timeout is {} s, but the connector may take {} s to notice "
                  "that a client's line is dead: until then its session may end, though "
                  "the client would come back within [limits] resume-window",
                  std::chrono::floor<std::chrono::seconds>(limits.read_timeout).count(),
                  kNoticed.count()),
      fmt::format("set it to more than {} s, or leave the line out", kNoticed.count())};
}

std::optional<Error> rights_warning(const Configuration& configuration) {
  const bool by_md5 = configuration.uci.auth == SignInBy::md5;
  if (configuration.license.rules.pbx_rights.empty() || !configuration.uci.enabled ||
      (configuration.rest && !by_md5))
    return std::nullopt;
  return Error{codes::kRightsNotAsked,
               fmt::format("[license] named = pbx asks the PBX's REST interface for rights, but {} "
                           "keeps the agent from using it: nobody is named by a right",
                           configuration.rest ? "[uci] auth = md5" : "[rest] enabled = no"),
               configuration.rest ? "set [uci] auth = sha512, oauth or automatic"
                                  : "set [rest] enabled = yes, or name the users in [license]"};
}

Result<Configuration> read_configuration(settings::Reader& reader) {
  Configuration configuration;
  const std::string name = reader.required("system", "name");
  if (!name.empty()) {
    Result<std::string> canonical = keygen::canonical_system_name(name);
    if (canonical) {
      configuration.name = std::move(*canonical);
    } else {
      reader.reject("system", "name", canonical.error().message, canonical.error().hint);
    }
  }
  read_connector(reader, configuration.connector);
  read_uci(reader, configuration.uci);
  Result<MethodFilter> filter = MethodFilter::create(configuration.uci.allow);
  if (filter) {
    configuration.filter = std::move(*filter);
  } else {
    reader.reject("uci", "allow", without_quote(reader.text("uci", "allow", ""), filter.error()),
                  filter.error().hint);
  }
  configuration.rest = reader.yes_no("rest", "enabled", configuration.rest);
  read_limits(reader, configuration.limits);
  read_license_section(reader, configuration.license);
  read_check(reader, configuration.check);
  read_admin(reader, configuration.admin);
  read_log(reader, configuration.log);
  configuration.watch = monitoring::take_listen(reader);
  refuse_shared_ports(reader, configuration);
  if (const Result<void> finished = reader.finish(); !finished) return fail(finished.error());
  return configuration;
}

Result<Configuration> load_configuration(const std::filesystem::path& path) {
  const Result<std::filesystem::path> found = settings::find_one(path);
  if (!found) return fail(found.error());
  const Result<settings::Ini> ini = settings::Ini::read(*found);
  if (!ini) return fail(ini.error());
  settings::Reader reader(*ini);
  Result<Configuration> configuration = read_configuration(reader);
  if (!configuration) return configuration;
  configuration->origin = *found;
  PbxSettings& uci = configuration->uci;
  if (uci.client_secret_file) uci.client_secret_mark = client_secret_mark(*uci.client_secret_file);
  return configuration;
}

}  // namespace sfteams::agent

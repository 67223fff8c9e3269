#include "agent/configuration/configuration.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <set>

#include <fmt/format.h>

#include "agent/configuration/codes.h"
#include "agent/configuration/configuration_values.h"
#include "agent/pbx/accounts.h"
#include "base/crypto/secret.h"
#include "base/files/small_file.h"
#include "base/program/service_view.h"
#include "base/text/encoding.h"
#include "base/text/invisible.h"
#include "base/text/trimmed.h"
#include "keygen/paseto.h"
#include "keygen/system_name.h"
#include "transport/endpoint.h"

namespace sfteams::agent {
namespace {

using settings::Reader;
using transport::Duration;
using transport::Url;

constexpr long long kDay = 86'400;

/// "a, b" as {"a", "b"}; empty for an empty text.
std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  if (text::trimmed(text).empty()) return parts;
  while (true) {
    const std::size_t comma = text.find(',');
    parts.emplace_back(text::trimmed(text.substr(0, comma)));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

/// What is wrong with a value, by whoever quotes it: not when a password may be in it.
std::string without_quote(const std::string& value, const Error& error) {
  return value.find('@') == std::string::npos ? error.message
                                              : "it has an @, which nothing here has";
}

/// Whole seconds.
Duration seconds(Reader& reader, const char* section, const char* key, Duration fallback,
                 long long least, long long most) {
  return Duration(1000 *
                  reader.number(section, key, fallback.count() / 1000, least, most, "seconds"));
}

std::size_t count(Reader& reader, const char* section, const char* key, std::size_t fallback,
                  long long least, long long most, std::string_view unit = {}) {
  return static_cast<std::size_t>(
      reader.number(section, key, static_cast<long long>(fallback), least, most, unit));
}

/// Whole KiB.
std::size_t kibibytes(Reader& reader, const char* section, const char* key, std::size_t fallback,
                      long long least, long long most) {
  return 1024 * count(reader, section, key, fallback / 1024, least, most, "KiB");
}

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
  out.dial_timeout = seconds(reader, "connector", "dial-timeout", out.dial_timeout, 1, 120);
  out.ping_interval = seconds(reader, "connector", "ping-interval", out.ping_interval, 1, 300);
  out.ping_timeout = seconds(reader, "connector", "ping-timeout", out.ping_timeout, 1, 60);
  out.reconnect_max = seconds(reader, "connector", "reconnect-max", out.reconnect_max, 1, 300);
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

void read_callback(Reader& reader, PbxSettings& out) {
  const std::string fallback =
      transport::Endpoint{out.callback_address, out.callback_port}.to_string();
  auto listen = read_loopback(reader, "uci", "callback-listen",
                              reader.text("uci", "callback-listen", fallback), "0");
  if (!listen) return;
  out.callback_address = std::move(listen->address);
  out.callback_port = listen->port;
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

void read_uci(Reader& reader, PbxSettings& out) {
  out.enabled = reader.yes_no("uci", "enabled", out.enabled);
  const std::string text = reader.text("uci", "url", "http://127.0.0.1");
  out.url = read_url(reader, "uci", text, kUciSchemes);
  if (text.empty()) {
    reader.reject("uci", "url", "it is empty",
                  "write http://127.0.0.1, or the PBX's own URL, or leave the line out");
  } else if (out.url.path != "/") {
    reader.reject("uci", "url", "the URL must not have a path",
                  "remove everything after the host and its port");
  }
  out.ca_file = read_path(reader, "uci", "ca-file", "pbx-ca.pem");
  out.auth = reader.choice("uci", "auth", out.auth, {"sha512", "md5"});
  out.version = reader.choice("uci", "version", out.version, {"v30", "v22", "v20"});
  read_callback(reader, out);
  out.allow = split_list(reader.text("uci", "allow", "ucp.v*.requests.*"));
  out.events = split_list(reader.text("uci", "events", "call"));
  if (!std::ranges::all_of(out.events, is_event_service)) {
    reader.reject("uci", "events", "it has to be names of event services, separated by commas",
                  "call stands for ucp.vNN.events.call, conference for ucp.vNN.events.conference");
  }
  out.keepalive = seconds(reader, "uci", "keepalive", out.keepalive, 5, 300);
  out.timeout = seconds(reader, "uci", "timeout", out.timeout, 1, 300);
  out.logout_delay = seconds(reader, "uci", "logout-delay", out.logout_delay, 0, 3600);
  out.connections = count(reader, "uci", "connections", out.connections, 1, 1000);
  out.failed_logins = count(reader, "uci", "failed-logins", out.failed_logins, 1, 1000);
  out.failed_logins_per_user =
      count(reader, "uci", "failed-logins-per-user", out.failed_logins_per_user, 1, 1000);
  out.failed_logins_window =
      seconds(reader, "uci", "failed-logins-window", out.failed_logins_window, 10, kDay);
}

void read_limits(Reader& reader, Configuration::Limits& out) {
  out.sessions =
      static_cast<std::uint32_t>(reader.number("limits", "sessions", out.sessions, 1, 100'000));
  out.calls_per_session =
      count(reader, "limits", "calls-per-session", out.calls_per_session, 1, 1000);
  out.login_timeout = seconds(reader, "limits", "login-timeout", out.login_timeout, 5, 3600);
  out.resume_window = seconds(reader, "limits", "resume-window", out.resume_window, 0, 3600);
  out.resume_kept = kibibytes(reader, "limits", "resume-kept", out.resume_kept, 64, 65'536);
  out.resume_kept_in_all =
      kibibytes(reader, "limits", "resume-kept-in-all", out.resume_kept_in_all, 1024, 4'194'304);
  // A session may hold 8 MiB (tunnel/limits.h).
  out.held_per_user =
      kibibytes(reader, "limits", "held-per-user", out.held_per_user, 8'192, 4'194'304);
  out.held_in_all = kibibytes(reader, "limits", "held-in-all", out.held_in_all, 8'192, 16'777'216);
  out.read_timeout = seconds(reader, "limits", "read-timeout", out.read_timeout, 5, 3600);
}

constexpr std::size_t kMaxListFile = 4U << 20U;
constexpr const char* kUtf8Hint =
    "save the file as UTF-8, which editors of Windows offer as an encoding";

struct Reason {
  std::string what;
  std::string hint;
};

/// What is wrong with a text that should be a STARFACE login, and what to do; nothing: it may be
/// one.
std::optional<Reason> wrong_login(std::string_view login) {
  if (login.empty()) return Reason{"there is a comma too many", "write a login between commas"};
  // Not quoted: nobody could read it.
  if (!text::is_utf8(login)) return Reason{"a login is not UTF-8", kUtf8Hint};
  if (login.size() > Accounts::kMaxUserName)
    return Reason{"a login has more than 128 bytes", "check that it is a list of logins"};
  const std::string quoted = "\"" + std::string(login) + "\"";
  if (login.find('"') != std::string_view::npos || login.starts_with('\''))
    return Reason{"a login is written without quotation marks", "leave them out"};
  if (const auto invisible = text::find_invisible(login);
      invisible && invisible->code_point != '\t') {
    return Reason{"a login has " + invisible->describe(), std::string(text::kInvisibleHint)};
  }
  if (login.find_first_of(",; \t") != std::string_view::npos) {
    return Reason{quoted + " is no login",
                  "separate logins by commas, and those in a file by lines"};
  }
  if (login == "*") {
    return Reason{
        "* is no login",
        "for everybody write named = * and no login beside it; otherwise name the logins"};
  }
  return std::nullopt;
}

/// A file with an entry a line; what follows a # is a comment. `take` says what is wrong with one.
void read_list_file(Reader& reader, const char* key, const std::filesystem::path& path,
                    const std::function<std::optional<Reason>(std::string_view)>& take) {
  const Result<crypto::Secret> content = files::read_small_file(path, kMaxListFile);
  if (!content) {
    return reader.reject("license", key, content.error().message,
                         program::hint_about_file(path, content.error().hint));
  }
  if (const std::string_view wide = text::wide_encoding(content->text()); !wide.empty()) {
    return reader.reject("license", key,
                         path.string() + " is in " + std::string(wide) + ", not in UTF-8",
                         kUtf8Hint);
  }
  std::string_view rest = text::without_byte_order_mark(content->text());
  for (int number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    line = line.substr(0, line.find('#'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line = text::trimmed(line); line.empty()) continue;
    if (const auto wrong = take(line)) {
      return reader.reject("license", key,
                           path.string() + ":" + std::to_string(number) + ": " + wrong->what,
                           wrong->hint);
    }
  }
}

/// Logins with commas between.
std::set<std::string, std::less<>> read_logins(Reader& reader, const char* key,
                                               const std::string& text) {
  std::set<std::string, std::less<>> logins;
  for (std::string& login : split_list(text)) {
    const auto wrong = wrong_login(login);
    if (wrong) reader.reject("license", key, wrong->what, wrong->hint);
    logins.insert(std::move(login));
  }
  return logins;
}

void read_issuers(Reader& reader, std::vector<crypto::Ed25519PublicKey>& out) {
  const auto take = [&](std::string_view text) -> std::optional<Reason> {
    if (text.empty()) return Reason{"there is a comma too many", "write a key between commas"};
    if (const auto invisible = text::find_invisible(text))
      return Reason{"an issuer has " + invisible->describe(), std::string(text::kInvisibleHint)};
    if (text.starts_with("k4.secret.") || text.ends_with(".pem")) {
      return Reason{"the private key of an issuer does not belong here",
                    "keep it secret; starface-teams-keygen license show-issuer FILE prints the "
                    "public one"};
    }
    const auto key = keygen::parse_public_key(text);
    if (!key) {
      return Reason{"an issuer is a public key that begins with k4.public.",
                    "whoever issues the licences can print it: starface-teams-keygen license "
                    "show-issuer FILE"};
    }
    out.push_back(*key);
    return std::nullopt;
  };
  for (const std::string& text : split_list(reader.text("license", "issuers", ""))) {
    if (const auto wrong = take(text))
      reader.reject("license", "issuers", wrong->what, wrong->hint);
  }
  if (const Configuration::File path = read_path(reader, "license", "issuers-file", "issuers.txt"))
    read_list_file(reader, "issuers-file", *path, take);
}

void read_license_section(Reader& reader, LicenseSettings& out) {
  const std::string named = reader.text("license", "named", "");
  const Configuration::File named_file = read_path(reader, "license", "named-file", "named.txt");
  // Without any word about it, whoever the PBX lets in.
  out.rules.everybody_named = named == "*" || (named.empty() && !named_file);
  if (named != "*") out.rules.named = read_logins(reader, "named", named);
  if (named_file) {
    read_list_file(reader, "named-file", *named_file, [&](std::string_view login) {
      auto wrong = wrong_login(login);
      if (!wrong) out.rules.named.emplace(login);
      return wrong;
    });
  }
  read_issuers(reader, out.issuers);
  out.administrators =
      read_logins(reader, "administrators", reader.text("license", "administrators", ""));
  // Whoever is to free a seat must not need one.
  if (!out.rules.everybody_named) out.rules.named.merge(std::set(out.administrators));
}

void read_check(Reader& reader, Configuration::Check& out) {
  std::size_t number = 0;
  for (const std::string& host : split_list(reader.text("check", "hosts", ""))) {
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

std::optional<Error> read_timeout_warning(const Configuration::Limits& limits) {
  // Of the connector, as it is by default: [keepalive] client-interval and client-deadline.
  constexpr std::chrono::seconds kNoticed{20 + 10};
  if (limits.resume_window == Duration(0) || limits.read_timeout > kNoticed) return std::nullopt;
  return Error{
      codes::kReadTimeoutShort,
      fmt::format("[limits] read-timeout is {} s, but the connector may take {} s to notice "
                  "that a client's line is dead: until then its session may end, though "
                  "the client would come back within [limits] resume-window",
                  std::chrono::floor<std::chrono::seconds>(limits.read_timeout).count(),
                  kNoticed.count()),
      fmt::format("set it to more than {} s, or leave the line out", kNoticed.count())};
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
  if (configuration) configuration->origin = *found;
  return configuration;
}

}  // namespace sfteams::agent

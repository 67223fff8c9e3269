#include "agent/configuration.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <set>

#include "crypto/secret.h"
#include "error/service_view.h"
#include "keygen/paseto.h"
#include "keygen/small_file.h"
#include "keygen/system_name.h"

namespace sfteams::agent {
namespace {

using settings::Reader;
using transport::Duration;
using transport::Url;

constexpr long long kDay = 86'400;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  text.remove_suffix(text.size() - (text.find_last_not_of(kBlank) + 1));
  return text;
}

/// "a, b" as {"a", "b"}; empty for an empty text.
std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  if (trimmed(text).empty()) return parts;
  while (true) {
    const std::size_t comma = text.find(',');
    parts.emplace_back(trimmed(text.substr(0, comma)));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

/// Whole seconds.
Duration seconds(Reader& reader, const char* section, const char* key, Duration fallback,
                 long long least, long long most) {
  return Duration(1000 * reader.number(section, key, fallback.count() / 1000, least, most));
}

std::size_t count(Reader& reader, const char* section, const char* key, std::size_t fallback,
                  long long least, long long most) {
  return static_cast<std::size_t>(
      reader.number(section, key, static_cast<long long>(fallback), least, most));
}

/// Whole KiB.
std::size_t kibibytes(Reader& reader, const char* section, const char* key, std::size_t fallback,
                      long long least, long long most) {
  return 1024 * count(reader, section, key, fallback / 1024, least, most);
}

Configuration::File file(Reader& reader, const char* section, const char* key) {
  const std::string text = reader.text(section, key, "");
  if (text.empty()) return std::nullopt;
  if (!text.starts_with('/')) {
    reader.reject(section, key, "it has to be a path that begins with /");
  }
  return text;
}

Url url(Reader& reader, const char* section, const std::string& text, const char* plain,
        const char* secure) {
  if (text.empty()) return {};  // already refused as missing
  const Result<Url> parsed = transport::parse_url(text);
  if (!parsed) {
    reader.reject(section, "url", parsed.error().message, parsed.error().hint);
    return {};
  }
  if (parsed->scheme != plain && parsed->scheme != secure) {
    reader.reject(section, "url",
                  std::string("it has to begin with ") + secure + ":// or " + plain + "://");
  }
  return *parsed;
}

void read_proxy(Reader& reader, Configuration::Connector& out) {
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
  out.proxy_from_environment = out.proxy.has_value();
}

void read_connector(Reader& reader, Configuration::Connector& out) {
  out.url = url(reader, "connector", reader.required("connector", "url"), "ws", "wss");
  if (out.url.scheme == "ws" && !transport::is_loopback(out.url.host)) {
    reader.reject("connector", "url",
                  "ws:// is not encrypted and is taken only towards this host (127.0.0.1, ::1, "
                  "localhost)",
                  "use wss://; for a certificate of your own authority set \"ca-file\"");
  }
  if (out.url.path != "/") {
    reader.reject("connector", "url", "a path does not belong to it",
                  "leave out all behind the host");
  }
  out.ca_file = file(reader, "connector", "ca-file");
  read_proxy(reader, out);
  out.dial_timeout = seconds(reader, "connector", "dial-timeout", out.dial_timeout, 1, 120);
  out.ping_interval = seconds(reader, "connector", "ping-interval", out.ping_interval, 1, 300);
  out.ping_timeout = seconds(reader, "connector", "ping-timeout", out.ping_timeout, 1, 60);
  out.reconnect_max = seconds(reader, "connector", "reconnect-max", out.reconnect_max, 1, 300);
}

struct LoopbackAddress {
  std::string address;
  std::uint16_t port = 0;
};

/// "127.0.0.1:0" or "[::1]:0"; rejects everything else.
std::optional<LoopbackAddress> read_loopback(Reader& reader, const char* section, const char* key,
                                             const std::string& text, const std::string& example) {
  const std::size_t colon = text.rfind(':');
  LoopbackAddress result{text.substr(0, colon)};
  std::string& address = result.address;
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  const char* const end = text.data() + text.size();
  const char* const digits = colon == std::string::npos ? end : text.data() + colon + 1;
  const auto [rest, error] = std::from_chars(digits, end, result.port);
  if (error != std::errc() || rest != end) {
    reader.reject(section, key, "it has to be an address and a port",
                  "write " + example + "; port 0 means any free one");
    return std::nullopt;
  }
  if (!transport::is_loopback(address) || address == "localhost") {
    reader.reject(section, key, "only a loopback address is taken here (127.0.0.1, ::1)",
                  "write " + example);
    return std::nullopt;
  }
  return result;
}

void read_callback(Reader& reader, Configuration::Uci& out) {
  const std::string fallback = out.callback_address + ":" + std::to_string(out.callback_port);
  auto listen = read_loopback(reader, "uci", "callback-listen",
                              reader.text("uci", "callback-listen", fallback), "127.0.0.1:0");
  if (!listen) return;
  out.callback_address = std::move(listen->address);
  out.callback_port = listen->port;
}

void read_admin(Reader& reader, Configuration::Admin& out) {
  const std::string text = reader.text("admin", "listen", "");
  if (text.empty()) return;
  auto listen = read_loopback(reader, "admin", "listen", text, "127.0.0.1:9780");
  if (!listen) return;
  out.address = std::move(listen->address);
  out.port = listen->port;
}

void read_uci(Reader& reader, Configuration::Uci& out) {
  out.enabled = reader.yes_no("uci", "enabled", out.enabled);
  out.url = url(reader, "uci", reader.text("uci", "url", "http://127.0.0.1"), "http", "https");
  if (out.url.path != "/") {
    reader.reject("uci", "url", "a path does not belong to it", "leave out all behind the host");
  }
  out.ca_file = file(reader, "uci", "ca-file");
  out.auth = reader.choice("uci", "auth", out.auth, {"sha512", "md5"});
  out.version = reader.choice("uci", "version", out.version, {"v30", "v22", "v20"});
  read_callback(reader, out);
  out.allow = split_list(reader.text("uci", "allow", "ucp.v*.requests.*"));
  out.events = split_list(reader.text("uci", "events", "call"));
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
}

constexpr std::size_t kMaxNamedFile = 4U << 20U;

/// A login a line; what follows a # is a comment.
void read_named_file(Reader& reader, const std::filesystem::path& path, Seats::Rules& rules) {
  const Result<crypto::Secret> content = keygen::read_small_file(path, kMaxNamedFile);
  if (!content) {
    return reader.reject("license", "named-file", content.error().message,
                         hint_about_file(path, content.error().hint));
  }
  std::string_view rest = content->text();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    line = line.substr(0, line.find('#'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line = trimmed(line); !line.empty()) rules.named.emplace(line);
  }
}

void read_license_section(Reader& reader, Configuration::License& out) {
  const std::string named = reader.text("license", "named", "");
  const Configuration::File named_file = file(reader, "license", "named-file");
  for (const std::string& user : split_list(named)) {
    if (user != "*") out.rules.named.insert(user);
  }
  // Without any word about it, whoever the PBX lets in.
  out.rules.everybody_named = named == "*" || (named.empty() && !named_file);
  if (named_file) read_named_file(reader, *named_file, out.rules);
  for (const std::string& text : split_list(reader.text("license", "issuers", ""))) {
    const auto key = keygen::parse_public_key(text);
    if (key) {
      out.issuers.push_back(*key);
    } else {
      reader.reject("license", "issuers", "an issuer is a public key that begins with k4.public.",
                    "starface-teams-keygen license new-issuer prints it");
    }
  }
  for (const std::string& user : split_list(reader.text("license", "administrators", "")))
    out.administrators.insert(user);
}

void read_check(Reader& reader, Configuration::Check& out) {
  for (const std::string& host : split_list(reader.text("check", "hosts", ""))) {
    const Result<Url> url = transport::parse_url("https://" + host);
    if (url && url->path == "/") {
      out.hosts.push_back(*url);
    } else {
      reader.reject("check", "hosts", "\"" + host + "\" is no host name",
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
    reader.reject("log", "level", parsed.error().message, parsed.error().hint);
  }
  const std::string format =
      reader.choice("log", "format", "automatic", {"automatic", "text", "journal", "json"});
  out.format = log::format_of(format).value_or(out.format);
}

/// Two of them on one socket cannot be, and only the first would say so, at the next start.
void keep_apart(Reader& reader, const Configuration& configuration) {
  const std::optional<watch::Listen>& watch = configuration.watch;
  const Configuration::Admin& admin = configuration.admin;
  const Configuration::Uci& uci = configuration.uci;
  const auto refuse = [&](const char* section, const char* other) {
    reader.reject(section, "listen", std::string("it is the same as ") + other,
                  "give each a port of its own");
  };
  const auto at_callback = [&](const std::string& address, std::uint16_t port) {
    return uci.enabled && uci.callback_port != 0 && port == uci.callback_port &&
           address == uci.callback_address;
  };
  if (!admin.address.empty() && at_callback(admin.address, admin.port))
    refuse("admin", "[uci] callback-listen");
  if (!watch) return;
  if (at_callback(watch->address, watch->port)) refuse("watch", "[uci] callback-listen");
  if (watch->port != 0 && watch->port == admin.port && watch->address == admin.address)
    refuse("watch", "[admin] listen");
}

}  // namespace

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
    reader.reject("uci", "allow", filter.error().message, filter.error().hint);
  }
  read_limits(reader, configuration.limits);
  read_license_section(reader, configuration.license);
  read_check(reader, configuration.check);
  read_admin(reader, configuration.admin);
  read_log(reader, configuration.log);
  configuration.watch = watch::take_listen(reader);
  keep_apart(reader, configuration);
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

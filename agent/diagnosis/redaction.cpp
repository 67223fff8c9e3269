#include "agent/diagnosis/redaction.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/error/counted.h"
#include "base/error/error.h"
#include "base/settings/ini.h"
#include "base/text/ascii.h"
#include "base/text/trimmed.h"
#include "keygen/paseto.h"
#include "keygen/system_name.h"
#include "transport/endpoint.h"
#include "transport/proxy.h"
#include "transport/this_host.h"
#include "transport/url.h"

namespace sfteams::diagnosis {
namespace {

/// What may be shown of a value; nothing when it has not the form of what it should be.
using Shown = std::optional<std::string>;

bool is_letter(char c) {
  return text::is_letter_or_digit(c) && !text::is_digit(c);
}

Shown word(const std::string& value, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, value) != words.end() ? Shown(value) : std::nullopt;
}

/// Every one between commas, without the blanks around it; nothing when one of them is not `good`.
template <typename Good>
Shown list(const std::string& value, Good good) {
  std::string_view rest = value;
  while (true) {
    const std::size_t comma = rest.find(',');
    if (!good(text::trimmed(rest.substr(0, comma)))) return std::nullopt;
    if (comma == std::string_view::npos) return value;
    rest.remove_prefix(comma + 1);
  }
}

Shown number(const std::string& value) {
  constexpr std::size_t kMost = 12;
  return value.size() <= kMost && std::ranges::all_of(value, text::is_digit) ? Shown(value)
                                                                             : std::nullopt;
}

Shown yes_no(const std::string& value) {
  return word(value, {"yes", "no", "true", "false", "on", "off", "1", "0"});
}

Shown system_name(const std::string& value) {
  const Result<std::string> name = keygen::canonical_system_name(value);
  return name ? Shown(*name) : std::nullopt;
}

Shown url(const std::string& value) {
  const Result<transport::Url> url = transport::parse_url(value);
  return url && url->path == "/" ? Shown(url->scheme + "://" + url->authority()) : std::nullopt;
}

Shown proxy(const std::string& value) {
  if (value == "direct") return value;
  const Result<transport::Proxy> proxy = transport::parse_proxy(value);
  if (!proxy) return std::nullopt;
  return (proxy->credentials != nullptr ? "http://(credentials)@" : "http://") + proxy->to_string();
}

Shown path(const std::string& value) {
  const bool plain = std::ranges::all_of(value, [](char c) {
    return text::is_letter_or_digit(c) ||
           std::string_view("/.-_").find(c) != std::string_view::npos;
  });
  return value.starts_with('/') && plain ? Shown(value) : std::nullopt;
}

/// "127.0.0.1:9780".
Shown loopback(const std::string& value) {
  const auto endpoint = transport::Endpoint::parse(value);
  return endpoint && transport::is_loopback(endpoint->address) ? Shown(value) : std::nullopt;
}

Shown patterns(const std::string& value) {
  return list(value, [](std::string_view item) {
    return item.starts_with("ucp.v") && std::ranges::all_of(item, [](char c) {
             return text::is_letter_or_digit(c) || c == '.' || c == '*';
           });
  });
}

Shown services(const std::string& value) {
  return list(value, [](std::string_view item) { return std::ranges::all_of(item, is_letter); });
}

Shown hosts(const std::string& value) {
  return list(value, [](std::string_view item) {
    const auto url = transport::parse_url("https://" + std::string(item));
    return url && url->path == "/";
  });
}

Shown addresses(const std::string& value) {
  return list(value,
              [](std::string_view item) { return transport::canonical_address(item).has_value(); });
}

Shown endpoint(const std::string& value) {
  return transport::Endpoint::parse(value) ? Shown(value) : std::nullopt;
}

Shown issuers(const std::string& value) {
  return list(value, [](std::string_view item) {
    return keygen::parse_public_key(std::string(item)).has_value();
  });
}

/// "a, b" → "(2 of them)".
Shown users(const std::string& value) {
  if (value == "*" || value == "pbx") return value;
  return fmt::format("({} of them)", std::ranges::count(value, ',') + 1);
}

struct Known {
  std::string_view section;
  std::string_view key;
  Shown (*show)(const std::string& value);
};

constexpr std::array kKnown{
    Known{"system", "name", system_name},
    Known{"connector", "url", url},
    Known{"connector", "ca-file", path},
    Known{"connector", "proxy", proxy},
    Known{"connector", "dial-timeout", number},
    Known{"connector", "ping-interval", number},
    Known{"connector", "ping-timeout", number},
    Known{"connector", "reconnect-max", number},
    Known{"uci", "enabled", yes_no},
    Known{"uci", "url", url},
    Known{"uci", "ca-file", path},
    Known{"uci", "auth",
          [](const std::string& value) {
            return word(value, {"automatic", "sha512", "md5", "oauth"});
          }},
    Known{"uci", "client-id",
          [](const std::string& value) {
            return word(value, {"rest-client-headless", "rest-client"});
          }},
    Known{"uci", "client-secret-file", path},
    Known{"uci", "scope",
          [](const std::string& value) {
            return word(value, {"login", "pbx-login"});
          }},
    Known{"uci", "oauth-hosts", hosts},
    Known{"uci", "version",
          [](const std::string& value) {
            return word(value, {"v30", "v22", "v20"});
          }},
    Known{"uci", "callback-listen", endpoint},
    Known{"uci", "callback-host", hosts},
    Known{"uci", "callback-from", addresses},
    Known{"uci", "callback-certificate", path},
    Known{"uci", "callback-key", path},
    Known{"uci", "allow", patterns},
    Known{"uci", "events", services},
    Known{"uci", "keepalive", number},
    Known{"uci", "timeout", number},
    Known{"uci", "logout-delay", number},
    Known{"uci", "connections", number},
    Known{"uci", "failed-logins", number},
    Known{"uci", "failed-logins-per-user", number},
    Known{"uci", "failed-logins-window", number},
    Known{"rest", "enabled", yes_no},
    Known{"limits", "sessions", number},
    Known{"limits", "calls-per-session", number},
    Known{"limits", "login-timeout", number},
    Known{"limits", "resume-window", number},
    Known{"limits", "resume-kept", number},
    Known{"limits", "resume-kept-in-all", number},
    Known{"limits", "held-per-user", number},
    Known{"limits", "held-in-all", number},
    Known{"limits", "read-timeout", number},
    Known{"limits", "ticket-lifetime", number},
    Known{"license", "named", users},
    Known{"license", "named-file", path},
    Known{"license", "pbx-rights", users},
    Known{"license", "issuers", issuers},
    Known{"license", "issuers-file", path},
    Known{"license", "administrators", users},
    Known{"check", "hosts", hosts},
    Known{"admin", "listen", loopback},
    Known{"watch", "listen", loopback},
    Known{"log", "level",
          [](const std::string& value) {
            return word(value, {"error", "warn", "info", "debug", "trace"});
          }},
    Known{"log", "format",
          [](const std::string& value) {
            return word(value, {"automatic", "text", "journal", "json"});
          }},
};

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

Shown shown(const settings::Entry& entry, std::string_view line) {
  if (entry.value.empty()) return entry.value;
  // " ;" cuts a value off: what is left of "http://user:123 ;4@host" looks like a host and a port.
  if (std::ranges::count(line, '@') != std::ranges::count(entry.value, '@')) return std::nullopt;
  for (const Known& known : kKnown) {
    if (entry.section == known.section && entry.key == known.key) return known.show(entry.value);
  }
  return std::nullopt;
}

/// Of UTF-8.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) >> 6U) != 2; }));
}

}  // namespace

std::string redacted_ini(std::string_view text) {
  const Result<settings::Ini> ini = settings::Ini::parse(text, "the configuration");
  // What cannot be read cannot be told apart from a secret.
  if (!ini) return describe(ini.error()) + "\n";
  const std::vector<std::string_view> lines = lines_of(text);
  std::string result;
  auto heading = ini->sections().begin();
  for (const settings::Entry& entry : ini->entries()) {
    for (; heading != ini->sections().end() && heading->line < entry.line; ++heading)
      result += "[" + heading->name + "]\n";
    const std::string_view line = lines.at(static_cast<std::size_t>(entry.line) - 1);
    result += entry.key + " = " +
              shown(entry, line)
                  .value_or(fmt::format("(not shown, {})",
                                        counted(characters(entry.value), "character"))) +
              "\n";
  }
  for (; heading != ini->sections().end(); ++heading)
    result += "[" + heading->name + "]\n";
  return result;
}

}  // namespace sfteams::diagnosis

#include "agent/configuration/configuration_values.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text/ascii.h"
#include "transport/endpoint.h"

namespace sfteams::agent {
namespace {

using settings::Reader;
using transport::Url;

/// What stands before "://" when it is a scheme that transport::parse_url() does not know, such as
/// ftp, in lower case; otherwise empty.
std::string unknown_scheme(const std::string& text) {
  std::string scheme = text.substr(0, std::min(text.find("://"), text.size()));
  if (scheme.empty() || scheme.size() == text.size()) return {};
  for (char& c : scheme) {
    c = text::lower_case(c);
    if (c < 'a' || c > 'z') return {};
  }
  constexpr std::array<std::string_view, 4> kKnown{"ws", "wss", "http", "https"};
  return std::ranges::find(kKnown, scheme) == kKnown.end() ? scheme : std::string();
}

/// `wrong` in place of which a scheme of `schemes` has to stand: one that will be taken.
void reject_scheme(Reader& reader, const char* section, const Schemes& schemes, const Url& wrong) {
  std::string_view meant = wrong.secure() ? schemes.secure : schemes.plain;
  const char* why = "";
  if (meant == "ws" && !transport::is_loopback(wrong.host)) {
    meant = schemes.secure;
    why = " (ws:// is taken only towards this host)";
  }
  reader.reject(section, "url",
                fmt::format("it has to begin with {}:// or {}://", schemes.secure, schemes.plain),
                fmt::format("write {}:// in place of {}://{}", meant, wrong.scheme, why));
}

}  // namespace

bool is_quotable(const std::string& text) {
  const auto harmless = [](char c) {
    return text::is_letter_or_digit(c) || c == '.' || c == '-' || c == '_' || c == '/';
  };
  return text.size() <= 100 && std::ranges::all_of(text, harmless);
}

std::string without_quote(const std::string& value, const Error& error) {
  return value.find('@') == std::string::npos ? error.message
                                              : "it has an @, which nothing here has";
}

std::size_t read_kibibytes(Reader& reader, const char* section, const char* key,
                           std::size_t fallback, long long least, long long most) {
  return 1024 * reader.count(section, key, fallback / 1024, least, most, "KiB");
}

std::optional<std::filesystem::path> read_path(Reader& reader, const char* section, const char* key,
                                               const char* usual) {
  const std::string text = reader.text(section, key, "");
  if (text.empty()) return std::nullopt;
  if (!text.starts_with('/')) {
    const std::string name = std::filesystem::path(text).filename().string();
    const bool usable = is_quotable(name) && name.find_first_not_of('.') != std::string::npos;
    reader.reject(
        section, key, "it has to be a path that begins with /",
        "write the whole path, such as /etc/starface-teams-agent/" + (usable ? name : usual));
  }
  return text;
}

Url read_url(Reader& reader, const char* section, const std::string& text, const Schemes& schemes) {
  if (text.empty()) return {};  // already refused as missing
  const Result<Url> parsed = transport::parse_url(text);
  if (!parsed) {
    const bool bare = text.find("://") == std::string::npos || !unknown_scheme(text).empty();
    reader.reject(section, "url", parsed.error().message,
                  bare ? schemes.without : parsed.error().hint);
    return {};
  }
  if (parsed->scheme != schemes.plain && parsed->scheme != schemes.secure)
    reject_scheme(reader, section, schemes, *parsed);
  return *parsed;
}

bool is_host(const std::string& text) {
  const Result<transport::Url> url = transport::parse_url("https://" + text);
  return url && transport::before_port(url->host) == text && url->port == 443 && url->path == "/";
}

}  // namespace sfteams::agent

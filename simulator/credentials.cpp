#include "simulator/credentials.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/text/percent.h"

namespace sfteams::simulator {
namespace {

constexpr std::string_view kFieldPrefix = "de.vertico.starface.";
constexpr std::size_t kMostPath = 1024;

struct CallbackText {
  std::string type;
  std::string host;
  std::string port;
  std::string path;
  bool given = false;

  /// nullptr: no parameter of ours.
  std::string* part(std::string_view name) {
    if (name == "callback.type") return &type;
    if (name == "callback.host") return &host;
    if (name == "callback.port") return &port;
    if (name == "callback.path") return &path;
    return nullptr;
  }
};

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

void read_callback(CallbackText text, const Reach& reach, Credentials& credentials) {
  Callback callback;
  callback.scheme = text.type.empty() ? "http" : text.type;
  callback.host = text.host;
  if (callback.host.starts_with('[') && callback.host.ends_with(']')) {
    callback.host = callback.host.substr(1, callback.host.size() - 2);
  }
  callback.path = text.path.starts_with('/') ? text.path : "/" + text.path;
  const char* const end = text.port.data() + text.port.size();
  const auto [stop, error] = std::from_chars(text.port.data(), end, callback.port);

  if (callback.scheme != "http" && callback.scheme != "https") {
    credentials.wrong_callback = "its type is neither http nor https";
  } else if (!reach.contains(callback.host)) {
    credentials.wrong_callback = "this stand-in calls back to loopback and --callbacks-to only";
  } else if (error != std::errc() || stop != end || callback.port == 0) {
    credentials.wrong_callback = "its port is no number from 1 to 65535";
  } else if (callback.path.size() > kMostPath || !is_printable(callback.path)) {
    credentials.wrong_callback = "its path is too long or holds blanks";
  } else {
    credentials.callback = std::move(callback);
  }
}

}  // namespace

std::string Callback::origin() const {
  const bool bracketed = host.find(':') != std::string::npos;
  return fmt::format(fmt::runtime(bracketed ? "{}://[{}]:{}" : "{}://{}:{}"), scheme, host, port);
}

Credentials read_credentials(std::string_view query, const Reach& reach) {
  Credentials credentials;
  CallbackText callback;
  while (!query.empty()) {
    const std::size_t ampersand = query.find('&');
    const std::string_view pair = query.substr(0, ampersand);
    query.remove_prefix(ampersand == std::string_view::npos ? query.size() : ampersand + 1);
    const std::size_t equals = pair.find('=');
    if (!pair.starts_with(kFieldPrefix) || equals == std::string_view::npos) continue;
    const std::string_view name = pair.substr(kFieldPrefix.size(), equals - kFieldPrefix.size());
    std::string value = text::percent_decode(pair.substr(equals + 1), true);
    if (name == "user") {
      credentials.user = std::move(value);
    } else if (name == "auth") {
      credentials.token = crypto::Secret::from_text(value);
      crypto::wipe(value);
    } else if (name == "jwt") {
      credentials.jwt = crypto::Secret::from_text(value);
      crypto::wipe(value);
    } else if (std::string* part = callback.part(name)) {
      *part = std::move(value);
      callback.given = true;
    }
  }
  if (callback.given) read_callback(std::move(callback), reach, credentials);
  return credentials;
}

crypto::Secret event_url(const Callback& callback, std::string_view user, EventAuth auth,
                         const crypto::Secret& token) {
  std::string url = callback.origin() + callback.path;
  if (auth != EventAuth::nothing) {
    url.reserve(url.size() + 3 * (user.size() + token.size()) + 80);  // no copy is left behind
    url += callback.path.find('?') == std::string::npos ? '?' : '&';
    url += "de.vertico.starface.user=";
    text::append_percent_encoded(url, user);
    url += auth == EventAuth::jwt ? "&de.vertico.starface.jwt=" : "&de.vertico.starface.auth=";
    text::append_percent_encoded(url, token.text());
  }
  crypto::Secret secret = crypto::Secret::from_text(url);
  crypto::wipe(url);
  return secret;
}

}  // namespace sfteams::simulator

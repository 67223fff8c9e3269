#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transport/url.h"

namespace sfteams::connector {

/// Where a page comes from (RFC 6454): https, a host and a port. Of two that mean the same one
/// text is equal to the other: lower case, port 443 left out.
class WebOrigin {
 public:
  /// "https://host" or "https://host:port", with nothing behind it; the host is an LDH name or an
  /// address. nullopt for anything else: http, "null", a path (even "/"), user information, *.
  [[nodiscard]] static std::optional<WebOrigin> parse(std::string_view text);
  /// Of a Host header: "host" or "host:port".
  [[nodiscard]] static std::optional<WebOrigin> of_host(std::string_view host);

  [[nodiscard]] const std::string& host() const { return url_.host; }
  /// "host" or "host:port", as it stands in a URL.
  [[nodiscard]] std::string authority() const { return url_.authority(); }
  [[nodiscard]] std::string to_string() const { return "https://" + authority(); }

  friend bool operator==(const WebOrigin&, const WebOrigin&) = default;

 private:
  explicit WebOrigin(transport::Url url) : url_(std::move(url)) {}
  transport::Url url_;
};

/// Which pages' scripts may open a websocket. It authenticates nobody, for a program writes
/// whatever it likes into that header: it keeps pages of others from using their visitors'
/// browsers, and so the visitors' addresses and their budgets of attempts.
class OriginRule {
 public:
  /// `own`: what the connector is called from outside, beside what a request's Host header says.
  OriginRule(const std::optional<WebOrigin>& own, std::vector<WebOrigin> others);

  /// `origin` is the header of a request for a client's websocket: nullopt when it did not come,
  /// as from every program that is no browser. `host` is its Host header, which a browser fills in
  /// by itself.
  [[nodiscard]] bool allows(std::optional<std::string_view> origin, std::string_view host) const;

 private:
  std::vector<WebOrigin> listed_;
};

}  // namespace sfteams::connector

#include "oauth/provider.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/json/json.h"
#include "base/text/ascii.h"
#include "oauth/codes.h"

namespace sfteams::oauth {
namespace {

using transport::Url;

constexpr json::Limits kLimits{.bytes = kMostDocument, .depth = 16};
/// Longer than any identifier of a node, shorter than would hurt in a request.
constexpr std::size_t kMostEdgeNode = 200;

/// Whether a list of texts has this one; nullopt when it is missing or no list.
std::optional<bool> lists(const Json::Value& document, const char* name, std::string_view text) {
  const Json::Value* const list = json::member(document, name);
  if (list == nullptr || !list->isArray()) return std::nullopt;
  return std::any_of(list->begin(), list->end(),
                     [text](const Json::Value& item) { return json::text_of(item) == text; });
}

/// The endpoint as it is to be asked; nullopt when it is no URL.
std::optional<std::string> endpoint(std::string_view text, const Hosts& hosts,
                                    std::string& named_host) {
  // A path alone is meant for the PBX.
  const std::string whole =
      text.starts_with('/') && !text.starts_with("//")
          ? hosts.pbx.scheme + "://" + hosts.pbx.authority() + std::string(text)
          : std::string(text);
  Result<Url> url = transport::parse_url(whole);
  if (!url || (url->scheme != "https" && url->scheme != "http")) return std::nullopt;
  if (hosts.allow(*url)) return url->to_string();
  named_host = url->host;
  Url own = hosts.pbx;
  own.path = url->path;
  return own.to_string();
}

}  // namespace

bool Hosts::allow(const Url& url) const {
  if (url.host == pbx.host) return url.secure() || !pbx.secure();
  return std::ranges::find(named, url.host) != named.end() &&
         (url.secure() || transport::is_loopback(url.host));
}

Error Hosts::refuse(std::string_view what, const Url& url) const {
  return {codes::kElsewhere,
          fmt::format("{} leads from {} to {}, which may not see passwords", what, pbx.authority(),
                      url.authority()),
          url.secure()
              ? fmt::format("if that is right, allow it: [uci] oauth-hosts = {}", url.host)
              : std::string("passwords go there by https only: check the PBX's settings, and "
                            "[uci] url")};
}

Error not_offered(const Url& pbx, std::string_view how) {
  return {codes::kNotOffered, fmt::format("{} offers no OAuth ({})", pbx.authority(), how),
          "PBXs before version 10 have none: write [uci] auth = sha512; otherwise check [uci] url"};
}

Result<Provider> parse_discovery(std::string_view text, const Hosts& hosts) {
  const auto unusable = [&hosts](std::string_view why) {
    return fail(
        codes::kBadDocument,
        fmt::format("what {} says about its OAuth cannot be used: {}", hosts.pbx.authority(), why),
        "check [uci] url, and that a PBX of version 10 or later answers there");
  };
  const Result<Json::Value> document = json::parse(text, kLimits);
  if (!document || !document->isObject()) return fail(not_offered(hosts.pbx, "no JSON document"));
  Provider provider;
  const auto token = json::string_member(*document, "token_endpoint");
  if (!token) return unusable("it names no token_endpoint");
  auto token_url = endpoint(*token, hosts, provider.named_host);
  if (!token_url) return unusable("its token_endpoint is no http or https URL");
  provider.token_url = std::move(*token_url);
  if (const auto revocation = json::string_member(*document, "revocation_endpoint")) {
    std::string ignored;
    provider.revocation_url = endpoint(*revocation, hosts, ignored).value_or("");
  }
  provider.password_grant = lists(*document, "grant_types_supported", "password").value_or(true);
  constexpr const char* kMethods = "token_endpoint_auth_methods_supported";
  // RFC 8414 says Basic where nothing is said; a body is what was seen to work.
  provider.secret_in_body = lists(*document, kMethods, "client_secret_post").value_or(true) ||
                            !lists(*document, kMethods, "client_secret_basic").value_or(true);
  return provider;
}

std::optional<LoginConfig> parse_login_config(std::string_view text) {
  const Result<Json::Value> document = json::parse(text, kLimits);
  if (!document || !document->isObject()) return std::nullopt;
  LoginConfig config;
  config.discovery_url = json::string_member(*document, "oauthConfigUrl").value_or("");
  const std::string_view node = json::string_member(*document, "edgeNodeId").value_or("");
  if (node.size() <= kMostEdgeNode && text::is_visible(node)) config.edge_node = node;
  return config;
}

}  // namespace sfteams::oauth

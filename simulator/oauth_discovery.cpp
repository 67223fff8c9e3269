#include "simulator/oauth_discovery.h"

#include <cstddef>

#include <json/value.h>

#include "base/json/json.h"

namespace sfteams::simulator {
namespace {

constexpr std::size_t kHuge = 4UL * 1024 * 1024;

std::string url_of(const transport::Url& here, std::string_view path) {
  transport::Url url = here;
  url.path = path;
  return url.to_string();
}

/// The same program by another name of loopback.
transport::Url by_other_name(transport::Url here) {
  here.host = here.host == "localhost" ? "127.0.0.1" : "localhost";
  return here;
}

std::string token_endpoint(const Options& options, const transport::Url& here) {
  transport::Url url = here;
  switch (options.oauth.token_host) {
    case TokenHost::same:
      break;
    case TokenHost::localhost:
      url.host = "localhost";
      break;
    case TokenHost::foreign:
      url = {"http", "192.0.2.1", 80, {}};  // TEST-NET-1 (RFC 5737): nobody's
      break;
  }
  return url_of(url, kTokenPath);
}

Json::Value array_of(std::initializer_list<const char*> texts) {
  Json::Value array(Json::arrayValue);
  for (const char* text : texts)
    array.append(text);
  return array;
}

Json::Value grants(const OauthOptions& oauth) {
  Json::Value grants = array_of({"authorization_code", "client_credentials"});
  if (oauth.mode != OauthMode::external) grants.append("password");
  if (oauth.refresh != RefreshTokens::none) grants.append("refresh_token");
  return grants;
}

Json::Value client_auths(const OauthOptions& oauth) {
  if (oauth.client_secret.empty()) return array_of({"none"});
  switch (oauth.client_auth) {
    case ClientAuth::both:
      break;
    case ClientAuth::basic:
      return array_of({"client_secret_basic"});
    case ClientAuth::post:
      return array_of({"client_secret_post"});
  }
  return array_of({"client_secret_basic", "client_secret_post"});
}

Json::Value document(const Options& options, const transport::Url& here) {
  const OauthOptions& oauth = options.oauth;
  Json::Value all(Json::objectValue);
  all["issuer"] = issuer_of(here);
  all["authorization_endpoint"] = url_of(here, kAuthorizePath);
  all["token_endpoint"] = token_endpoint(options, here);
  if (oauth.revocation) all["revocation_endpoint"] = url_of(here, kRevokePath);
  all["jwks_uri"] = url_of(here, kKeysPath);
  all["grant_types_supported"] = grants(oauth);
  all["token_endpoint_auth_methods_supported"] = client_auths(oauth);
  all["response_types_supported"] = array_of({"code"});
  all["code_challenge_methods_supported"] = array_of({"S256"});
  all["scopes_supported"] = array_of({oauth.scope.c_str()});
  all["id_token_signing_alg_values_supported"] = array_of({"RS256"});
  all["subject_types_supported"] = array_of({"public"});
  return all;
}

}  // namespace

std::string issuer_of(const transport::Url& here) {
  return url_of(here, kIssuerPath);
}

Reply answer_discovery(const Options& options, const transport::Url& here, std::string_view path) {
  const bool first = path == kWellKnownPath;
  const transport::Url other = by_other_name(here);
  switch (options.oauth.discovery) {
    case Discovery::redirect:
      if (first) return redirect_reply(url_of(here, kDocumentPath));
      break;
    case Discovery::relative:
      if (first) return redirect_reply(std::string(kDocumentPath));
      break;
    case Discovery::direct:
      break;
    case Discovery::missing:
      return html_reply(404, "Not found");
    case Discovery::other_host:
      if (first) return redirect_reply(url_of(other, kDocumentPath));
      break;
    case Discovery::loop:
      return redirect_reply(url_of(here, first ? kDocumentPath : kWellKnownPath));
    case Discovery::page:
      return html_reply(200, "Welcome");
    case Discovery::huge: {
      if (first) return redirect_reply(url_of(here, kDocumentPath));
      Json::Value large = document(options, here);
      large["a"] = std::string(kHuge, 'a');
      return json_reply(200, json::write(large));
    }
    case Discovery::wrong_json:
      return json_reply(200, R"({"issuer":7,"token_endpoint":["/token"],"grant_types_supported":1,)"
                             R"("token_endpoint_auth_methods_supported":{"basic":true}})");
  }
  return json_reply(200, json::write(document(options, here)));
}

Reply answer_login_config(const Options& options, const transport::Url& here) {
  Json::Value config(Json::objectValue);
  switch (options.oauth.login_config) {
    case LoginConfig::missing:
      return html_reply(404, "Not found");
    case LoginConfig::empty:
      break;
    case LoginConfig::yes:
      config["oauthConfigUrl"] = url_of(here, kWellKnownPath);
      break;
  }
  return json_reply(200, json::write(config));
}

}  // namespace sfteams::simulator

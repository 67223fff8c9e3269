#include "agent/probe/grants.h"

#include <utility>

#include "oauth/codes.h"
#include "oauth/issuer.h"

namespace sfteams::probe {
namespace {

Reply get(PbxLine& line, const transport::Url& url) {
  transport::HttpCall call;
  call.method = "GET";
  call.url = crypto::Secret::from_text(url.to_string());
  call.max_body = oauth::kMostDocument;
  call.read_redirect = true;
  return line.ask(std::move(call));
}

bool is_redirect(const Reply& reply) {
  return reply && reply->status >= 300 && reply->status < 400;
}

}  // namespace

Whereabouts find_provider(PbxLine& line) {
  const oauth::Hosts hosts{line.settings().url, line.settings().oauth_hosts};
  transport::Url url = hosts.pbx;
  url.path = oauth::kLoginConfigPath;
  Reply config = get(line, url);
  const auto told = config && config->status == 200 ? oauth::parse_login_config(config->body)
                                                    : std::optional<oauth::LoginConfig>();
  url.path = oauth::kDiscoveryPath;
  Whereabouts where{std::move(config), Reply(), 0, fail(oauth::not_offered(hosts.pbx, "unknown"))};
  if (told && !told->discovery_url.empty()) {
    const Result<transport::Url> named = transport::parse_url(told->discovery_url);
    if (!named || !hosts.allow(*named)) {
      // The document is at a service that may not see passwords, and is not looked at.
      where.document = fail(oauth::codes::kElsewhere, "the sign-in is at another host");
      where.provider = fail(where.document.error());
      return where;
    }
    url = *named;
    if (!told->edge_node.empty()) where.resource = "edgenode://" + told->edge_node;
  }
  where.document = get(line, url);
  while (is_redirect(where.document) && where.redirects < oauth::Issuer::kMostRedirects) {
    const Result<transport::Url> next = transport::parse_url(where.document->redirect);
    if (!next) break;
    if (!hosts.allow(*next)) {
      where.document = fail(hosts.refuse("the search for OAuth", *next));
      where.provider = fail(where.document.error());
      return where;
    }
    ++where.redirects;
    url = *next;
    where.document = get(line, url);
  }
  if (where.document && where.document->status == 200)
    where.provider = oauth::parse_discovery(where.document->body, hosts);
  // As oauth/search.cpp has it: what a login service elsewhere names is not asked at the PBX.
  if (where.provider && !where.provider->named_host.empty() && url.host != hosts.pbx.host)
    where.provider = fail(hosts.refuse("the login service's document", url));
  return where;
}

Reply Grants::post(const std::string& url, crypto::Secret form) {
  transport::HttpCall call;
  call.url = crypto::Secret::from_text(url);
  call.content_type = "application/x-www-form-urlencoded";
  call.secret_body = std::move(form);
  if (!provider_.secret_in_body) call.authorization = oauth::basic_authorization(client_);
  call.max_body = oauth::kMostReply;
  return line_.ask(std::move(call));
}

TokenReply Grants::by_password(const std::string& user, const crypto::Secret& password) {
  return read_tokens(oauth::Grant::password,
                     post(provider_.token_url,
                          oauth::password_form(client_, provider_.secret_in_body, user, password)));
}

TokenReply Grants::by_refresh(const crypto::Secret& refresh) {
  return read_tokens(
      oauth::Grant::refresh,
      post(provider_.token_url, oauth::refresh_form(client_, provider_.secret_in_body, refresh)));
}

std::string Grants::revoke(const crypto::Secret& refresh) {
  if (provider_.revocation_url.empty() || refresh.empty()) return {};
  return form_of(post(provider_.revocation_url,
                      oauth::revocation_form(client_, provider_.secret_in_body, refresh)));
}

LivingToken::LivingToken(PbxLine& line, Grants& grants, TokenReply first)
    : line_(line), grants_(grants), lifetime_(first.lifetime) {
  take(std::move(first));
  start();
}

void LivingToken::start() {
  first_ = current().clone();
  first_ends_ = ends_;
  renewals_ = 0;
}

bool LivingToken::is_good() const {
  // The PBX counts from before it came here.
  const transport::Duration margin =
      std::chrono::duration_cast<transport::Duration>(lifetime_.value_or(oauth::kUsualLifetime)) /
      10;
  return line_.now() + margin < ends_;
}

void LivingToken::take(TokenReply reply) {
  oauth::Tokens newer = std::move(*reply.tokens);
  // The old one stays good where no new one comes.
  if (newer.refresh.empty()) newer.refresh = std::move(tokens_.refresh);
  tokens_ = std::move(newer);
  const auto life = std::chrono::duration_cast<transport::Duration>(
      reply.lifetime.value_or(oauth::kUsualLifetime));
  renew_at_ = line_.now() + life * 3 / 5;
  ends_ = line_.now() + life;
}

const crypto::Secret& LivingToken::current() {
  if (line_.now() >= renew_at_) renew();
  return tokens_.access;
}

bool LivingToken::renew() {
  if (!renewable_ || tokens_.refresh.empty()) return false;
  TokenReply reply = grants_.by_refresh(tokens_.refresh);
  form_ = reply.form;
  renewable_ = reply.tokens.has_value();
  if (!renewable_) return false;
  ++renewals_;
  take(std::move(reply));
  return true;
}

}  // namespace sfteams::probe

#include "oauth/search.h"

#include <utility>

#include <fmt/format.h>

#include "oauth/codes.h"
#include "transport/codes.h"

namespace sfteams::oauth {

using transport::HttpReply;
using transport::Url;

Issuer::Search::Search(const Setup& setup, std::function<void(Outcome)> done)
    : setup_(setup), done_(std::move(done)) {}

void Issuer::Search::start() {
  ask(at_pbx(kLoginConfigPath), &Search::on_login_config);
}

Url Issuer::Search::at_pbx(std::string_view path) const {
  Url url = setup_.hosts.pbx;
  url.path = path;
  return url;
}

void Issuer::Search::ask(const Url& url, Handler handler) {
  asked_ = url;
  transport::HttpCall call;
  call.method = "GET";
  call.url = crypto::Secret::from_text(url.to_string());
  call.ca_file = setup_.ca_file;
  call.timeout = kPatience;
  call.max_body = kMostDocument;
  call.read_redirect = true;
  pending_ = setup_.http.send(std::move(call), [this, handler](Result<HttpReply> reply) {
    // Kept to the end: the call may not go while its callback runs.
    const std::unique_ptr<transport::HttpPending> answered = std::move(pending_);
    if (reply) return (this->*handler)(*reply);
    if (reply.error().code != transport::codes::kReplyTooLarge) return end(fail(reply.error()));
    HttpReply large;
    large.status = 200;
    (this->*handler)(large);
  });
}

bool Issuer::Search::is_unwell(const HttpReply& reply) {
  return reply.status == 429 || reply.status >= 500;
}

void Issuer::Search::end_unwell(const HttpReply& reply) {
  end(fail(codes::kUnwell,
           fmt::format("the PBX cannot say who gives out tokens (HTTP {})", reply.status),
           "it is starting, or in trouble; try again in a moment"));
}

void Issuer::Search::on_login_config(const HttpReply& reply) {
  // An older PBX may fail at an address that it does not know, so that 500 and 501 mean that there
  // is nothing; of the others nobody knows whether the login is elsewhere.
  if (is_unwell(reply) && reply.status != 500 && reply.status != 501) return end_unwell(reply);
  const std::optional<LoginConfig> config =
      reply.status == 200 ? parse_login_config(reply.body) : std::nullopt;
  if (!config || config->discovery_url.empty())
    return ask(at_pbx(kDiscoveryPath), &Search::on_document);
  const Result<Url> url = transport::parse_url(config->discovery_url);
  if (!url) {
    return end(fail(codes::kBadDocument, "the PBX names no usable address of its login service",
                    "look at the PBX's settings for sign-ins"));
  }
  if (!setup_.hosts.allow(*url))
    return end(fail(setup_.hosts.refuse("the PBX's login service", *url)));
  if (!config->edge_node.empty()) resource_ = "edgenode://" + config->edge_node;
  ask(*url, &Search::on_document);
}

void Issuer::Search::on_document(const HttpReply& reply) {
  if (reply.status >= 300 && reply.status < 400) return follow(reply);
  if (reply.status == 200) return on_provider(parse_discovery(reply.body, setup_.hosts));
  if (is_unwell(reply)) return end_unwell(reply);
  end(fail(not_offered(setup_.hosts.pbx, fmt::format("HTTP {}", reply.status))));
}

void Issuer::Search::on_provider(Result<Provider> provider) {
  // The PBX may know itself by another name; a login service elsewhere is not asked at the PBX.
  if (provider && !provider->named_host.empty() && asked_.host != setup_.hosts.pbx.host) {
    Url named = asked_;
    named.host = provider->named_host;
    return end(fail(setup_.hosts.refuse("the login service's document", named)));
  }
  end(std::move(provider));
}

void Issuer::Search::follow(const HttpReply& reply) {
  const Result<Url> url = transport::parse_url(reply.redirect);
  if (!url) return end(fail(not_offered(setup_.hosts.pbx, "a redirect to nowhere")));
  if (!setup_.hosts.allow(*url))
    return end(fail(setup_.hosts.refuse("the search for OAuth", *url)));
  if (++redirects_ > kMostRedirects) {
    return end(fail(
        codes::kBadDocument,
        fmt::format("the search for OAuth at {} leads in a circle", setup_.hosts.pbx.authority()),
        "check [uci] url"));
  }
  ask(*url, &Search::on_document);
}

}  // namespace sfteams::oauth

#include "simulator/rest.h"

#include <optional>
#include <utility>

#include <fmt/format.h>
#include <json/value.h>

#include "base/json/json.h"
#include "base/text/ascii.h"
#include "base/text/percent.h"
#include "simulator/rest_avatar.h"
#include "simulator/rest_contacts.h"
#include "simulator/rest_people.h"
#include "simulator/rest_query.h"

namespace sfteams::simulator {
namespace {

/// More than an HttpClient takes.
constexpr std::size_t kHugeAnswer = 12UL * 1024 * 1024;
constexpr std::string_view kApiVersion = "2";
constexpr std::string_view kBearer = "bearer ";

// Of the codes, only the one of "Not logged in" is published.
constexpr std::string_view kNotLoggedIn = "d937bb0c-ab0f-464a-a02a-41840746a45a";
constexpr std::string_view kNoPermission = "5ca1ab1e-0000-4000-8000-000000000403";
constexpr std::string_view kNoResource = "5ca1ab1e-0000-4000-8000-000000000404";
constexpr std::string_view kBadMethod = "5ca1ab1e-0000-4000-8000-000000000405";
constexpr std::string_view kBadInput = "5ca1ab1e-0000-4000-8000-000000000400";

Reply rest_error(int status, std::string_view code, std::string_view message) {
  Json::Value body(Json::objectValue);
  body["code"] = std::string(code);
  body["message"] = std::string(message);
  return json_reply(status, json::write(body));
}

Reply json_answer(const Json::Value& value) {
  return json_reply(200, json::write(value));
}

Reply no_permission(const User& user, std::string_view what) {
  return rest_error(
      403, kNoPermission,
      fmt::format("User with id {} has no permission for {}", account_id(user), what));
}

/// Empty: it is another kind of authorization.
crypto::Secret bearer_token(std::string_view authorization) {
  const std::string scheme = text::lower_case(authorization.substr(0, kBearer.size()));
  if (scheme != kBearer) return {};
  return crypto::Secret::from_text(authorization.substr(kBearer.size()));
}

/// What clients can send: others are not repeated.
std::string_view shown_method(std::string_view method) {
  for (const std::string_view known : {"GET", "HEAD", "POST", "PUT", "DELETE"}) {
    if (method == known) return known;
  }
  return "?";
}

std::string wrong_types(const std::string& body) {
  return body.starts_with('[')
             ? R"([7,null,"a",[],{"id":{},"accountId":"a","lastname":7,"permission":[]}])"
             : R"({"contacts":{"0":7},"metadata":[],"summaryBlockSchema":"a","id":[],"login":7,)"
               R"("phoneNumbersBlockSchema":{"attributes":7},"blocks":7,"tags":{},"version":{}})";
}

}  // namespace

Rest::Rest(Parts parts)
    : parts_(parts),
      logins_({parts.directory, parts.options, parts.gate, parts.scheduler}),
      book_(parts.options.rest) {}

Reply Rest::answer(const RestRoute& route, const WebRequest& request) {
  parts_.journal.count("restRequests");
  Verdict verdict = decide(route, request);
  add_entry(route, request, verdict.outcome, verdict.user);
  distort(route, verdict.reply);
  return std::move(verdict.reply);
}

Rest::Verdict Rest::decide(const RestRoute& route, const WebRequest& request) {
  const RestOptions& rest = parts_.options.rest;
  if (rest.mode == RestMode::html) return {html_reply(200, "STARFACE"), "page", ""};
  if (rest.version_header == RestVersionHeader::required && request.api_version != kApiVersion) {
    return {rest_error(400, kBadInput, "X-Version must be 2"), "no X-Version", ""};
  }
  if (route.resource == RestResource::login) return login(request);
  if (request.method != "GET") {
    return {rest_error(405, kBadMethod, "Method not allowed"), "method not allowed", ""};
  }
  const Identity identity = identify(request);
  if (identity.user == nullptr) return turn_away(identity, request);
  const User& user = *identity.user;
  if (rest.failures_count) parts_.blacklist.succeeded(request.address, parts_.scheduler.now());
  Verdict verdict = rest.mode == RestMode::forbidden
                        ? Verdict{no_permission(user, "REST"), "no right", ""}
                        : read(route, request, user);
  verdict.user = user.login;
  return verdict;
}

Rest::Verdict Rest::login(const WebRequest& request) {
  if (parts_.options.rest.login == RestLoginKind::missing) {
    return {rest_error(404, kNoResource, "Not found"), "not found", ""};
  }
  if (request.method == "GET") return offer_nonce();
  if (request.method == "POST") return log_in(request);
  if (request.method == "DELETE") return log_out(request);
  return {rest_error(405, kBadMethod, "Method not allowed"), "method not allowed", ""};
}

Rest::Verdict Rest::offer_nonce() {
  const Result<std::string> nonce = logins_.make_nonce();
  if (!nonce) return {html_reply(500, "Internal error"), describe(nonce.error()), ""};
  Json::Value body(Json::objectValue);
  body["loginType"] = std::string(login_type(parts_.options));
  body["nonce"] = *nonce;
  body["secret"] = Json::Value();
  return {json_answer(body), "ok", ""};
}

Rest::Verdict Rest::log_in(const WebRequest& request) {
  using Kind = RestLogins::Outcome::Kind;
  Result<RestLogins::Outcome> outcome = logins_.log_in(request.body);
  if (!outcome) return {html_reply(500, "Internal error"), describe(outcome.error()), ""};
  const transport::TimePoint now = parts_.scheduler.now();
  const bool counts = parts_.options.rest.failures_count;
  if (outcome->kind != Kind::granted) {
    parts_.journal.count("restRefusals");
    if (counts && outcome->kind == Kind::refused) parts_.blacklist.failed(request.address, now);
    return {rest_error(400, kBadInput, "Invalid login"), fmt::format("refused: {}", outcome->why),
            outcome->claimed};
  }
  parts_.journal.count("restLogins");
  if (counts) parts_.blacklist.succeeded(request.address, now);
  Json::Value body(Json::objectValue);
  body["token"] = std::string(outcome->token.text());
  return {json_answer(body), "granted", outcome->user->login};
}

Rest::Verdict Rest::log_out(const WebRequest& request) {
  const RestLogins::Found found = logins_.find(request.auth_token);
  if (found.state != RestLogins::State::live) return turn_away(identify(request), request);
  logins_.log_out(request.auth_token);
  return {empty_reply(204), "ok", found.user->login};
}

Rest::Identity Rest::identify(const WebRequest& request) const {
  // A PBX without OAuth does not know the header.
  crypto::Secret bearer = parts_.options.oauth.mode == OauthMode::no
                              ? crypto::Secret()
                              : bearer_token(request.authorization);
  if (!bearer.empty()) {
    const OauthTokens::Found found = parts_.tokens.access(bearer);
    if (found.state == OauthTokens::State::live) return {found.user, "", found.user};
    return {nullptr, found.state == OauthTokens::State::dead ? "expired" : "wrong token",
            found.user};
  }
  if (request.auth_token.empty()) return {nullptr, "no token", nullptr};
  if (parts_.options.rest.login == RestLoginKind::missing) return {nullptr, "wrong token", nullptr};
  const RestLogins::Found found = logins_.find(request.auth_token);
  if (found.state == RestLogins::State::live) return {found.user, "", found.user};
  return {nullptr, found.state == RestLogins::State::dead ? "expired" : "wrong token", found.user};
}

Rest::Verdict Rest::turn_away(const Identity& identity, const WebRequest& request) {
  const std::string_view why = identity.why.empty() ? "no token" : identity.why;
  parts_.journal.count("restRefusals");
  // Who has been signed in and comes back late has guessed nothing.
  if (parts_.options.rest.failures_count && why == "wrong token") {
    parts_.blacklist.failed(request.address, parts_.scheduler.now());
  }
  return {rest_error(401, kNotLoggedIn, "Not logged in"), std::string(why),
          identity.owner == nullptr ? std::string() : identity.owner->login};
}

Rest::Verdict Rest::read(const RestRoute& route, const WebRequest& request, const User& user) {
  switch (route.resource) {
    case RestResource::me:
      return {json_answer(user_json(user)), "ok", ""};
    case RestResource::avatar:
      return read_avatar(route, user);
    case RestResource::contacts:
    case RestResource::tags:
    case RestResource::scheme:
    case RestResource::contact:
      return read_book(route, request, user);
    case RestResource::accounts:
      return {json_answer(accounts_json(parts_.directory)), "ok", ""};
    case RestResource::version: {
      if (!is_administrator()) return {no_permission(user, "server"), "no right", ""};
      Json::Value body(Json::objectValue);
      body["version"] = parts_.options.version;
      return {json_answer(body), "ok", ""};
    }
    case RestResource::permissions:
    case RestResource::user_permissions:
      return read_permissions(route, user);
    case RestResource::login:
    case RestResource::unknown:
      break;
  }
  return {rest_error(404, kNoResource, "Not found"), "not found", ""};
}

Rest::Verdict Rest::read_avatar(const RestRoute& route, const User& user) const {
  const RestOptions& rest = parts_.options.rest;
  if (rest.avatars == RestAvatars::forbidden)
    return {no_permission(user, "avatar"), "no right", ""};
  const User* const owner = user_by_account(parts_.directory, route.id);
  std::optional<Reply> picture;
  if (owner != nullptr) picture = avatar_of(*owner, rest);
  if (!picture) return {rest_error(404, kNoResource, "Not found"), "not found", ""};
  return {std::move(*picture), "ok", ""};
}

Rest::Verdict Rest::read_book(const RestRoute& route, const WebRequest& request, const User& user) {
  if (!user.may_read_contacts) return {no_permission(user, "addressbook"), "no right", ""};
  if (route.resource == RestResource::contacts) return read_list(request, user);
  if (route.resource == RestResource::tags) return {json_answer(contact_tags_json()), "ok", ""};
  if (route.resource == RestResource::scheme) {
    const std::string_view language = text::query_value(request.query, "lang");
    return {json_answer(contact_scheme_json(book_, language)), "ok", ""};
  }
  const Contact* const contact = book_.find(route.id);
  if (contact == nullptr) return {rest_error(404, kNoResource, "Not found"), "not found", ""};
  return {json_answer(contact_json(*contact)), "ok", ""};
}

Rest::Verdict Rest::read_list(const WebRequest& request, const User& user) {
  const ContactQuery query = read_contact_query(request.query);
  if (!query.problem.empty()) {
    return {rest_error(400, kBadInput, query.problem),
            fmt::format("bad request: {}", query.problem), ""};
  }
  const bool own = query.user_id.empty() || query.user_id == std::to_string(account_id(user));
  if (!own && !is_administrator()) return {no_permission(user, "addressbook"), "no right", ""};
  return {json_answer(contact_list_json(book_, query)), "ok", ""};
}

Rest::Verdict Rest::read_permissions(const RestRoute& route, const User& user) const {
  const bool of_user = route.resource == RestResource::user_permissions;
  const User* const owner = of_user ? user_by_account(parts_.directory, route.id) : nullptr;
  const bool own = owner == &user && parts_.options.rest.admin_resources == RestAdminResources::own;
  if (!own && !is_administrator()) return {no_permission(user, "permissions"), "no right", ""};
  if (!of_user) return {json_answer(permissions_json(parts_.directory)), "ok", ""};
  if (owner == nullptr) return {rest_error(404, kNoResource, "Not found"), "not found", ""};
  return {json_answer(permissions_json(parts_.directory, *owner)), "ok", ""};
}

bool Rest::is_administrator() const {
  return parts_.options.rest.admin_resources == RestAdminResources::yes;
}

/// Signing in stays as it is, so that something comes after it.
void Rest::distort(const RestRoute& route, Reply& reply) const {
  const RestOptions& rest = parts_.options.rest;
  if (rest.mode == RestMode::slow) reply.delay = rest.slow_time;
  if (route.resource == RestResource::login || reply.status != 200) return;
  if (rest.mode == RestMode::huge) reply.body.append(kHugeAnswer, ' ');
  if (rest.mode == RestMode::wrong_json && reply.content_type.starts_with("application/json")) {
    reply.body = wrong_types(reply.body);
  }
}

void Rest::note(const RestRoute& route, const WebRequest& request, std::string_view outcome) {
  if (outcome == "ignored") parts_.journal.count("ignored");
  add_entry(route, request, outcome, "");
}

void Rest::add_entry(const RestRoute& route, const WebRequest& request, std::string_view outcome,
                     std::string_view user) {
  JournalEntry entry;
  entry.kind = JournalEntry::Kind::rest;
  entry.address = request.address;
  entry.user = user;
  entry.method = fmt::format("{} {}", shown_method(request.method), route.shown_path());
  entry.outcome = outcome;
  parts_.journal.add(std::move(entry));
}

}  // namespace sfteams::simulator

#include "simulator/oauth.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <json/value.h>

#include "base/json/json.h"
#include "simulator/oauth_discovery.h"
#include "simulator/text.h"

namespace sfteams::simulator {
namespace {

constexpr std::size_t kMostClaimedUser = 64;
constexpr std::string_view kPassword = "password";
constexpr std::string_view kRefreshToken = "refresh_token";
constexpr std::string_view kRevoke = "revoke";

constexpr std::array kRoutes{
    OauthRoute{kWellKnownPath, "oauth/discovery", "GET", ""},
    OauthRoute{kDocumentPath, "oauth/discovery", "GET", ""},
    OauthRoute{kTokenPath, "oauth/token", "POST", "token"},
    OauthRoute{kRevokePath, "oauth/revoke", "POST", kRevoke},
    OauthRoute{kAuthorizePath, "oauth/authorize", "GET", ""},
    OauthRoute{kKeysPath, "oauth/keys", "GET", ""},
    OauthRoute{kLoginConfigPath, "oauth/login-config", "GET", ""},
};

/// What the journal calls it: not what a client made up, which might be a secret in a wrong place.
std::string_view known_grant(std::string_view grant_type) {
  for (const std::string_view known :
       {kPassword, kRefreshToken, std::string_view("authorization_code"),
        std::string_view("client_credentials")}) {
    if (grant_type == known) return known;
  }
  return "unknown";
}

Reply error_reply(int status, std::string_view error, std::string_view description) {
  Json::Value body(Json::objectValue);
  body["error"] = std::string(error);
  body["error_description"] = std::string(description);
  return json_reply(status, json::write(body));
}

}  // namespace

const OauthRoute* find_oauth_route(const Options& options, std::string_view path) {
  if (options.oauth.mode == OauthMode::no) return nullptr;
  const auto* const found = std::find_if(kRoutes.begin(), kRoutes.end(),
                                         [&](const OauthRoute& one) { return one.path == path; });
  return found == kRoutes.end() ? nullptr : &*found;
}

/// What becomes of a request for tokens.
struct Oauth::Verdict {
  enum class Kind {
    granted,
    malformed,  ///< nobody's password or token was looked at
    client,     ///< another client or secret, or a user without the right: one cannot tell which
    grant,      ///< another password, or a refresh token that is not good
    failed,     ///< the PBX cannot
  };
  Kind kind = Kind::granted;
  std::string_view error;   ///< RFC 6749 section 5.2, of malformed ones
  std::string description;  ///< for the client of a malformed one
  std::string why;          ///< for the journal
  std::string user;         ///< for the journal; as claimed, when refused
  std::optional<OauthTokens::Issued> issued;

  static Verdict malformed(std::string_view error, std::string description) {
    Verdict verdict;
    verdict.kind = Kind::malformed;
    verdict.error = error;
    verdict.why = fmt::format("{}: {}", error, description);
    verdict.description = std::move(description);
    return verdict;
  }
  static Verdict refuse(Kind kind, std::string_view why) {
    Verdict verdict;
    verdict.kind = kind;
    verdict.why = why;
    return verdict;
  }
};

Reply Oauth::answer(const OauthRoute& route, const WebRequest& request) {
  const auto here = transport::parse_url(
      fmt::format(fmt::runtime(request.secure ? "https://{}" : "http://{}"), request.host));
  if (!here) return html_reply(400, "Bad host");
  if (request.method != route.http_method) {
    return html_reply(405, fmt::format("Only {}", route.http_method));
  }
  if (route.path == kTokenPath) return answer_token(request, *here);
  if (route.path == kRevokePath) return answer_revocation(request);
  if (route.path == kLoginConfigPath) return answer_login_config(parts_.options, *here);
  // A browser would be asked to sign in; nobody can check a signature that is made of dice.
  if (route.path == kAuthorizePath) return redirect_reply("/login");
  if (route.path == kKeysPath) return json_reply(200, R"({"keys":[]})");
  return answer_discovery(parts_.options, *here, route.path);
}

Reply Oauth::answer_token(const WebRequest& request, const transport::Url& here) {
  const OauthForm form = read_oauth_form(request.content_type, request.authorization, request.body);
  Verdict verdict = judge(form, here);
  if (verdict.user.empty()) verdict.user = shortened(form.username, kMostClaimedUser);
  parts_.journal.count("tokenRequests");
  if (verdict.kind != Verdict::Kind::granted) parts_.journal.count("tokenRefusals");
  note(known_grant(form.grant_type), request.address, verdict);
  if (verdict.kind != Verdict::Kind::granted) return refused(verdict);
  return json_reply(200, granted(*verdict.issued));
}

/// RFC 7009 section 2.2: a token that nobody has is revoked, too.
Reply Oauth::answer_revocation(const WebRequest& request) {
  if (!parts_.options.oauth.revocation) return html_reply(404, "Not found");
  const OauthForm form = read_oauth_form(request.content_type, request.authorization, request.body);
  Verdict verdict;
  if (!form.problem.empty() || form.token.empty()) {
    verdict = Verdict::malformed("invalid_request",
                                 form.problem.empty() ? "there is no token" : form.problem);
  } else if (!is_client(form)) {
    verdict = Verdict::refuse(Verdict::Kind::client, "wrong client");
  } else if (const User* const user = parts_.tokens.revoke(form.token)) {
    verdict.user = user->login;
  }
  parts_.journal.count("tokenRevocations");
  note(kRevoke, request.address, verdict);
  return verdict.kind == Verdict::Kind::granted ? empty_reply(200) : refused(verdict);
}

Oauth::Verdict Oauth::judge(const OauthForm& form, const transport::Url& here) {
  if (!form.problem.empty()) return Verdict::malformed("invalid_request", form.problem);
  if (form.grant_type.empty()) {
    return Verdict::malformed("invalid_request", "there is no grant_type");
  }
  const bool external = parts_.options.oauth.mode == OauthMode::external;
  const bool is_password = form.grant_type == kPassword;
  if (known_grant(form.grant_type) == "unknown" || (is_password && external)) {
    return Verdict::malformed("unsupported_grant_type", "there is no such grant here");
  }
  if (!is_client(form)) return Verdict::refuse(Verdict::Kind::client, "wrong client");
  if (!is_password && form.grant_type != kRefreshToken) {
    return Verdict::malformed("unauthorized_client", "this client may not use that grant");
  }
  if (!is_scope(form.scope)) return Verdict::malformed("invalid_scope", "there is no such scope");
  return is_password ? password_grant(form, here) : refresh_grant(form, here);
}

Oauth::Verdict Oauth::password_grant(const OauthForm& form, const transport::Url& here) {
  if (form.username.empty() || form.password.empty()) {
    return Verdict::malformed("invalid_request", "username or password is missing");
  }
  const User* const user = parts_.directory.by_login(form.username);
  if (user == nullptr || !parts_.gate.is_password(*user, form.password)) {
    return Verdict::refuse(Verdict::Kind::grant, "wrong password");
  }
  if (!user->may_use_oauth) return Verdict::refuse(Verdict::Kind::client, "no right");
  Result<OauthTokens::Issued> issued = parts_.tokens.grant(*user, issuer_of(here));
  if (!issued) return Verdict::refuse(Verdict::Kind::failed, describe(issued.error()));
  Verdict verdict;
  verdict.user = user->login;
  verdict.issued = std::move(*issued);
  return verdict;
}

Oauth::Verdict Oauth::refresh_grant(const OauthForm& form, const transport::Url& here) {
  if (form.refresh_token.empty()) {
    return Verdict::malformed("invalid_request", "there is no refresh_token");
  }
  Result<OauthTokens::Refreshed> refreshed =
      parts_.tokens.refresh(form.refresh_token, issuer_of(here));
  if (!refreshed) return Verdict::refuse(Verdict::Kind::failed, describe(refreshed.error()));
  Verdict verdict;
  if (!refreshed->issued) verdict = Verdict::refuse(Verdict::Kind::grant, refreshed->why);
  if (refreshed->user != nullptr) verdict.user = refreshed->user->login;
  verdict.issued = std::move(refreshed->issued);
  return verdict;
}

bool Oauth::is_client(const OauthForm& form) const {
  const OauthOptions& oauth = parts_.options.oauth;
  const crypto::Secret secret = crypto::Secret::from_text(oauth.client_secret);
  if (form.client_id != oauth.client_id || !(form.client_secret == secret)) return false;
  if (secret.empty()) return true;
  return oauth.client_auth == ClientAuth::both ||
         (oauth.client_auth == ClientAuth::basic) == form.client_in_header;
}

/// All that the client may ask for, or nothing.
bool Oauth::is_scope(std::string_view scope) const {
  return scope.empty() || scope == parts_.options.oauth.scope;
}

std::string Oauth::granted(const OauthTokens::Issued& issued) const {
  const OauthOptions& oauth = parts_.options.oauth;
  Json::Value body(Json::objectValue);
  body["access_token"] = std::string(issued.access.text());
  body["token_type"] = "Bearer";
  body["scope"] = oauth.scope;
  const bool refresh = !issued.refresh.empty();
  if (refresh) body["refresh_token"] = std::string(issued.refresh.text());
  const auto say = [&](const char* name, std::int64_t seconds) {
    if (oauth.lifetime_as == LifetimeShape::number) body[name] = Json::Int64(seconds);
    if (oauth.lifetime_as == LifetimeShape::text) body[name] = std::to_string(seconds);
  };
  say("expires_in", oauth.lifetime);
  if (refresh) say("refresh_expires_in", oauth.refresh_lifetime);
  return json::write(body);
}

Reply Oauth::refused(const Verdict& verdict) const {
  if (verdict.kind == Verdict::Kind::malformed) {
    return error_reply(400, verdict.error, verdict.description);
  }
  if (verdict.kind == Verdict::Kind::failed) {
    return error_reply(500, "server_error", "the PBX cannot make tokens");
  }
  switch (parts_.options.oauth.refusal) {
    case TokenRefusal::invalid_grant:
      break;
    case TokenRefusal::unauthorized:
      return error_reply(401, "unauthorized", "the client or the user is not authorized");
    case TokenRefusal::plain_401: {
      Reply reply = html_reply(401, "Unauthorized");
      reply.content_type = "text/plain";
      reply.body = "Unauthorized";
      return reply;
    }
    case TokenRefusal::page:
      return html_reply(200, "Sign in");
    case TokenRefusal::http_500:
      return html_reply(500, "Internal error");
    case TokenRefusal::close: {
      Reply reply;
      reply.way = Reply::Way::close;
      return reply;
    }
  }
  if (verdict.kind == Verdict::Kind::client) {
    return error_reply(401, "invalid_client", "the client is not authorized");
  }
  return error_reply(400, "invalid_grant", "the password or the token is not valid");
}

void Oauth::note(const OauthRoute& route, const WebRequest& request, std::string_view outcome) {
  if (outcome == "ignored") parts_.journal.count("ignored");
  if (route.journal_method.empty()) return;
  JournalEntry entry;
  entry.kind = JournalEntry::Kind::token;
  entry.address = request.address;
  entry.method = route.journal_method;
  entry.outcome = outcome;
  parts_.journal.add(std::move(entry));
}

void Oauth::note(std::string_view method, std::string_view address, const Verdict& verdict) {
  const bool granted = verdict.kind == Verdict::Kind::granted;
  if (parts_.options.oauth.failures_count) {
    const transport::TimePoint now = parts_.scheduler.now();
    const bool wrong =
        verdict.kind == Verdict::Kind::client || verdict.kind == Verdict::Kind::grant;
    if (wrong) parts_.blacklist.failed(address, now);
    if (granted && verdict.issued) parts_.blacklist.succeeded(address, now);
  }
  JournalEntry entry;
  entry.kind = JournalEntry::Kind::token;
  entry.address = address;
  entry.user = verdict.user;
  entry.method = method;
  entry.outcome = granted ? "granted" : "refused: " + verdict.why;
  parts_.journal.add(std::move(entry));
}

}  // namespace sfteams::simulator

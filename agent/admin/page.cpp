#include "agent/admin/page.h"

#include <algorithm>
#include <utility>

#include "agent/admin/assets.h"
#include "agent/admin/codes.h"
#include "base/json/error_json.h"
#include "base/json/json.h"
#include "base/log/log.h"
#include "transport/url.h"

namespace sfteams::admin {
namespace {

using transport::HttpRequest;
using transport::HttpResponse;

constexpr std::string_view kApi = "/api/";
constexpr const char* kCookie = "starface-teams-admin";
constexpr const char* kCsrf = "x-csrf-token";
constexpr const char* kUnattended = "x-unattended";

constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

void harden(HttpResponse& response) {
  response.headers.emplace_back("content-security-policy", kPolicy);
  response.headers.emplace_back("x-content-type-options", "nosniff");
  response.headers.emplace_back("referrer-policy", "no-referrer");
  response.headers.emplace_back("cross-origin-opener-policy", "same-origin");
  response.headers.emplace_back("cross-origin-resource-policy", "same-origin");
  response.headers.emplace_back("cache-control", "no-store");
}

HttpResponse json_response(int status, const Json::Value& value) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = json::write(value) + "\n";
  harden(response);
  return response;
}

int status_of(const Code& code) {
  if (code == codes::kSignedOut || code == codes::kBadLink) return 401;
  if (code == codes::kForeignRequest) return 403;
  if (code == codes::kBadRequest) return 400;
  return 200;  // the request was well; what it asked for was not to be had
}

HttpResponse error_response(const Error& error) {
  Json::Value value(Json::objectValue);
  value["error"] = json::error_json(error);
  return json_response(status_of(error.code), value);
}

HttpResponse result_response(const Json::Value& result) {
  Json::Value value(Json::objectValue);
  value["result"] = result;
  return json_response(200, value);
}

HttpResponse plain(int status, const char* text) {
  HttpResponse response;
  response.status = status;
  response.body = text;
  harden(response);
  return response;
}

HttpResponse asset_response(const HttpRequest& request) {
  for (const Asset& asset : assets()) {
    if (asset.path != request.path) continue;
    HttpResponse response;
    response.content_type = std::string(asset.content_type);
    response.body = std::string(asset.content);
    harden(response);
    return response;
  }
  return plain(404, "there is nothing here\n");
}

Error foreign(const char* what) {
  return {codes::kForeignRequest, what,
          "open the page by http://127.0.0.1 or http://localhost, and use only its own buttons"};
}

}  // namespace

std::vector<std::string> Page::wanted_headers() {
  return {"cookie", "origin", kCsrf, kUnattended};
}

std::string Page::cookie_name() const {
  return setup_.instance.empty() ? kCookie : kCookie + ("-" + setup_.instance);
}

std::string_view Page::cookie_of(std::string_view header) const {
  const std::string name = cookie_name();
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(';'), header.size());
    std::string_view pair = header.substr(0, end);
    pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('='))
      return pair.substr(name.size() + 1);
    header.remove_prefix(std::min(end + 1, header.size()));
  }
  return {};
}

std::string Page::set_cookie(const std::string& value, const char* more) const {
  return cookie_name() + "=" + value + "; Path=/; HttpOnly; SameSite=Strict" + more;
}

void Page::handle(const HttpRequest& request, const Respond& respond) {
  // The port may differ where it was forwarded.
  if (!transport::is_loopback_authority(request.host)) {
    return respond(plain(403, "this page is reached by 127.0.0.1 or localhost only\n"));
  }
  if (request.path.starts_with(kApi)) return handle_api(request, respond);
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse response = plain(405, "only GET and HEAD\n");
    response.headers.emplace_back("allow", "GET, HEAD");
    return respond(std::move(response));
  }
  respond(asset_response(request));
}

void Page::handle_api(const HttpRequest& request, const Respond& respond) {
  if (request.method != "POST") {
    HttpResponse response = plain(405, "only POST\n");
    response.headers.emplace_back("allow", "POST");
    return respond(std::move(response));
  }
  if (request.header("origin") != "http://" + request.host)
    return respond(error_response(foreign("the request does not come from this page")));
  if (!request.content_type.starts_with("application/json"))
    return respond(error_response({codes::kBadRequest, "the request is no application/json", {}}));
  const Result<Json::Value> body = json::parse(request.body);
  if (!body || !body->isObject())
    return respond(error_response({codes::kBadRequest, "the request is no JSON object", {}}));
  const std::string_view command = std::string_view(request.path).substr(kApi.size());
  if (command == "sign-in") return sign_in(*body, respond);
  const std::string_view cookie = cookie_of(request.header("cookie"));
  const SignIn::By by =
      request.header(kUnattended).empty() ? SignIn::By::person : SignIn::By::script;
  if (!sign_in_.admits(cookie, request.header(kCsrf), setup_.now(), by)) {
    return respond(error_response({codes::kSignedOut, "you are not signed in (any more)",
                                   "have a link made: starface-teams-agent admin-link"}));
  }
  if (command == "sign-out") {
    sign_in_.sign_out(cookie);
    log::info("admin", "somebody has signed out of the administration page");
    HttpResponse response = result_response(Json::Value(Json::objectValue));
    response.headers.emplace_back("set-cookie", set_cookie("", "; Max-Age=0"));
    return respond(std::move(response));
  }
  if (!setup_.commands.contains(command))
    return respond(error_response({codes::kBadRequest, "there is no such command", {}}));
  Json::Value asked = *body;
  asked["command"] = std::string(command);
  setup_.carry_out(asked, [respond](const Result<Json::Value>& result) {
    respond(result ? result_response(*result) : error_response(result.error()));
  });
}

void Page::sign_in(const Json::Value& body, const Respond& respond) {
  const auto token = json::string_member(body, "token");
  const Result<SignIn::Session> session = sign_in_.redeem(token.value_or(""), setup_.now());
  if (!session) {
    log::warn("admin", "a link to the administration page was refused: {}",
              describe(session.error()));
    return respond(error_response(session.error()));
  }
  log::info("admin", "somebody has signed in to the administration page by a link");
  Json::Value result(Json::objectValue);
  result["csrf"] = session->csrf;
  HttpResponse response = result_response(result);
  response.headers.emplace_back("set-cookie", set_cookie(session->cookie, ""));
  respond(std::move(response));
}

}  // namespace sfteams::admin

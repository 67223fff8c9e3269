#include "tests/simulator/oauth_client.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "base/json/json.h"
#include "base/text/percent.h"

namespace sfteams::simulator::test {

Reply OauthClient::get(std::string_view path, std::string_view host, bool secure) {
  WebRequest request;
  request.method = "GET";
  request.path = path;
  request.host = host;
  request.address = address;
  request.secure = secure;
  std::optional<Reply> reply = house_.pbx.handle_web(request);
  return reply ? std::move(*reply) : html_reply(404, "Not found");
}

Json::Value OauthClient::get_json(std::string_view path, int status) {
  return json_of(get(path), status);
}

Reply OauthClient::post(std::string_view path, std::string_view form) {
  WebRequest request;
  request.method = "POST";
  request.path = path;
  request.content_type = "application/x-www-form-urlencoded";
  request.authorization = authorization;
  request.host = "127.0.0.1:8080";
  request.body = form;
  request.address = address;
  std::optional<Reply> reply = house_.pbx.handle_web(request);
  return reply ? std::move(*reply) : html_reply(404, "Not found");
}

std::string OauthClient::itself() const {
  if (!authorization.empty()) return {};
  std::string form = "&client_id=" + text::percent_encode(client_id);
  if (!client_secret.empty()) form += "&client_secret=" + text::percent_encode(client_secret);
  return form;
}

Reply OauthClient::password(std::string_view user, std::string_view password) {
  return post(kTokenEndpoint,
              fmt::format("grant_type=password&username={}&password={}&scope=login{}",
                          text::percent_encode(user), text::percent_encode(password), itself()));
}

Reply OauthClient::refresh(std::string_view token) {
  return post(kTokenEndpoint, fmt::format("grant_type=refresh_token&refresh_token={}{}",
                                          text::percent_encode(token), itself()));
}

Reply OauthClient::revoke(std::string_view token) {
  return post(kRevocationEndpoint, fmt::format("token={}&token_type_hint=refresh_token{}",
                                               text::percent_encode(token), itself()));
}

Tokens OauthClient::sign_in(std::string_view user) {
  return tokens_of(password(user));
}

Tokens OauthClient::renew(std::string_view refresh_token) {
  return tokens_of(refresh(refresh_token));
}

Json::Value json_of(const Reply& reply, int status) {
  CAPTURE(reply.body);
  REQUIRE(reply.way == Reply::Way::answer);
  REQUIRE(reply.status == status);
  REQUIRE(reply.content_type.starts_with("application/json"));
  const auto json = json::parse(reply.body);
  REQUIRE(json);
  return *json;
}

Tokens tokens_of(const Reply& reply) {
  const Json::Value json = json_of(reply);
  return {json["access_token"].asString(), json["refresh_token"].asString()};
}

std::string refusal_of(const Reply& reply) {
  const Json::Value json = json_of(reply, reply.status);
  CHECK_FALSE(json["error_description"].asString().empty());
  return fmt::format("{} {}", reply.status, json["error"].asString());
}

std::vector<std::string> token_entries(House& house) {
  std::vector<std::string> found;
  const Json::Value journal = house.control("GET", "/control/journal");
  for (const Json::Value& entry : journal["entries"]) {
    if (entry["kind"] != "token") continue;
    found.push_back(entry["method"].asString() + " " + entry["outcome"].asString());
  }
  return found;
}

Client& with_jwt(Client& client, const std::string& access) {
  const std::size_t end = client.query.find('&');
  const std::string rest = end == std::string::npos ? std::string() : client.query.substr(end);
  client.query = "de.vertico.starface.jwt=" + access + rest;
  return client;
}

}  // namespace sfteams::simulator::test

#include "tests/simulator/rest_client.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "base/crypto/hash.h"
#include "base/json/json.h"
#include "base/text/encoding.h"
#include "tests/simulator/oauth_client.h"

namespace sfteams::simulator::test {

Reply RestClient::send(std::string_view method, std::string_view path, std::string_view body) {
  const std::size_t question = path.find('?');
  WebRequest request;
  request.method = method;
  request.path = path.substr(0, question);
  if (question != std::string_view::npos) request.query = path.substr(question + 1);
  request.content_type = "application/json";
  request.authorization = authorization;
  request.host = "127.0.0.1:8080";
  request.body = body;
  request.address = address;
  request.auth_token = token;
  request.api_version = version;
  std::optional<Reply> reply = house_.pbx.handle_web(request);
  return reply ? std::move(*reply) : html_reply(404, "Not found");
}

Json::Value RestClient::get_json(std::string_view path, int status) {
  return json_of(get(path), status);
}

std::string RestClient::nonce() {
  return get_json("/rest/login")["nonce"].asString();
}

Reply RestClient::post_secret(const std::string& nonce, const std::string& secret) {
  Json::Value body(Json::objectValue);
  body["loginType"] = "Internal";
  body["nonce"] = nonce;
  body["secret"] = secret;
  return send("POST", "/rest/login", json::write(body));
}

std::string RestClient::secret(std::string_view user, std::string_view nonce,
                               std::string_view password) {
  const std::string inner = text::to_hex(crypto::sha512({crypto::bytes_of(password)}));
  const auto hash =
      crypto::sha512({crypto::bytes_of(user), crypto::bytes_of(nonce), crypto::bytes_of(inner)});
  return fmt::format("{}:{}", user, text::to_hex(hash));
}

Reply RestClient::log_in(std::string_view user, std::string_view password) {
  const std::string fresh = nonce();
  return post_secret(fresh, secret(user, fresh, password));
}

RestClient& RestClient::sign_in(std::string_view user) {
  token = json_of(log_in(user))["token"].asString();
  REQUIRE_FALSE(token.empty());
  return *this;
}

std::string rest_message(const Reply& reply, int status) {
  const Json::Value json = json_of(reply, status);
  CHECK_FALSE(json["code"].asString().empty());
  return json["message"].asString();
}

std::vector<std::string> rest_entries(House& house) {
  std::vector<std::string> found;
  const Json::Value journal = house.control("GET", "/control/journal");
  for (const Json::Value& entry : journal["entries"]) {
    if (entry["kind"] != "rest") continue;
    std::string line = entry["method"].asString() + ": " + entry["outcome"].asString();
    if (entry.isMember("user")) line += " " + entry["user"].asString();
    found.push_back(line);
  }
  return found;
}

}  // namespace sfteams::simulator::test

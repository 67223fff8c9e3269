#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <json/value.h>

#include "tests/simulator/house.h"

namespace sfteams::simulator::test {

/// What a program does that uses REST.
class RestClient {
 public:
  explicit RestClient(House& house) : house_(house) {}

  Reply send(std::string_view method, std::string_view path, std::string_view body = {});
  /// `path` may have a query.
  Reply get(std::string_view path) { return send("GET", path); }
  /// Fails the test when it is no JSON with that status.
  Json::Value get_json(std::string_view path, int status = 200);

  /// The nonce that the PBX offers.
  std::string nonce();
  /// Posts a secret for that nonce.
  Reply post_secret(const std::string& nonce, const std::string& secret);
  /// The secret that proves a password, by its hash.
  static std::string secret(std::string_view user, std::string_view nonce,
                            std::string_view password = "Geheim");
  Reply log_in(std::string_view user, std::string_view password = "Geheim");
  /// From now on with the token of a login; fails the test when it is refused.
  RestClient& sign_in(std::string_view user);

  std::string token;  ///< the header authToken
  std::string authorization;
  std::string version = "2";  ///< the header X-Version
  std::string address = std::string(kAddress);

 private:
  House& house_;
};

/// The message of an error; fails the test unless it has that status and a code.
std::string rest_message(const Reply& reply, int status);
/// "GET /rest/users/me: ok 0011", of what the journal holds of REST.
std::vector<std::string> rest_entries(House& house);

}  // namespace sfteams::simulator::test

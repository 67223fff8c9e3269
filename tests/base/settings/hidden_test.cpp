#include <catch2/catch.hpp>

#include "base/settings/codes.h"
#include "base/settings/ini.h"

namespace sfteams::settings {
namespace {

std::vector<Error> warnings(const std::string& origin, const std::string& text) {
  const auto ini = Ini::parse(text, origin);
  REQUIRE(ini);
  return warnings_about_hidden_files(*ini);
}

TEST_CASE("a file that a service does not see where it is is told of, with its line") {
  const auto told = warnings("/etc/starface-teams-agent/agent.ini",
                             "[system]\nname = pbx.example.com\n[connector]\n"
                             "url = wss://connector.example.com\nca-file = /home/otto/ca.pem\n");
  REQUIRE(told.size() == 1);
  CHECK(told.front().code == codes::kHiddenFile);
  CHECK(told.front().message.starts_with(
      "/etc/starface-teams-agent/agent.ini:5: [connector] ca-file"));
  CHECK(told.front().hint == "put the file into /etc/starface-teams-agent");
}

TEST_CASE("files that are seen, and values that are none, are not told of") {
  CHECK(warnings("/etc/starface-teams-connector/connector.ini",
                 "[listen]\naddress = [::]:443\ncertificate-file = fullchain.pem\n"
                 "key-file = /etc/ssl/private/key.pem\ntrusted-proxies =\n")
            .empty());
}

TEST_CASE("paths that lead out of the configuration's directory are followed") {
  CHECK(warnings("/etc/starface-teams-connector/connector.ini",
                 "[listen]\nkey-file = ../../root/key.pem\n")
            .size() == 1);
}

TEST_CASE("a configuration that no service has is judged by nobody") {
  CHECK(warnings("/home/otto/agent.ini", "[connector]\nca-file = /home/otto/ca.pem\n").empty());
}

}  // namespace
}  // namespace sfteams::settings

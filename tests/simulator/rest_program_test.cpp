// REST of the program itself, over real sockets on loopback.

#include <filesystem>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "base/json/json.h"
#include "tests/integration/child_process.h"
#include "tests/integration/http.h"
#include "tests/simulator/rest_client.h"

namespace sfteams::simulator::test {
namespace {

const std::filesystem::path kSimulator = SFTEAMS_BIN_DIR "/starface-uci-simulator";
constexpr const char* kUsersFile = SFTEAMS_SOURCE_DIR "/simulator/sample-users.ini";

TEST_CASE("a client of REST signs in, reads the address book and signs out over HTTP") {
  const integration::ScratchDirectory scratch;
  const std::filesystem::path port_file = scratch.path() / "ports.json";
  const integration::ChildProcess program(
      kSimulator, {{"--users", kUsersFile, "--port-file", port_file.string(), "--set", "preset=8",
                    "--set", "rest-admin-resources=yes"},
                   scratch.path() / "program",
                   "",
                   {}});
  REQUIRE(integration::eventually([&] { return std::filesystem::exists(port_file); }));
  const auto ports = json::parse(integration::read_file(port_file));
  REQUIRE(ports);
  const std::string rest = fmt::format("http://127.0.0.1:{}/rest/", (*ports)["http"].asInt());
  std::vector<std::string> headers{"X-Version: 2", "Content-Type: application/json"};
  const auto ask = [&](const std::string& path, const std::string& body = "") {
    return integration::http(rest + path, body, "", headers);
  };

  CHECK(integration::http(rest + "login").status == 400);  // without the header
  CHECK(ask("contacts").status == 401);
  Json::Value login = *json::parse(ask("login").body);
  login["secret"] = RestClient::secret("0011", login["nonce"].asString(), "Geheim.0011");
  const auto granted = ask("login", json::write(login));
  REQUIRE(granted.status == 200);
  headers.push_back("authToken: " + (*json::parse(granted.body))["token"].asString());

  const auto list = json::parse(ask("contacts?searchTerms=M%C3%BCller&pagesize=5").body);
  REQUIRE(list);
  CHECK((*list)["contacts"].size() == 3);
  const auto picture = ask("users/1001/avatar");
  CHECK(picture.status == 200);
  CHECK(picture.body.size() > 60);
  CHECK(picture.body.find("IEND") != std::string::npos);
  // One of the sample's users may not use the integration.
  CHECK(ask("permissions/users/1001").body.find("Microsoft Teams") != std::string::npos);
  CHECK(ask("permissions/users/1004").body.find("Microsoft Teams") == std::string::npos);

  CHECK(integration::http(rest + "login", "", "", headers, "DELETE").status == 204);
  CHECK(ask("users/me").status == 401);
}

}  // namespace
}  // namespace sfteams::simulator::test

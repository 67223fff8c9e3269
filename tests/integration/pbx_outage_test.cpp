#include <catch2/catch.hpp>

#include "json/json.h"
#include "tests/integration/http.h"
#include "tests/integration/installation.h"
#include "tests/transport/raw_server.h"

// What is told of a PBX whose web server answers, and of one that nobody is to ask.

namespace sfteams::integration {
namespace {

void change_ini(Installation& installation, const std::string& from, const std::string& to) {
  const std::filesystem::path file = installation.file("agent") / "agent.ini";
  std::string text = read_file(file);
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  write_file(file, text.replace(at, from.size(), to));
  REQUIRE(installation.agent_command({"reload"}).status == 0);
}

/// Where the agent tells monitoring, which its log names.
std::string place_of(Installation& installation) {
  const std::string mark = "/metrics are at ";
  const std::string log = installation.agent().err();
  const std::size_t at = log.rfind(mark);
  REQUIRE(at != std::string::npos);
  const std::size_t begin = at + mark.size();
  return log.substr(begin, log.find('\n', begin) - begin);
}

Installation::Options watched() {
  Installation::Options options;
  options.agent_settings = "[watch]\nlisten = 127.0.0.1:0\n";
  return options;
}

TEST_CASE("a PBX that answers nothing but failures is called well by nobody") {
  Installation installation(watched());
  installation.start();
  const std::string place = place_of(installation);
  CHECK(eventually([&] { return http(place + "/readyz").status == 200; }));
  const transport::RawServer failing([](transport::RawConnection& connection) {
    while (!connection.read_request().empty()) {
      if (!connection.send(transport::http_reply(503, "text/html", "<h1>starting</h1>"))) return;
    }
  });
  const std::string ini = read_file(installation.file("agent") / "agent.ini");
  const std::size_t url = ini.find("url = http://127.0.0.1:");
  change_ini(installation, ini.substr(url, ini.find('\n', url) - url),
             "url = http://127.0.0.1:" + std::to_string(failing.port()));

  CHECK(eventually([&] { return contains(http(place + "/readyz").body, "\"uci.pbx-error\""); }));
  CHECK(http(place + "/readyz").status == 503);
  CHECK(contains(http(place + "/metrics").body, "\nstarface_teams_agent_uci_up 0\n"));
  const Finished status = installation.agent_command({"status"});
  INFO(status.out);
  CHECK(status.status == 2);
  CHECK(contains(status.out, "not reachable"));
  CHECK(contains(status.out, "[uci.pbx-error]"));
  const Finished check = installation.agent_command({"check"});
  INFO(check.out);
  CHECK(check.status == 2);
  CHECK(contains(check.out, "(HTTP 503)"));
}

TEST_CASE("an agent whose UCI is switched off is not ready, and says that it is switched off") {
  Installation installation(watched());
  installation.start();
  const std::string place = place_of(installation);
  CHECK(eventually([&] { return http(place + "/readyz").status == 200; }));
  change_ini(installation, "[uci]\n", "[uci]\nenabled = no\n");
  const HttpAnswer answer = http(place + "/readyz");
  CHECK(answer.status == 503);
  CHECK(contains(answer.body, "\"uci.disabled\""));
  CHECK(contains(http(place + "/metrics").body, "\nstarface_teams_agent_uci_up 0\n"));
  change_ini(installation, "enabled = no", "enabled = yes");
  CHECK(eventually([&] { return http(place + "/readyz").status == 200; }));
}

}  // namespace
}  // namespace sfteams::integration

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "tests/integration/http.h"
#include "tests/integration/installation.h"
#include "tests/transport/raw_server.h"

// What is told of a PBX whose web server answers, and of one that nobody is to ask.

namespace sfteams::integration {
namespace {

Installation::Options watched() {
  Installation::Options options;
  options.agent_settings = "[watch]\nlisten = 127.0.0.1:0\n";
  return options;
}

TEST_CASE("a PBX that answers nothing but failures is called well by nobody") {
  Installation installation(watched());
  installation.start();
  const std::string place = watch_place(installation.agent());
  CHECK(eventually([&] { return http(place + "/readyz").status == 200; }));
  const transport::RawServer failing([](transport::RawConnection& connection) {
    while (!connection.read_request().empty()) {
      if (!connection.send(transport::http_reply(503, "text/html", "<h1>starting</h1>"))) return;
    }
  });
  const std::string ini = read_file(installation.file("agent") / "agent.ini");
  const std::size_t url = ini.find("url = http://127.0.0.1:");
  installation.change_agent_ini(ini.substr(url, ini.find('\n', url) - url),
                                "url = http://127.0.0.1:" + std::to_string(failing.port()));
  REQUIRE(installation.agent_command({"reload"}).status == 0);

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

/// An installation in front of whose PBX something else answers.
Installation::Options behind_front_end(const std::string& front_end) {
  Installation::Options options = watched();
  options.simulator_switches = {"front-end=" + front_end};
  return options;
}

TEST_CASE("what is no PBX is called by its name, and a password is called wrong by nobody") {
  struct Case {
    std::string front_end;
    std::string code;
    std::string hint;
  };
  const Case one = GENERATE(
      Case{"https-redirect", "uci.redirected-to-https", "url = https://127.0.0.1 in [uci]"},
      Case{"other-redirect", "uci.redirected-elsewhere", "url = https://pbx.example.com in [uci]"},
      Case{"http-404", "uci.no-uci-at-url", "PBX's own address"});
  CAPTURE(one.front_end);
  Installation installation(behind_front_end(one.front_end));
  installation.start();
  const std::string place = watch_place(installation.agent());
  CHECK(eventually([&] { return contains(http(place + "/readyz").body, one.code); }));
  CHECK(http(place + "/readyz").status == 503);
  CHECK(contains(http(place + "/metrics").body, "\nstarface_teams_agent_uci_up 0\n"));
  CHECK(
      contains(http(place + "/metrics").body, "problem{part=\"uci\",code=\"" + one.code + "\"} 1"));
  const Finished status = installation.agent_command({"status"});
  INFO(status.out);
  CHECK(status.status == 2);
  CHECK(contains(status.out, "[" + one.code + "]"));
  CHECK(contains(status.out, one.hint));
  const Finished check = installation.agent_command({"check"});
  INFO(check.out);
  CHECK(check.status == 2);
  CHECK(contains(check.out, "FAIL  uci           [" + one.code + "]"));
  const Finished login = installation.client(Installation::kAnna, {"login"});
  INFO(login.err);
  CHECK(login.status != 0);
  CHECK(contains(login.err, "[" + one.code + "]"));
  CHECK_FALSE(contains(login.err, "check user"));
  CHECK(contains(installation.agent().err(), "no UCI: [" + one.code + "]"));
}

TEST_CASE("whether a web page is a PBX's login is in doubt until somebody signs in") {
  Installation::Options options = watched();
  options.simulator_switches = {"no-token=" + std::string(GENERATE("page", "redirect"))};
  Installation installation(options);
  installation.start();
  const std::string place = watch_place(installation.agent());
  CHECK(eventually([&] { return contains(http(place + "/readyz").body, "\"uci.web-page\""); }));
  CHECK(http(place + "/readyz").status == 200);
  CHECK(contains(http(place + "/metrics").body, "problem{part=\"uci\",code=\"uci.web-page\"} 1"));
  const Finished doubtful = installation.agent_command({"status"});
  INFO(doubtful.out);
  CHECK(doubtful.status == 1);
  CHECK(contains(doubtful.out, "; warning: [uci.web-page]"));
  CHECK(contains(installation.agent_command({"check"}).out, "WARN  uci           [uci.web-page]"));
  REQUIRE(installation.client(Installation::kAnna, {"login"}).status == 0);
  const Finished sure = installation.agent_command({"status"});
  INFO(sure.out);
  CHECK(sure.status == 0);
  CHECK(contains(installation.agent_command({"check"}).out, "OK    uci "));
  CHECK(eventually([&] { return !contains(http(place + "/readyz").body, "uci.web-page"); },
                   std::chrono::seconds(30)));
}

TEST_CASE("a PBX that counts requests without a token does not shut the agent out") {
  Installation::Options options;
  options.simulator_switches = {"no-token-counts=yes", "blacklist-after=5",
                                "success-whitelists=no"};
  Installation installation(options);
  installation.start();
  for (int i = 0; i < 20; ++i)
    CHECK(installation.agent_command({"status"}).status == 0);
  CHECK(installation.client(Installation::kAnna, {"login"}).status == 0);
  // One of the probe, and one to learn what a PBX answers that serves users.
  CHECK(installation.journal_count("request", "", "no token") <= 2);
}

TEST_CASE("an agent whose UCI is switched off is not ready, and says that it is switched off") {
  Installation installation(watched());
  installation.start();
  const std::string place = watch_place(installation.agent());
  CHECK(eventually([&] { return http(place + "/readyz").status == 200; }));
  installation.change_agent_ini("[uci]\n", "[uci]\nenabled = no\n");
  REQUIRE(installation.agent_command({"reload"}).status == 0);
  const HttpAnswer answer = http(place + "/readyz");
  CHECK(answer.status == 503);
  CHECK(contains(answer.body, "\"uci.disabled\""));
  CHECK(contains(http(place + "/metrics").body, "\nstarface_teams_agent_uci_up 0\n"));
  installation.change_agent_ini("enabled = no", "enabled = yes");
  REQUIRE(installation.agent_command({"reload"}).status == 0);
  CHECK(eventually([&] { return http(place + "/readyz").status == 200; }));
}

}  // namespace
}  // namespace sfteams::integration

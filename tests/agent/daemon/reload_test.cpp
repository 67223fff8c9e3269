#include "agent/daemon/reload.h"

#include <map>
#include <regex>
#include <sstream>

#include <catch2/catch.hpp>

#include "tests/agent/configuration/configured.h"
#include "tests/integration/child_process.h"

// What of a changed configuration is told, and what it touches.

namespace sfteams::agent {
namespace {

TEST_CASE("a changed configuration touches what has changed, and nothing else") {
  const Configuration before = good(kLeast);
  const auto changes = [&](const std::string& text) {
    return describe(changes_between(before, good(text)));
  };
  const auto only = [&](const std::string& text, const char* words) {
    const std::vector<std::string> sentences = changes(text);
    CAPTURE(sentences);
    return sentences.size() == 1 && sentences[0].find(words) != std::string::npos;
  };
  CHECK(only(kLeast, "nothing has changed"));
  CHECK(only(kLeast + "ping-interval = 3\n", "the tunnel stays"));
  CHECK(only(kLeast + "proxy = http://127.0.0.1:3128\n", "the tunnel is made anew"));
  CHECK(only(kLeast + "[uci]\nurl = http://127.0.0.1:8080\n", "connections to the PBX"));
  CHECK(only(kLeast + "[uci]\nallow = ucp.v30.requests.call.*\n", "calls are allowed"));
  CHECK(only(kLeast + "[limits]\nsessions = 7\n", "limits"));
  CHECK(only(kLeast + "[license]\nadministrators = 1001\n", "licence rules"));
  CHECK(only(kLeast + "[log]\nlevel = trace\n", "another level"));
  CHECK(only(kLeast + "[log]\nformat = json\n", "at the next restart"));
  CHECK(only(kLeast + "[watch]\nlisten = 127.0.0.1:9781\n", "monitoring"));
  std::string renamed = kLeast;
  renamed.replace(renamed.find("pbx.example.com"), 15, "xbp.example.com");
  const std::vector<std::string> told = changes(renamed);
  REQUIRE(told.size() == 3);
  CHECK(contains(told[1], "every user needs a new key file"));
}

TEST_CASE("other files of the callback's certificate make the connections to the PBX anew") {
  const Configuration before = good(kLeast);
  const Configuration after =
      good(kLeast + "[uci]\ncallback-certificate = /a.pem\ncallback-key = /a.key\n");
  CHECK(changes_between(before, after).uci);
}

TEST_CASE("a change of any key that the shipped file describes is told") {
  // Another value for each; a key that is new there has to be added here.
  const std::map<std::string, std::string> others{
      {"system.name", "xbp.example.com"},
      {"connector.url", "wss://other.example.com"},
      {"connector.ca-file", "/etc/ssl/other.pem"},
      {"connector.proxy", "http://127.0.0.1:3128"},
      {"connector.dial-timeout", "11"},
      {"connector.ping-interval", "16"},
      {"connector.ping-timeout", "6"},
      {"connector.reconnect-max", "6"},
      {"uci.enabled", "no"},
      {"uci.url", "http://127.0.0.1:8080"},
      {"uci.ca-file", "/etc/ssl/other.pem"},
      {"uci.auth", "md5"},
      {"uci.client-id", "another"},
      {"uci.client-secret-file", "/etc/starface-teams-agent/secret"},
      {"uci.scope", "pbx-login"},
      {"uci.oauth-hosts", "login.example.com"},
      {"uci.version", "v22"},
      {"uci.callback-listen", "127.0.0.1:9999"},
      {"uci.callback-host", "agent.example.com"},
      {"uci.callback-from", "192.0.2.7"},
      {"uci.allow", "ucp.v30.requests.*"},
      {"uci.events", "call, conference"},
      {"uci.keepalive", "31"},
      {"uci.timeout", "31"},
      {"uci.logout-delay", "11"},
      {"uci.connections", "65"},
      {"uci.failed-logins", "9"},
      {"uci.failed-logins-per-user", "4"},
      {"uci.failed-logins-window", "601"},
      {"rest.enabled", "no"},
      {"limits.sessions", "2001"},
      {"limits.calls-per-session", "65"},
      {"limits.login-timeout", "61"},
      {"limits.resume-window", "61"},
      {"limits.resume-kept", "4097"},
      {"limits.resume-kept-in-all", "65537"},
      {"limits.held-per-user", "16385"},
      {"limits.held-in-all", "262145"},
      {"limits.read-timeout", "31"},
      {"limits.ticket-lifetime", "7"},
      {"license.named", "1001"},
      {"license.pbx-rights", "MSTEAMS\nnamed = pbx"},  // otherwise nothing asks for them
      {"license.issuers", "k4.public.XAGdXxRhKlTWnWj5JL3xN5mzGUB3zEqC93nXkUoLg54"},
      {"license.administrators", "1001"},
      {"check.hosts", "login.microsoftonline.com"},
      {"admin.listen", "127.0.0.1:9780"},
      {"log.level", "debug"},
      {"log.format", "json"},
      {"watch.listen", "127.0.0.1:9781"},
  };
  const Configuration before = good(kLeast);
  const std::string shipped =
      integration::read_file(std::filesystem::path(SFTEAMS_SOURCE_DIR) / "packaging" / "agent.ini");
  std::istringstream lines(shipped);
  std::string section;
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, std::regex(R"(\[(.+)\])"))) section = match[1];
    if (!std::regex_match(line, match, std::regex(";?([a-z-]+) =.*"))) continue;
    const std::string key = section + "." + match[1].str();
    // These files would have to be there; what is in them is compared with what the file itself
    // names.
    if (key == "license.named-file" || key == "license.issuers-file") continue;
    // These belong together.
    if (key == "uci.callback-certificate" || key == "uci.callback-key") continue;
    CAPTURE(key);
    const auto other = others.find(key);
    REQUIRE(other != others.end());
    std::string text = kLeast;
    const std::string entry = match[1].str() + " = " + other->second + "\n";
    if (key == "system.name") {
      text = "[system]\n" + entry + "[connector]\nurl = wss://c.example.com\n";
    } else if (key == "connector.url") {
      text = "[system]\nname = pbx.example.com\n[connector]\n" + entry;
    } else {
      text += (section == "connector" ? "" : "[" + section + "]\n") + entry;
    }
    const auto told = describe(changes_between(before, good(text)));
    CHECK(told.size() >= 1);
    CHECK(told.front() != "nothing has changed");
  }
}

TEST_CASE("a log level that was lent goes back with the next reload, which says so") {
  const Configuration same = good(kLeast);
  const auto sentences = describe(changes_between(same, same), true);
  REQUIRE(sentences.size() == 1);
  CHECK(contains(sentences[0], "level of the configuration again"));
  const auto changed =
      describe(changes_between(same, good(kLeast + "[log]\nlevel = trace\n")), true);
  REQUIRE(changed.size() == 1);
  CHECK(contains(changed[0], "another level"));
}

}  // namespace
}  // namespace sfteams::agent

#include "agent/configuration.h"

#include <fstream>
#include <regex>
#include <sstream>

#include <catch2/catch.hpp>

#include "agent/reload.h"
#include "settings/codes.h"
#include "tests/integration/child_process.h"
#include "tests/seed.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;

const std::string kLeast =
    "[system]\nname = pbx.example.com\n[connector]\nurl = wss://c.example.com\n";

Result<Configuration> read(const std::string& text) {
  test::keep_seed("ini", text);
  const Result<settings::Ini> ini = settings::Ini::parse(text, "agent.ini");
  if (!ini) return fail(ini.error());
  settings::Reader reader(*ini);
  return read_configuration(reader);
}

Configuration good(const std::string& text) {
  Result<Configuration> configuration = read(text);
  if (!configuration) FAIL(describe(configuration.error()));
  return *configuration;
}

Error bad(const std::string& text) {
  const Result<Configuration> configuration = read(text);
  REQUIRE_FALSE(configuration);
  CHECK(configuration.error().code.exit == Exit::config);
  return configuration.error();
}

/// Everything that a configuration holds, to be compared.
std::string printed(const Configuration& c) {
  std::ostringstream out;
  const auto file = [](const Configuration::File& f) { return f ? f->string() : "none"; };
  out << c.name << '|' << c.connector.url.to_string() << '|' << file(c.connector.ca_file) << '|'
      << c.connector.dial_timeout.count() << '|' << c.connector.ping_interval.count() << '|'
      << c.connector.ping_timeout.count() << '|' << c.connector.reconnect_max.count() << '|'
      << c.uci.enabled << '|' << c.uci.url.to_string() << '|' << file(c.uci.ca_file) << '|'
      << c.uci.auth << '|' << c.uci.version << '|' << c.uci.callback_address << '|'
      << c.uci.callback_port << '|' << c.uci.keepalive.count() << '|' << c.uci.timeout.count()
      << '|' << c.uci.logout_delay.count() << '|' << c.uci.connections << '|' << c.uci.failed_logins
      << '|' << c.uci.failed_logins_per_user << '|' << c.uci.failed_logins_window.count() << '|'
      << c.limits.sessions << '|' << c.limits.calls_per_session << '|'
      << c.limits.login_timeout.count() << '|' << static_cast<int>(c.log.level) << '|'
      << static_cast<int>(c.log.format);
  for (const std::string& pattern : c.uci.allow)
    out << '|' << pattern;
  for (const std::string& event : c.uci.events)
    out << '|' << event;
  return out.str();
}

/// packaging/agent.ini with the two keys that have to be set, and every commented-out key in force.
std::string shipped() {
  std::ifstream file(SFTEAMS_SOURCE_DIR "/packaging/agent.ini");
  REQUIRE(file);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  text = std::regex_replace(text, std::regex("\nname =\n"), "\nname = pbx.example.com\n");
  text = std::regex_replace(text, std::regex("\nurl =\n"), "\nurl = wss://connector.example.com\n");
  return std::regex_replace(text, std::regex("(^|\n);(?=[a-z-]+ = )"), "$1");
}

TEST_CASE("two things that listen may not be given one socket") {
  const std::string admin = kLeast + "[admin]\nlisten = 127.0.0.1:9780\n";
  const Error same = bad(admin + "[watch]\nlisten = 127.0.0.1:9780\n");
  CHECK(same.message.starts_with("agent.ini:8: "));
  CHECK(same.message.find("[admin] listen") != std::string::npos);
  good(admin + "[watch]\nlisten = 127.0.0.1:9781\n");
  good(admin + "[watch]\nlisten = [::1]:9780\n");
  good(kLeast + "[admin]\nlisten = 127.0.0.1:0\n[watch]\nlisten = 127.0.0.1:0\n");
  const std::string callback = kLeast + "[uci]\ncallback-listen = 127.0.0.1:9780\n";
  for (const char* other : {"admin", "watch"}) {
    const Error refused = bad(callback + "[" + other + "]\nlisten = 127.0.0.1:9780\n");
    CHECK(refused.message.find("[uci] callback-listen") != std::string::npos);
  }
}

TEST_CASE("two keys are enough; everything else has a default") {
  const Configuration c = good(kLeast);
  CHECK(c.name == "pbx.example.com");
  CHECK(c.connector.url.to_string() == "wss://c.example.com/");
  CHECK_FALSE(c.connector.ca_file);
  CHECK(c.uci.enabled);
  CHECK(c.uci.url.to_string() == "http://127.0.0.1/");
  CHECK(c.uci.auth == "sha512");
  CHECK(c.uci.allow == std::vector<std::string>{"ucp.v*.requests.*"});
  CHECK(c.uci.callback_address == "127.0.0.1");
  CHECK(c.uci.callback_port == 0);
  CHECK(c.log.level == log::Level::info);
}

TEST_CASE("every key that is known stands in the shipped file, with its default") {
  const Result<settings::Ini> ini = settings::Ini::parse(shipped(), "packaging/agent.ini");
  REQUIRE(ini);
  settings::Reader reader(*ini);
  const Result<Configuration> configuration = read_configuration(reader);
  if (!configuration) FAIL(describe(configuration.error()));
  for (const auto& [section, keys] : reader.asked()) {
    for (const std::string& key : keys) {
      CAPTURE(section, key);
      CHECK(ini->find(section, key) != nullptr);
    }
  }
  const std::string least =
      "[system]\nname = pbx.example.com\n[connector]\nurl = wss://connector.example.com\n";
  CHECK(printed(*configuration) == printed(good(least)));
}

TEST_CASE("the shipped file leads nowhere before the PBX and the connector are named") {
  const auto configuration = load_configuration(SFTEAMS_SOURCE_DIR "/packaging/agent.ini");
  REQUIRE_FALSE(configuration);
  CHECK(configuration.error().code == settings::codes::kMissing);
  CHECK(configuration.error().code.exit == Exit::config);
  CHECK(configuration.error().message.find("\"name\" in [system]") != std::string::npos);
}

TEST_CASE("every value can be set") {
  const Configuration c = good(
      "[system]\nname = PBX.Example.com.\n"
      "[connector]\nurl = ws://127.0.0.1:8080\nca-file = /a/b.pem\ndial-timeout = 3\n"
      "ping-interval = 4\nping-timeout = 2\nreconnect-max = 7\n"
      "[uci]\nenabled = no\nurl = https://pbx:8443\nca-file = /c.pem\nauth = md5\nversion = v22\n"
      "callback-listen = [::1]:9000\nallow = ucp.v30.requests.call.* , ucp.v22.requests.*\n"
      "events = call, fax\nkeepalive = 20\ntimeout = 9\nlogout-delay = 0\nconnections = "
      "5\nfailed-logins = 4\n"
      "failed-logins-per-user = 2\nfailed-logins-window = 60\n"
      "[limits]\nsessions = 10\ncalls-per-session = 3\nlogin-timeout = 30\n"
      "[log]\nlevel = debug\nformat = journal\n");
  CHECK(printed(c) ==
        "pbx.example.com|ws://127.0.0.1:8080/|/a/b.pem|3000|4000|2000|7000|0|https://pbx:8443/|/"
        "c.pem|"
        "md5|v22|::1|9000|20000|9000|0|5|4|2|60000|10|3|30000|1|2|ucp.v30.requests.call.*|"
        "ucp.v22.requests.*|call|fax");
}

TEST_CASE("a system name that is no host name is refused") {
  const char* name = GENERATE("a b", "-a", "a..b", "a_b", "pbx/1", "192.0.2.1", "");
  CAPTURE(name);
  const Error error =
      bad(std::string("[system]\nname = ") + name + "\n[connector]\nurl = wss://c.example.com\n");
  CHECK(error.message.starts_with("agent.ini:2: "));
}

TEST_CASE("an unencrypted connector is taken on this host only") {
  CHECK(good("[system]\nname = a\n[connector]\nurl = ws://localhost:1\n").connector.url.port == 1);
  CHECK(good("[system]\nname = a\n[connector]\nurl = ws://[::1]:1\n").connector.url.port == 1);
  const Error error = bad("[system]\nname = a\n[connector]\nurl = ws://192.0.2.1\n");
  CHECK(error.message.starts_with("agent.ini:4: "));
  CHECK(error.hint.find("wss://") != std::string::npos);
}

TEST_CASE("a connector's URL of another kind is refused") {
  const char* url =
      GENERATE("https://c.example.com", "c.example.com", "wss://", "wss://u:p@c.example.com",
               "wss://c.example.com/path", "wss://c.example.com:0", "wss://c.example.com:99999");
  CAPTURE(url);
  const Error error = bad(std::string("[system]\nname = a\n[connector]\nurl = ") + url + "\n");
  CHECK(error.code == settings::codes::kBadValue);
  CHECK(error.message.starts_with("agent.ini:4: "));
}

TEST_CASE("what is missing is asked for") {
  CHECK(bad("").code == settings::codes::kMissing);
  CHECK(bad("[system]\nname = a\n").message.find("\"url\" in [connector]") != std::string::npos);
}

TEST_CASE("a wrong value is refused with its line") {
  const char* line = GENERATE(
      "[connector2]", "[uci]\nurl = ftp://a", "[uci]\nurl = http://a/xml-rpc", "[uci]\nauth = sha1",
      "[uci]\nversion = v31", "[uci]\nenabled = maybe", "[uci]\nkeepalive = 4",
      "[uci]\nallow = module.*", "[uci]\ncallback-listen = 0.0.0.0:0",
      "[uci]\ncallback-listen = 192.0.2.1:80", "[uci]\ncallback-listen = 127.0.0.1",
      "[uci]\ncallback-listen = 127.0.0.1:", "[uci]\ncallback-listen = 127.0.0.1:70000",
      "[admin]\nlisten = 0.0.0.0:9780", "[admin]\nlisten = 9780", "[check]\nhosts = a b",
      "[check]\nhosts = https://a", "[uci]\ncallback-listen = localhost:0",
      "[uci]\nca-file = relative.pem", "[limits]\nsessions = 0", "[limits]\nsession = 1",
      "[log]\nlevel = INFO", "[log]\nformat = xml");
  CAPTURE(line);
  const Error error = bad(kLeast + line + "\n");
  const int expected = std::string(line).find('\n') == std::string::npos ? 5 : 6;
  CHECK(error.message.starts_with("agent.ini:" + std::to_string(expected) + ": "));
}

TEST_CASE("an event callback that others could reach is explained") {
  const Error error = bad(kLeast + "[uci]\ncallback-listen = 0.0.0.0:80\n");
  CHECK(error.message.find("loopback") != std::string::npos);
  CHECK(error.hint.find("127.0.0.1:0") != std::string::npos);
}

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
  CHECK(only(kLeast + "ping-interval = 3\n", "the tunnel"));
  CHECK(only(kLeast + "[uci]\nurl = http://127.0.0.1:8080\n", "connections to the PBX"));
  CHECK(only(kLeast + "[uci]\nallow = ucp.v30.requests.call.*\n", "calls are allowed"));
  CHECK(only(kLeast + "[limits]\nsessions = 7\n", "limits"));
  CHECK(only(kLeast + "[license]\nadministrators = 1001\n", "licence rules"));
  CHECK(only(kLeast + "[log]\nlevel = trace\n", "another level"));
  CHECK(only(kLeast + "[log]\nformat = json\n", "at the next restart"));
  CHECK(only(kLeast + "[watch]\nlisten = 127.0.0.1:9781\n", "monitoring"));
  std::string renamed = kLeast;
  renamed.replace(renamed.find("pbx.example.com"), 15, "xbp.example.com");
  CHECK(changes(renamed).size() == 2);
}

TEST_CASE("a log level that was lent goes back with the next reload, which says so") {
  const Configuration same = good(kLeast);
  const auto sentences = describe(changes_between(same, same), true);
  REQUIRE(sentences.size() == 1);
  CHECK(sentences[0].find("level of the configuration again") != std::string::npos);
  const auto changed =
      describe(changes_between(same, good(kLeast + "[log]\nlevel = trace\n")), true);
  REQUIRE(changed.size() == 1);
  CHECK(changed[0].find("another level") != std::string::npos);
}

TEST_CASE("monitoring is offered where the configuration says, and nowhere without it") {
  CHECK_FALSE(good(kLeast).watch);
  CHECK(good(kLeast + "[watch]\nlisten = [::1]:9781\n").watch == watch::Listen{"::1", 9781});
  CHECK(bad(kLeast + "[watch]\nlisten = 0.0.0.0:9781\n").message.starts_with("agent.ini:6: "));
}

TEST_CASE("who is named is read from the list and from the file") {
  CHECK(good(kLeast).license.rules.everybody_named);
  CHECK(good(kLeast + "[license]\nnamed = *\n").license.rules.everybody_named);
  const auto listed = good(kLeast + "[license]\nnamed = 1001, anna\n").license.rules;
  CHECK_FALSE(listed.everybody_named);
  CHECK(listed.named.contains("anna"));
  integration::ScratchDirectory scratch;
  const std::string file = scratch.path() / "named";
  integration::write_file(file, "1001\r\n  1002 # Ben\n\n# nobody\n1003");
  const auto both =
      good(kLeast + "[license]\nnamed = 1000\nnamed-file = " + file + "\n").license.rules;
  CHECK(both.named == std::set<std::string, std::less<>>{"1000", "1001", "1002", "1003"});
  // A file alone, even an empty one, names nobody else.
  integration::write_file(file, "");
  CHECK_FALSE(
      good(kLeast + "[license]\nnamed-file = " + file + "\n").license.rules.everybody_named);
  CHECK(
      bad(kLeast + "[license]\nnamed-file = " + file + "-missing\n").message.find("agent.ini:6") !=
      std::string::npos);
  CHECK(bad(kLeast + "[license]\nissuers = k4.public.short\n").message.find("k4.public.") !=
        std::string::npos);
}

}  // namespace
}  // namespace sfteams::agent

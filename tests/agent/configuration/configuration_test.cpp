#include "agent/configuration/configuration.h"

#include <fstream>
#include <regex>
#include <sstream>

#include <catch2/catch.hpp>

#include "base/settings/codes.h"
#include "tests/agent/configuration/configured.h"
#include "tests/integration/child_process.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;

/// Everything that a configuration holds, to be compared.
std::string printed(const Configuration& c) {
  std::ostringstream out;
  const auto file = [](const Configuration::File& f) { return f ? f->string() : "none"; };
  out << c.name << '|' << c.connector.url.to_string() << '|' << file(c.connector.ca_file) << '|'
      << c.connector.dial_timeout.count() << '|' << c.connector.ping_interval.count() << '|'
      << c.connector.ping_timeout.count() << '|' << c.connector.reconnect_max.count() << '|'
      << c.uci.enabled << '|' << c.uci.url.to_string() << '|' << file(c.uci.ca_file) << '|'
      << to_string(c.uci.auth) << '|' << uci::to_string(c.uci.version) << '|'
      << c.uci.callback_address << '|' << c.uci.callback_port << '|' << c.uci.keepalive.count()
      << '|' << c.uci.timeout.count() << '|' << c.uci.logout_delay.count() << '|'
      << c.uci.connections << '|' << c.uci.failed_logins << '|' << c.uci.failed_logins_per_user
      << '|' << c.uci.failed_logins_window.count() << '|' << c.limits.sessions << '|'
      << c.limits.calls_per_session << '|' << c.rest << '|' << c.limits.login_timeout.count() << '|'
      << static_cast<int>(c.log.level) << '|' << static_cast<int>(c.log.format);
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
  return std::regex_replace(text, std::regex("(^|\n);(?=[a-z-]+ =)"), "$1");
}

TEST_CASE("two keys are enough; everything else has a default") {
  const Configuration c = good(kLeast);
  CHECK(c.name == "pbx.example.com");
  CHECK(c.connector.url.to_string() == "wss://c.example.com/");
  CHECK_FALSE(c.connector.ca_file);
  CHECK(c.uci.enabled);
  CHECK(c.uci.url.to_string() == "http://127.0.0.1/");
  CHECK(c.uci.auth == SignInBy::sha512);
  CHECK(c.uci.allow == std::vector<std::string>{"ucp.v*.requests.*"});
  CHECK(c.uci.callback_address == "127.0.0.1");
  CHECK(c.uci.callback_port == 0);
  CHECK(c.rest);
  CHECK(c.log.level == log::Level::info);
}

TEST_CASE("what users may ask of the PBX's REST interface can be switched off") {
  const Configuration c = good(std::string(kLeast) + "[rest]\nenabled = no\n");
  CHECK_FALSE(c.rest);
  CHECK_FALSE(conversation_rules(c).rest);
  CHECK(conversation_rules(good(kLeast)).rest);
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
  CHECK(contains(configuration.error().message, "\"name\" in [system]"));
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
        "md5|v22|::1|9000|20000|9000|0|5|4|2|60000|10|3|1|30000|1|2|ucp.v30.requests.call.*|"
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
  CHECK(contains(error.hint, "wss://"));
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
  CHECK(contains(bad("[system]\nname = a\n").message, "\"url\" in [connector]"));
}

TEST_CASE("a wrong value is refused with its line") {
  const char* line = GENERATE(
      "[connector2]", "[uci]\nurl = ftp://a", "[uci]\nurl = http://a/xml-rpc", "[uci]\nauth = sha1",
      "[uci]\nversion = v31", "[uci]\nenabled = maybe", "[uci]\nkeepalive = 4",
      "[uci]\nallow = module.*", "[uci]\ncallback-listen = 0.0.0.0:0",
      "[uci]\ncallback-host = http://a", "[uci]\ncallback-host = 0.0.0.0",
      "[uci]\ncallback-from = pbx.example.com", "[uci]\ncallback-from = 192.0.2.7,",
      "[uci]\ncallback-certificate = /a.pem", "[uci]\ncallback-key = /a.key",
      "[uci]\ncallback-listen = [::]:80", "[uci]\ncallback-listen = 127.0.0.1",
      "[uci]\ncallback-listen = 127.0.0.1:", "[uci]\ncallback-listen = 127.0.0.1:70000",
      "[admin]\nlisten = 0.0.0.0:9780", "[admin]\nlisten = 9780", "[check]\nhosts = a b",
      "[check]\nhosts = https://a", "[uci]\ncallback-listen = localhost:0",
      "[uci]\ncallback-listen = ::1:9000", "[admin]\nlisten = ::1:9780",
      "[watch]\nlisten = ::1:9781", "[uci]\nca-file = relative.pem", "[limits]\nsessions = 0",
      "[limits]\nsession = 1", "[log]\nlevel = INFO", "[log]\nformat = xml");
  CAPTURE(line);
  const Error error = bad(kLeast + line + "\n");
  const int expected = std::string(line).find('\n') == std::string::npos ? 5 : 6;
  CHECK(error.message.starts_with("agent.ini:" + std::to_string(expected) + ": "));
}

TEST_CASE("every address to listen on is written the same way, IPv6 in brackets") {
  const Configuration c = good(kLeast +
                               "[uci]\ncallback-listen = [::1]:9000\n[admin]\nlisten = [::1]:9780\n"
                               "[watch]\nlisten = [::1]:9781\n");
  CHECK(c.uci.callback_address == "::1");
  CHECK(c.uci.callback_port == 9000);
  CHECK(c.admin.address == "::1");
  CHECK(c.admin.port == 9780);
  CHECK(c.watch == transport::Endpoint{"::1", 9781});
  CHECK(contains(bad(kLeast + "[uci]\ncallback-listen = ::1:9000\n").hint, "[2001:db8::10]:9785"));
  for (const std::string key : {"[admin]\nlisten", "[watch]\nlisten"}) {
    const Error error = bad(kLeast + key + " = ::1:9000\n");
    CHECK(contains(error.message, "a loopback address and a port"));
    CHECK(contains(error.hint, "or [::1]:"));
  }
}

TEST_CASE("versions of UCI and kinds of token are read as such, and no others") {
  const auto uci = [](const std::string& line) { return good(kLeast + "[uci]\n" + line).uci; };
  CHECK(uci("version = v20\n").version == uci::Version::v20);
  CHECK(uci("version = v22\n").version == uci::Version::v22);
  CHECK(uci("version = v30\n").version == uci::Version::v30);
  CHECK(uci("auth = md5\n").auth == SignInBy::md5);
  CHECK(uci("auth = sha512\n").auth == SignInBy::sha512);
  CHECK(contains(bad(kLeast + "[uci]\nversion = 30\n").message, "one of v30, v22, v20"));
  CHECK(contains(bad(kLeast + "[uci]\nauth = SHA512\n").message,
                 "one of automatic, sha512, md5, oauth"));
}

TEST_CASE("without a line, a setting is what its struct says") {
  const Configuration c = good(kLeast);
  CHECK(c.limits == SessionSettings());
  CHECK(c.uci == PbxSettings());
}

TEST_CASE("each file of authorities that a configuration names is looked into") {
  CHECK(check_files(good(kLeast)));
  const std::string missing = "ca-file = /sfteams-no-such.pem\n";
  for (const std::string& text : {kLeast + missing, kLeast + "[uci]\n" + missing}) {
    const Result<void> checked = check_files(good(text));
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code.id == "transport.ca-unreadable");
    CHECK(contains(checked.error().message, "/sfteams-no-such.pem"));
  }
}

TEST_CASE("how long a device stays signed in is set in days, and may be not at all") {
  CHECK(good(kLeast).limits.ticket_lifetime == std::chrono::days(30));
  CHECK(good(kLeast + "[limits]\nticket-lifetime = 0\n").limits.ticket_lifetime ==
        std::chrono::days(0));
  CHECK(good(kLeast + "[limits]\nticket-lifetime = 90\n").limits.ticket_lifetime ==
        std::chrono::days(90));
  CHECK(contains(bad(kLeast + "[limits]\nticket-lifetime = 91\n").message, "ticket-lifetime"));
}

TEST_CASE("what may be held for clients is set in KiB and seconds, and has bounds") {
  const SessionSettings limits =
      good(kLeast +
           "[limits]\nresume-kept = 64\nresume-kept-in-all = 2048\nheld-per-user = 8192\n"
           "held-in-all = 16384\nread-timeout = 5\n")
          .limits;
  CHECK(limits.resume_kept == 65'536);
  CHECK(limits.resume_kept_in_all == 2'097'152);
  CHECK(limits.held_per_user == 8'388'608);
  CHECK(limits.held_in_all == 16'777'216);
  CHECK(limits.read_timeout == 5s);
  CHECK(good(kLeast).limits.read_timeout == 60s);
  for (const char* wrong : {"held-per-user = 8191", "held-in-all = 8191", "read-timeout = 4"}) {
    CAPTURE(wrong);
    CHECK(bad(kLeast + "[limits]\n" + wrong + "\n").code.exit == Exit::config);
  }
}

TEST_CASE("a time and a size are asked for in their unit") {
  CHECK(contains(bad(kLeast + "[uci]\nkeepalive = 10s\n").message, "number of seconds"));
  CHECK(contains(bad(kLeast + "[limits]\nresume-kept = 4 MB\n").message, "number of KiB"));
  CHECK(contains(bad(kLeast + "[limits]\nsessions = many\n").message, "a whole number from"));
}

TEST_CASE("an empty URL of the PBX is called empty") {
  CHECK(contains(bad(kLeast + "[uci]\nurl =\n").message, "it is empty"));
}

TEST_CASE("two of the agent's own ports may not be one") {
  const auto message = [](const std::string& text) { return bad(kLeast + text).message; };
  const std::string both =
      message("[admin]\nlisten = 127.0.0.1:9780\n[watch]\nlisten = 127.0.0.1:9780\n");
  CHECK(contains(both, "\"listen\" in [watch]"));
  CHECK(contains(both, "the agent itself listens there already, for [admin] listen"));
  CHECK(message("[uci]\ncallback-listen = 127.0.0.1:9780\n[admin]\nlisten = 127.0.0.1:9780\n")
            .find("for [uci] callback-listen") != std::string::npos);
  const auto taken = [](const std::string& text) { return read(kLeast + text).has_value(); };
  CHECK(taken("[admin]\nlisten = 127.0.0.1:0\n[watch]\nlisten = 127.0.0.1:0\n"));
  CHECK(taken("[admin]\nlisten = 127.0.0.1:9780\n[watch]\nlisten = [::1]:9780\n"));
  CHECK(
      taken("[uci]\nenabled = no\ncallback-listen = 127.0.0.1:9780\n"
            "[admin]\nlisten = 127.0.0.1:9780\n"));
}

TEST_CASE("a host that is none is repeated only when no password can be in it") {
  CHECK(
      contains(bad(kLeast + "[check]\nhosts = a_b.example.com\n").message, "\"a_b.example.com\""));
  const std::string message = bad(kLeast + "[check]\nhosts = h, u:geheim@h:99\n").message;
  CHECK(contains(message, "entry 2 is no host name"));
  CHECK_FALSE(contains(message, "geheim"));
}

TEST_CASE("events can be taken from a PBX on another host") {
  const Configuration c = good(kLeast +
                               "[uci]\ncallback-listen = 0.0.0.0:9785\n"
                               "callback-host = Agent.Example.com\n"
                               "callback-from = 192.0.2.7, ::ffff:192.0.2.8, 2001:DB8:0::7\n"
                               "callback-certificate = /c.pem\ncallback-key = /c.key\n");
  CHECK(c.uci.callback_address == "0.0.0.0");
  CHECK(told_callback_host(c.uci) == "agent.example.com");
  CHECK(c.uci.callback_from == std::vector<std::string>{"192.0.2.7", "192.0.2.8", "2001:db8::7"});
  REQUIRE(c.uci.callback_tls.has_value());
  CHECK(c.uci.callback_tls->key_file == "/c.key");
  CHECK_FALSE(is_callback_on_loopback(c.uci));
  const PbxSettings lan = good(kLeast + "[uci]\ncallback-listen = 192.0.2.10:9785\n").uci;
  CHECK(told_callback_host(lan) == "192.0.2.10");
  CHECK(is_callback_on_loopback(PbxSettings()));
  for (const char* v6 : {"2001:db8::10", "[2001:db8::10]"}) {
    CHECK(good(kLeast + "[uci]\ncallback-host = " + v6 + "\n").uci.callback_host == "2001:db8::10");
  }
}

TEST_CASE("at every address of a host no event arrives, as long as the PBX is told none") {
  for (const char* any : {"0.0.0.0:80", "[::]:80", "[0:0::0]:80"}) {
    CAPTURE(any);
    const Error error = bad(kLeast + "[uci]\ncallback-listen = " + any + "\n");
    CHECK(contains(error.message, "every address of this host"));
    CHECK(contains(error.hint, "callback-host"));
  }
}

TEST_CASE("names of event services are names") {
  for (const char* wrong : {"call;conference", "ucp.v30.events.call", "call,"}) {
    CAPTURE(wrong);
    CHECK(contains(bad(kLeast + "[uci]\nevents = " + wrong + "\n").message, "event services"));
  }
}

TEST_CASE("monitoring is offered where the configuration says, and nowhere without it") {
  CHECK_FALSE(good(kLeast).watch);
  CHECK(good(kLeast + "[watch]\nlisten = [::1]:9781\n").watch == monitoring::Listen{"::1", 9781});
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
  CHECK(contains(bad(kLeast + "[license]\nissuers = k4.public.short\n").message, "k4.public."));
}

TEST_CASE(
    "a list of users that is written wrongly is refused with its line, not taken as a login") {
  struct Case {
    const char* value;
    const char* words;
  };
  const Case wrong = GENERATE(
      Case{"*, 1001", "* is no login"}, Case{"1001, *", "* is no login"},
      Case{"1001;1002", "separate logins by commas"},
      Case{"1001 1002", "\"1001 1002\" is no login"}, Case{"1001,", "a comma too many"},
      Case{"1001,,1002", "a comma too many"}, Case{",", "a comma too many"},
      Case{"\"1001\"", "in quotation marks"}, Case{"'1001', '1002'", "in quotation marks"},
      Case{"1001, \"1002\"", "without quotation marks"}, Case{"1001, 1002 # Anna", "begins with #"},
      Case{"1001, 10\u200b02", "U+200B, zero-width space) at position"},
      Case{"1001\u00a0", "U+00A0, no-break space) at position"});
  const std::string key = GENERATE("named", "administrators");
  CAPTURE(wrong.value, key);
  const Error error = bad(kLeast + "[license]\n" + key + " = " + wrong.value + "\n");
  CHECK(error.message.starts_with("agent.ini:6: the value of \"" + key + "\""));
  CHECK(contains((error.message + error.hint), wrong.words));
}

TEST_CASE("the PBX may say who is named, alone or beside a list") {
  const auto alone = good(kLeast + "[license]\nnamed = pbx\n").license.rules;
  CHECK_FALSE(alone.everybody_named);
  CHECK(alone.named.empty());
  CHECK(alone.pbx_rights == std::vector<std::string>{"Integration mit Microsoft Teams",
                                                     "Integration with Microsoft Teams"});
  const auto both = good(kLeast +
                         "[license]\nnamed = pbx, 1001\nadministrators = 1002\n"
                         "pbx-rights = MSTEAMS, Integración con Teams\n")
                        .license.rules;
  CHECK(both.named == std::set<std::string, std::less<>>{"1001", "1002"});
  CHECK(both.pbx_rights == std::vector<std::string>{"MSTEAMS", "Integración con Teams"});
  // Without the word the PBX is not asked.
  CHECK(
      good(kLeast + "[license]\nnamed = 1001\npbx-rights = X\n").license.rules.pbx_rights.empty());
  CHECK_FALSE(good(kLeast + "[license]\nnamed = PBX\n").license.rules.pbx_rights.empty());
  CHECK(contains(bad(kLeast + "[license]\nnamed = pbx, *\n").message, "* is no login"));
}

TEST_CASE("names of rights that cannot be meant are refused") {
  std::string many = "a";
  for (int i = 0; i < 20; ++i)
    many += ", a";
  const std::string value =
      GENERATE_COPY(std::string("A,,B"), std::string("A, "), std::string(","), many);
  CAPTURE(value);
  const Error error = bad(kLeast + "[license]\nnamed = pbx\npbx-rights = " + value + "\n");
  CHECK(error.message.starts_with("agent.ini:7: "));
  CHECK(contains(error.message, "1 to 20 names of rights"));
}

TEST_CASE("a slip around named = pbx lets in neither everybody nor nobody") {
  const Error alone = bad(kLeast + "[license]\npbx-rights = X\n");
  CHECK(contains(alone.message, "everybody would be let in"));
  CHECK(contains(alone.hint, "named = pbx"));
  CHECK(good(kLeast + "[license]\nnamed = *\npbx-rights = X\n").license.rules.everybody_named);
  CHECK(contains(bad(kLeast + "[license]\nadministrators = pbx\n").hint, "named = pbx"));
  for (const char* const right : {"\"Integration mit Microsoft Teams\"", "A, 'B'", "„A“"}) {
    CAPTURE(right);
    const Error error = bad(kLeast + "[license]\nnamed = pbx\npbx-rights = " + right + "\n");
    CHECK(contains(error.message, "quotation marks"));
  }
}

TEST_CASE("settings that keep the agent from asking for rights are warned of") {
  const std::string by_pbx = kLeast + "[license]\nnamed = pbx\n";
  CHECK_FALSE(rights_warning(good(by_pbx)));
  CHECK_FALSE(rights_warning(good(kLeast + "[rest]\nenabled = no\n")));
  CHECK_FALSE(rights_warning(good(by_pbx + "[uci]\nenabled = no\n[rest]\nenabled = no\n")));
  const auto off = rights_warning(good(by_pbx + "[rest]\nenabled = no\n"));
  REQUIRE(off);
  CHECK(off->code.id == "agent.rights-not-asked");
  CHECK(contains(off->message, "[rest] enabled = no"));
  CHECK(contains(rights_warning(good(by_pbx + "[uci]\nauth = md5\n"))->message, "auth = md5"));
}

TEST_CASE("issuers may stand in a file, where there are more than a line takes") {
  const std::string key = "k4.public.Hrnbu7wEfAP9cGBOAHHwmH4Wsot1ciXBHwBBXQ4gsaI";
  integration::ScratchDirectory scratch;
  const std::string file = scratch.path() / "issuers";
  const std::string text =
      kLeast + "[license]\nissuers = " + key + "\nissuers-file = " + file + "\n";
  integration::write_file(file, "\xef\xbb\xbf# sellers\r\n" + key + " # Muster\r\n" + key + "\n");
  CHECK(good(text).license.issuers.size() == 3);
  integration::write_file(file, key + "\n" + key + "," + key + "\n");
  const Error error = bad(text);
  CHECK(error.message.starts_with("agent.ini:7: "));
  CHECK(contains(error.message, file + ":2: "));
  CHECK(contains(error.hint, "license show-issuer"));
}

TEST_CASE("an issuer's private key in the configuration is told to be one") {
  for (const char* value : {"k4.secret.AAAA", "/root/issuer.pem"}) {
    const Error error = bad(kLeast + "[license]\nissuers = " + value + "\n");
    CHECK(contains(error.message, "the private key of an issuer"));
    CHECK_FALSE(contains((error.message + error.hint), value));
    CHECK(contains(error.hint, "show-issuer FILE"));
  }
  const std::string key = "k4.public.Hrnbu7wEfAP9cGBOAHHwmH4Wsot1ciXBHwBBXQ4gsaI";
  CHECK(contains(bad(kLeast + "[license]\nissuers = " + key + ",\n").message, "comma too many"));
}

TEST_CASE("administrators of the seats need none, where not everybody is named anyway") {
  const auto license = good(kLeast + "[license]\nnamed = 1001\nadministrators = 1002\n").license;
  CHECK(license.administrators == std::set<std::string, std::less<>>{"1002"});
  CHECK(license.rules.named == std::set<std::string, std::less<>>{"1001", "1002"});
  CHECK(good(kLeast + "[license]\nadministrators = 1002\n").license.rules.everybody_named);
}

TEST_CASE("nobody can make everybody an administrator of the seats") {
  CHECK(contains(bad(kLeast + "[license]\nadministrators = *\n").message, "* is no login"));
}

TEST_CASE("a file of named users may come from Windows, but has to be one of logins") {
  integration::ScratchDirectory scratch;
  const std::string file = scratch.path() / "named";
  const std::string text = kLeast + "[license]\nnamed-file = " + file + "\n";
  integration::write_file(file,
                          "\xef\xbb\xbf"
                          "1001\r\nM\xc3\xbcller\r\n");
  CHECK(good(text).license.rules.named ==
        std::set<std::string, std::less<>>{"1001", "M\xc3\xbcller"});

  const auto refused = [&](const std::string& content, const std::string& words) {
    integration::write_file(file, content);
    const Error error = bad(text);
    INFO(describe(error));
    CHECK(error.message.starts_with("agent.ini:6: "));
    return (error.message + " " + error.hint).find(words) != std::string::npos;
  };
  // Latin-1, and both forms of UTF-16.
  CHECK(refused("1001\nM\xfcller\n", file + ":2: a login is not UTF-8"));
  CHECK(refused("1001\nM\xfcller\n", "save the file as UTF-8"));
  CHECK(refused(std::string("\xff\xfe"
                            "1\0\r\0\n\0",
                            8),
                file + " is in UTF-16, not in UTF-8"));
  CHECK(refused(std::string("1\0\r\0\n\0", 6), file + " is in UTF-16, not in UTF-8"));
  CHECK(refused("# team\n1001, 1002\n", file + ":2: \"1001, 1002\" is no login"));
  CHECK(refused("1001;\n", "is no login"));
  CHECK(refused("1001 1002\n", "in a file by lines"));
  CHECK(refused("*\n", "* is no login"));
  CHECK(refused(std::string(129, 'x') + "\n", "more than 128 bytes"));
  CHECK(
      refused("10\x01"
              "01\n",
              file + ":1: a login has an invisible character (U+0001) at position 3"));
  CHECK(refused("anna\n1001\u00a0\n",
                file + ":2: a login has an invisible character (U+00A0, no-break space) at "
                       "position 5"));
  CHECK(refused("\u200b1001 # Anna\n", "U+200B, zero-width space"));
  CHECK(refused("10\u200d01\n", "type the value again instead of pasting it"));
}

TEST_CASE("what people write in place of a value is refused with what to write instead") {
  struct Case {
    const char* line;
    const char* what;
    const char* cure;
  };
  const Case wrong = GENERATE(
      Case{"[connector]\nurl = https://c.example.com", "has to begin with wss://",
           "write wss:// in place of https://"},
      Case{"[connector]\nurl = http://127.0.0.1", "has to begin with wss://",
           "write ws:// in place of http://"},
      Case{"[connector]\nurl = http://c.example.com", "has to begin with wss://",
           "write wss:// in place of http:// (ws:// is taken only towards this host)"},
      Case{"[connector]\nurl = ftp://c.example.com", "has another scheme", "begin it with wss://"},
      Case{"[connector]\nurl = c.example.com", "has no scheme", "begin it with wss://"},
      Case{"[connector]\nurl = wss://c.example.com\n[uci]\nurl = 192.168.1.5", "has no scheme",
           "begin it with http:// (or https://), as in http://127.0.0.1"},
      Case{"[connector]\nurl = wss://c.example.com\nca-file = ours.pem", "begins with /",
           "such as /etc/starface-teams-agent/ours.pem"},
      Case{"[connector]\nurl = wss://c.example.com\nca-file = ..", "begins with /",
           "such as /etc/starface-teams-agent/ca.pem"},
      Case{"[connector]\nurl = wss://c.example.com\n[uci]\nca-file = C:\\x y", "begins with /",
           "such as /etc/starface-teams-agent/pbx-ca.pem"},
      Case{"[connector]\nurl = wss://c.example.com\n[license]\nnamed-file = lists/named.txt",
           "begins with /", "such as /etc/starface-teams-agent/named.txt"},
      Case{"[connector]\nurl = wss://c.example.com\n[license]\nissuers-file = us:er@pass",
           "begins with /", "such as /etc/starface-teams-agent/issuers.txt"},
      Case{"[connector]\nurl = \"wss://c.example.com\"", "in quotation marks", "remove them"},
      Case{"[connector]\nurl = wss://c.example.com # ours", "begins with #", "with ;"},
      Case{"[connector]\nurl = wss://c.example.com/path", "must not have a path", "remove"},
      Case{"[connector]\nurl = wss://c.example.com\u200b", "U+200B", "delete it"},
      Case{"[connector]\nurl = wss://c.example.com\n[uci]\nurl = wss://127.0.0.1",
           "has to begin with https://", "write https:// in place of wss://"},
      Case{"[connector]\nurl = wss://c.example.com\nping-timeout = 5s", "whole number of seconds",
           "without a unit"},
      Case{"[connector]\nurl = wss://c.example.com\nping-timeout = 2,5", "whole number of seconds",
           "without a comma"},
      Case{"[connector]\nurl = wss://c.example.com\nping-timeout = 0", "from 1 to 60",
           "within these bounds"},
      Case{"[connector]\nurl = wss://c.example.com\nping-timeout =", "whole number of seconds",
           "write the number"},
      Case{"[connector]\nurl = wss://c.example.com\n[uci]\nenabled = ja", "yes or no",
           "write yes or no"},
      Case{"[connector]\nurl = wss://c.example.com\n[uci]\nauth = SHA512", "one of automatic",
           "did you mean sha512?"},
      Case{"[connector]\nURL = wss://c.example.com", "unknown", "did you mean \"url\"?"},
      Case{"[connector]\nurl = wss://c.example.com\nallow = x", "unknown",
           "it belongs under [uci]"},
      Case{"[Connector]\nurl = wss://c.example.com", "unknown", "did you mean [connector]?"});
  CAPTURE(wrong.line);
  const Error error = bad(std::string("[system]\nname = pbx.example.com\n") + wrong.line + "\n");
  CHECK(error.message.find("agent.ini:") == 0);
  CHECK_THAT(error.message, Catch::Contains(wrong.what));
  CHECK_THAT(error.hint, Catch::Contains(wrong.cure));
}

TEST_CASE("what is said about a URL's beginning leads to one that is taken") {
  const auto configured = [](const char* section, const std::string& url) {
    const bool uci = section == std::string("uci");
    return "[system]\nname = pbx.example.com\n[connector]\nurl = " +
           (uci ? "wss://c.example.com\n[uci]\nurl = " + url : url) + "\n";
  };
  const char* const section = GENERATE("connector", "uci");
  const std::string wrong =
      GENERATE("", "http://", "https://", "ws://", "wss://", "ftp://", "WS://");
  const std::string host = GENERATE("c.example.com", "192.0.2.7", "127.0.0.1", "localhost", "[::1]",
                                    "c.example.com:8443");
  CAPTURE(section, wrong, host);
  const Result<Configuration> asked = read(configured(section, wrong + host));
  if (asked) return;
  // The first beginning in the hint is the one to write.
  const std::string& hint = asked.error().hint;
  CAPTURE(hint);
  const std::size_t end = hint.find("://");
  REQUIRE(end != std::string::npos);
  const std::size_t begin = hint.find_last_of(' ', end) + 1;
  const Result<Configuration> followed =
      read(configured(section, hint.substr(begin, end + 3 - begin) + host));
  if (!followed) FAIL(describe(followed.error()));
}

}  // namespace
}  // namespace sfteams::agent

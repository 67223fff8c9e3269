#include "agent/diagnosis/redaction.h"

#include <fstream>
#include <iterator>
#include <regex>

#include <catch2/catch.hpp>

#include "agent/configuration/configuration.h"
#include "base/error/error.h"
#include "tests/contains.h"

namespace sfteams::diagnosis {
namespace {

/// What the agent says of a configuration that it does not take.
std::string complaint(const std::string& text) {
  const Result<settings::Ini> ini = settings::Ini::parse(text, "agent.ini");
  if (!ini) return describe(ini.error());
  settings::Reader reader(*ini);
  const Result<agent::Configuration> read = agent::read_configuration(reader);
  return read ? std::string() : describe(read.error());
}

std::string value_of(const std::string& section, const std::string& key, const std::string& value) {
  const std::string line = key + " = ";
  const std::string text = redacted_ini("[" + section + "]\n" + line + value + "\n");
  const std::string before = "[" + section + "]\n" + line;
  REQUIRE(text.starts_with(before));
  return text.substr(before.size(), text.size() - before.size() - 1);
}

}  // namespace

TEST_CASE("a redacted configuration has neither credentials nor users nor comments") {
  const std::string redacted = redacted_ini(
      "# the old password was s3cret\n[connector]\nurl = wss://c.example.com\n"
      "proxy = http://jane:s3cret@proxy:3128\n[license]\nnamed = jane, joe\n"
      "administrators = jane\n[uci]\nurl = http://127.0.0.1 ; s3cret\n");
  INFO(redacted);
  CHECK_FALSE(contains(redacted, "s3cret"));
  CHECK_FALSE(contains(redacted, "jane"));
  CHECK_FALSE(contains(redacted, "joe"));
  CHECK(contains(redacted, "[connector]\nurl = wss://c.example.com\n"));
  CHECK(contains(redacted, "proxy = http://(credentials)@proxy:3128\n"));
  CHECK(contains(redacted, "named = (2 of them)\nadministrators = (1 of them)\n"));
}

TEST_CASE("a mistake in the configuration shows no password and no user, nor does its message") {
  const std::string least = "[system]\nname = pbx.example.com\n[connector]\n";
  const std::string url = "url = wss://c.example.com\n";
  const std::string text = GENERATE_COPY(
      least + url + "proxi = http://u:geheim@proxy:3128\n",
      least + url + "Proxy = http://u:geheim@proxy:3128\n",
      least + url + "[uci]\nproxy = http://u:geheim@proxy:3128\n",
      least + url + "proxy = http://u:geheim%40proxy:3128\n",
      least + url + "proxy = http://u:geheim ;x@proxy:3128\n",
      least + url + "proxy = http://u:4711 ;geheim@proxy:3128\n",
      least + url + "proxy = http://u:a@geheim ;b@proxy:3128\n",
      least + url + "proxy = u:gehe://im@proxy\n", least + url + "proxy = u:geheim://x@proxy:1\n",
      least + "url = wss://u:geheim@c.example.com\n", least + "url = wss://u:geheim ;x@c\n",
      least + "url = wss://u:geheim%40c\n", least + "url = wss://c.example.com/geheim\n",
      least + url + "[uci]\nurl = http://u:geheim@127.0.0.1\n",
      least + url + "[uci]\nurl = u:geheim@127.0.0.1\n", least + url + "[uci]\nurl = u:geheim\n",
      least + url + "[license]\nNamed = 1001, alice\n",
      least + url + "[Licence]\nnamed = 1001, alice\n",
      least + url + "[license]\nadministrator = alice\n", least + url + "password = geheim\n",
      least + url + "[geheimes]\npassword = geheim\n",
      least + url + "[check]\nhosts = u:geheim@h:99\n",
      least + url + "[check]\nhosts = h, u:geheim ;x@h:99\n",
      least + url + "[uci]\nallow = u:geheim@h\n", least + url + "[log]\nlevel = u:geheim@h\n",
      least + url + "[uci]\nevents = u:geheim@h\n", least + url + "[uci]\nkeepalive = geheim\n",
      least + url + "[uci]\nca-file = /etc/u:geheim@h\n",
      least + url + "[admin]\nlisten = u:geheim@127.0.0.1\n");
  // Of the names that stand there, "geheimes" is one that was written as such.
  const auto without_names = [](const std::string& shown) {
    return std::regex_replace(shown, std::regex("\\[geheimes\\]"), "");
  };
  const std::string shown = without_names(redacted_ini(text));
  const std::string said = without_names(complaint(text));
  INFO(text << shown << said);
  CHECK_FALSE(contains(shown, "geheim"));
  CHECK_FALSE(contains(shown, "4711"));
  CHECK_FALSE(contains(shown, "alice"));
  CHECK_FALSE(contains(shown, "1001"));
  CHECK_FALSE(contains(said, "geheim@"));
  CHECK_FALSE(contains(said, ":geheim"));
  CHECK_FALSE(contains(said, "alice"));
  CHECK(contains(shown, "name = pbx.example.com\n"));
}

TEST_CASE("of what is not shown the length is told") {
  CHECK(value_of("connector", "proxi", "geheim") == "(not shown, 6 characters)");
  CHECK(value_of("uci", "url", "ungültig") == "(not shown, 8 characters)");
  CHECK(value_of("uci", "keepalive", "10s") == "(not shown, 3 characters)");
  CHECK(value_of("uci", "url", "").empty());
}

TEST_CASE("a proxy is put together from what was understood of it") {
  CHECK(value_of("connector", "proxy", "jane:s3cret@h:1") == "http://(credentials)@h:1");
  CHECK(value_of("connector", "proxy", "http://ja@ne:s3cret@h:1") == "http://(credentials)@h:1");
  CHECK(value_of("connector", "proxy", "http://h:1") == "http://h:1");
  CHECK(value_of("connector", "proxy", "direct") == "direct");
}

TEST_CASE("every key of the shipped file is shown when nothing is wrong with it") {
  std::ifstream file(SFTEAMS_SOURCE_DIR "/packaging/agent.ini");
  REQUIRE(file);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  text = std::regex_replace(text, std::regex("\nname =\n"), "\nname = pbx.example.com\n");
  text = std::regex_replace(text, std::regex("\nurl =\n"), "\nurl = wss://connector.example.com\n");
  text = std::regex_replace(text, std::regex("(^|\n);(?=[a-z-]+ = )"), "$1");
  const std::string redacted = redacted_ini(text);
  INFO(redacted);
  CHECK(contains(redacted, "\nallow = ucp.v*.requests.*\n"));
  CHECK_FALSE(contains(redacted, "not shown"));
}

TEST_CASE("a configuration that cannot be read is not shown at all") {
  const std::string redacted = redacted_ini("[connector\nproxy = http://jane:s3cret@h:1\n");
  CHECK_FALSE(contains(redacted, "s3cret"));
  CHECK(contains(redacted, "settings."));
}

}  // namespace sfteams::diagnosis

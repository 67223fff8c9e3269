#include <csignal>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json/json.h"
#include "keygen/key_file.h"
#include "tests/integration/child_process.h"
#include "tests/machine.h"
#include "tests/temporary_directory.h"

namespace sfteams::agent {
namespace {

using integration::ChildProcess;
using integration::contains;
using integration::eventually;
using integration::Finished;

/// The real program with a configuration and a state of its own; the connector it names is not
/// there.
struct CommandFixture {
  TemporaryDirectory directory;
  int runs = 0;

  CommandFixture() {
    std::filesystem::create_directory(directory / "etc");
    configure("agent.ini",
              "[system]\nname = pbx.example.com\n[connector]\nurl = ws://127.0.0.1:1\n"
              "[uci]\nurl = http://127.0.0.1:1\n");
  }

  void configure(const std::string& name, const std::string& text) const {
    std::ofstream(directory / "etc" / name) << text;
  }
  [[nodiscard]] std::string state() const { return (directory / "state").string(); }

  ChildProcess::Options options(std::vector<std::string> arguments) {
    for (const std::string& where : {std::string("--config"), (directory / "etc").string(),
                                     std::string("--state-dir"), state()}) {
      arguments.push_back(where);
    }
    return {std::move(arguments), directory / ("run" + std::to_string(++runs)), "", {}};
  }
  Finished command(std::vector<std::string> arguments) {
    return integration::run(SFTEAMS_BIN_DIR "/starface-teams-agent", options(std::move(arguments)));
  }
  std::unique_ptr<ChildProcess> started() {
    auto agent =
        std::make_unique<ChildProcess>(SFTEAMS_BIN_DIR "/starface-teams-agent", options({"run"}));
    REQUIRE(eventually([&] { return !agent->running() || !command({"status"}).out.empty(); }));
    REQUIRE(agent->running());
    return agent;
  }
  std::string shown_key() {
    const Finished shown = command({"key", "show"});
    REQUIRE(shown.status == 0);
    return shown.out;
  }
};

TEST_CASE_METHOD(CommandFixture, "a command line that is wrong ends with 64") {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{},
                                                    {"fly"},
                                                    {"run", "now"},
                                                    {"key"},
                                                    {"key", "export"},
                                                    {"status", "--yaml"},
                                                    {"key", "new", "--revoke=maybe"},
                                                    {"key", "new", "--grace", "24"},
                                                    {"key", "new", "--grace", "59s"},
                                                    {"key", "new", "--grace", "31d"},
                                                    {"key", "new", "--grace", "-1h"},
                                                    {"key", "new", "--grace", "1h", "--revoke"},
                                                    {"ticket"},
                                                    {"ticket", "revoke"},
                                                    {"ticket", "revoke", "1001", "--all"},
                                                    {"ticket", "revoke", "--all=no"}}) {
    const Finished finished = command(arguments);
    CHECK(finished.status == 64);
    CHECK(contains(finished.err, "[agent.usage]"));
    CHECK(contains(finished.err, "--help"));
  }
}

TEST_CASE_METHOD(CommandFixture,
                 "a grace without a unit, or too long, is refused with how to write it") {
  for (const std::string grace : {"24", "h", "24x", "0h", "31d", "59s", "-1h", "1.5h",
                                  "99999999999999999999d", "9223372036854775807d"}) {
    const Finished finished = command({"key", "new", "--grace", grace});
    CAPTURE(grace, finished.err);
    CHECK(finished.status == 64);
    CHECK(contains(finished.err, "from 1m to 30d"));
  }
  REQUIRE(command({"key", "new"}).status == 0);
  for (const std::string grace : {"60s", "30d"}) {
    const Finished finished = command({"key", "new", "--grace", grace});
    CAPTURE(grace, finished.err);
    CHECK(finished.status == 0);
    CHECK(contains(finished.out, "The one before is good for a time yet"));
  }
  CHECK(contains(command({"key", "new", "--revoke"}).out, "No other one is good any more"));
}

/// Gives the state directory to the user "nobody", who then has to be able to reach it.
bool give_state_away(const TemporaryDirectory& directory, const std::string& state) {
  if (!machine::has_root("may give files away")) return false;
  constexpr uid_t kNobody = 65534;
  return chmod(directory.path().c_str(), 0711) == 0 &&
         chmod((directory / "etc").c_str(), 0755) == 0 &&
         chown(state.c_str(), kNobody, kNobody) == 0;
}

TEST_CASE_METHOD(CommandFixture,
                 "a PBX on another host is right, with a warning that no event comes") {
  const auto check = [this](const std::string& pbx) {
    configure("agent.ini",
              "[system]\nname = pbx.example.com\n[connector]\nurl = ws://127.0.0.1:1\n"
              "[uci]\nurl = http://" +
                  pbx + "\n");
    const Finished finished = command({"config", "check"});
    CHECK(finished.status == 0);
    return finished.err;
  };
  // An address that is set aside for documentation.
  CHECK(contains(check("192.0.2.7"), "warning: [uci.callback-not-loopback]"));
  CHECK(contains(check("192.0.2.7"), "set [uci] callback-listen to this host's address"));
  for (const char* here : {"127.0.0.1", "localhost:8080", "[::1]", "no-such-host.invalid"}) {
    CAPTURE(here);
    CHECK(check(here).empty());
  }
}

TEST_CASE_METHOD(CommandFixture, "a configuration that only root can read is not called right") {
  std::filesystem::create_directory(state());
  if (!give_state_away(directory, state())) return;
  CHECK(command({"config", "check"}).status == 0);
  REQUIRE(chmod((directory / "etc" / "agent.ini").c_str(), 0600) == 0);
  const Finished finished = command({"config", "check"});
  CHECK(finished.status == 78);
  CHECK(contains(finished.err, "[settings.unreadable]"));
  CHECK(contains(finished.err, "let the service's group read it"));
  // Whoever has asked is root already.
  CHECK_FALSE(contains(finished.err, "run this as root"));
}

TEST_CASE_METHOD(CommandFixture,
                 "a state file of root's in the agent's directory is told with its chown") {
  REQUIRE(command({"key", "new"}).status == 0);
  if (!give_state_away(directory, state())) return;
  const Finished finished = command({"key", "show"});
  CHECK(finished.status == 74);
  CHECK(contains(finished.err, "chown -R --reference=" + state() + " " + state()));
  REQUIRE(chown((state() + "/key.json").c_str(), 65534, 65534) == 0);
  CHECK(command({"key", "show"}).status == 0);
}

TEST_CASE_METHOD(CommandFixture,
                 "check by somebody who may not ask the agent says so, and no more") {
  std::filesystem::create_directory(state());
  if (!give_state_away(directory, state())) return;
  const auto agent = started();
  ChildProcess::Options as_another = options({"check"});
  as_another.arguments.insert(
      as_another.arguments.begin(),
      {"--reuid=4711", "--regid=4711", "--clear-groups", SFTEAMS_BIN_DIR "/starface-teams-agent"});
  const Finished check = integration::run("/usr/bin/setpriv", as_another);
  if (check.status > 2) return machine::skipped("another user may not run the program here");
  INFO(check.out);
  CHECK(check.status == 2);
  CHECK(contains(check.out, "[transport.control-denied]"));
  CHECK(contains(check.out, "sudo starface-teams-agent check"));
  CHECK_FALSE(contains(check.out, "no agent is running"));
}

TEST_CASE_METHOD(CommandFixture, "help and version are no failures") {
  const Finished help = command({"--help"});
  CHECK(help.status == 0);
  CHECK(contains(help.out, "key"));
  CHECK(contains(help.out, "78 the configuration is wrong"));
  const Finished version = command({"--version"});
  CHECK(version.status == 0);
  CHECK(contains(version.out, "starface-teams-agent 0."));
}

TEST_CASE_METHOD(CommandFixture,
                 "without a configuration the agent ends with 78 and says what to do") {
  std::filesystem::remove(directory / "etc" / "agent.ini");
  const Finished finished = command({"run"});
  CHECK(finished.status == 78);
  CHECK(contains(finished.err, "[settings.none]"));
  CHECK(contains(finished.err, (directory / "etc").string()));
  CHECK(contains(finished.err, "--config"));
}

TEST_CASE_METHOD(CommandFixture,
                 "a start that fails on its configuration is an error in the journal") {
  configure("agent.ini", "nonsense\n");
  ChildProcess::Options in_journal = options({"run"});
  const std::filesystem::path err = in_journal.output.string() + ".err";
  std::ofstream(err) << "";
  struct stat status {};
  REQUIRE(stat(err.c_str(), &status) == 0);
  in_journal.environment = {"JOURNAL_STREAM=" + std::to_string(status.st_dev) + ":" +
                            std::to_string(status.st_ino)};
  // Which leaves the file that it finds.
  ChildProcess agent(SFTEAMS_BIN_DIR "/starface-teams-agent", in_journal);
  CHECK(agent.wait() == 78);
  CHECK(agent.err().starts_with("<3>starface-teams-agent: [settings."));
  CHECK(command({"run"}).err.starts_with("starface-teams-agent: ["));
}

TEST_CASE_METHOD(CommandFixture, "a second configuration ends with 78 and names both files") {
  configure("copy.ini", "");
  const Finished finished = command({"run"});
  CHECK(finished.status == 78);
  CHECK(contains(finished.err, "[settings.several]"));
  CHECK(contains(finished.err, (directory / "etc" / "agent.ini").string()));
  CHECK(contains(finished.err, (directory / "etc" / "copy.ini").string()));
}

TEST_CASE_METHOD(CommandFixture,
                 "each mistake in the configuration ends with 78, its code and its line") {
  const auto [text, code, line] = GENERATE(table<const char*, const char*, int>({
      {"[system]\nname = a\n[system]\n", "settings.repeated-section", 3},
      {"[system]\nname = a\nname = b\n", "settings.repeated-key", 3},
      {"[system]\nname = a\nnmae = b\n", "settings.unknown-key", 3},
      {"[system]\nname = a\n[sytem]\n", "settings.unknown-section", 3},
      {"[system]\nname = a b\n", "settings.bad-value", 2},
      {"[system]\nname a\n", "settings.syntax", 2},
      {"[system]\nname = a\n[connector]\nurl = ws://example.com\n", "settings.bad-value", 4},
      {"[system]\nname = a\n[connector]\nurl =\n", "settings.missing", 4},
  }));
  CAPTURE(code);
  configure("agent.ini", text);
  const Finished finished = command({"run"});
  CHECK(finished.status == 78);
  CHECK(contains(finished.err, std::string("[") + code + "]"));
  CHECK(contains(finished.err, "agent.ini:" + std::to_string(line) + ": "));
}

TEST_CASE_METHOD(CommandFixture,
                 "a file of certificates that cannot be read ends the start with its name") {
  configure("agent.ini",
            "[system]\nname = pbx.example.com\n[connector]\nurl = wss://127.0.0.1:1\n"
            "ca-file = /nowhere/ca.pem\n");
  const Finished finished = command({"run"});
  CHECK(finished.status == 66);
  CHECK(contains(finished.err, "/nowhere/ca.pem"));
}

TEST_CASE_METHOD(CommandFixture,
                 "a state directory that is named from a directory which is gone is told") {
  std::filesystem::create_directory(directory / "gone");
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(directory / "gone");
  std::filesystem::remove(directory / "gone");
  const Finished finished =
      integration::run(SFTEAMS_BIN_DIR "/starface-teams-agent",
                       {{"key", "show", "--state-dir", "x"}, directory / "output", "", {}});
  std::filesystem::current_path(before);
  CHECK(finished.status == 74);
  CHECK(contains(finished.err, "[agent.state-unusable]"));
}

TEST_CASE_METHOD(CommandFixture, "a second agent ends with 75 and names the first one's process") {
  const auto first = started();
  const Finished second = command({"run"});
  CHECK(second.status == 75);
  CHECK(contains(second.err, "[agent.already-running]"));
  CHECK(contains(second.err, "process " + std::to_string(first->pid())));
  CHECK(contains(second.err, state()));
  CHECK(first->running());
}

TEST_CASE_METHOD(CommandFixture, "the agent stops with 0 on SIGTERM and on SIGINT") {
  const int signal = GENERATE(SIGTERM, SIGINT);
  const auto agent = started();
  agent->signal(signal);
  CHECK(agent->wait() == 0);
  CHECK(contains(agent->err(), "stopped"));
  CHECK(command({"status"}).status == 2);
}

TEST_CASE_METHOD(CommandFixture, "status is 2 when no agent runs") {
  const Finished finished = command({"status"});
  CHECK(finished.status == 2);
  CHECK(contains(finished.err, "[agent.not-running]"));
  CHECK(finished.out.empty());
}

TEST_CASE_METHOD(CommandFixture, "status is 2 and says why while the connector is not there") {
  const auto agent = started();
  const Finished people = command({"status"});
  CHECK(people.status == 2);
  CHECK(contains(people.out, "agent:        critical"));
  CHECK(contains(people.out, "key new"));
  const Finished machines = command({"status", "--json"});
  CHECK(machines.status == 2);
  const Result<Json::Value> json = json::parse(machines.out);
  REQUIRE(json);
  CHECK((*json)["pid"] == static_cast<int>(agent->pid()));
  CHECK((*json)["registration"]["name"] == "pbx.example.com");
  CHECK((*json)["registration"]["registered"] == false);
  CHECK((*json)["uci"]["reachable"] == false);
  CHECK((*json)["key"].isNull());
}

TEST_CASE_METHOD(CommandFixture,
                 "a key is made without an agent, once, and replaced only when that is said") {
  const Finished made = command({"key", "new"});
  CHECK(made.status == 0);
  const std::string first = shown_key();
  CHECK_FALSE(contains(made.out, first.substr(9, 47)));
  const Finished again = command({"key", "new"});
  CHECK(again.status == 73);
  CHECK(contains(again.err, "--grace"));
  CHECK(contains(again.err, "--revoke"));
  CHECK(shown_key() == first);
  CHECK(command({"key", "new", "--revoke"}).status == 0);
  CHECK(shown_key() != first);
  struct stat status {};
  REQUIRE(stat((state() + "/key.json").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
}

TEST_CASE_METHOD(CommandFixture, "a key is made by the running agent, which uses it at once") {
  const auto agent = started();
  REQUIRE(command({"key", "new"}).status == 0);
  const auto id_in_force = [&] {
    return json::parse(command({"status", "--json"}).out)->get("key", {}).get("id", "").asString();
  };
  const std::string first = id_in_force();
  CHECK(first.size() == 16);
  CHECK(contains(shown_key(), "id:      " + first));
  const Finished again = command({"key", "new"});
  CHECK(again.status == 73);
  CHECK(contains(again.err, "[agent.key-exists]"));
  REQUIRE(command({"key", "new", "--revoke"}).status == 0);
  CHECK(id_in_force() != first);
}

TEST_CASE_METHOD(CommandFixture,
                 "a session that may end before a dead line is noticed is warned of") {
  const auto check = [this](const std::string& limits) {
    configure("agent.ini",
              "[system]\nname = pbx.example.com\n[connector]\nurl = ws://127.0.0.1:1\n[limits]\n" +
                  limits);
    const Finished finished = command({"config", "check"});
    CHECK(finished.status == 0);
    return finished.err;
  };
  CHECK(contains(check("read-timeout = 30\n"), "warning: [agent.read-timeout-short]"));
  CHECK(contains(check("read-timeout = 5\n"), "read-timeout is 5 s"));
  CHECK(check("read-timeout = 31\n").empty());
  CHECK(check("").empty());
  // Where no session is kept, none is lost.
  CHECK(check("read-timeout = 5\nresume-window = 0\n").empty());
}

TEST_CASE_METHOD(CommandFixture,
                 "a key that was open to others is shown and exported with a warning") {
  REQUIRE(command({"key", "new"}).status == 0);
  const std::string file = state() + "/key.json";
  REQUIRE(chmod(file.c_str(), 0644) == 0);
  const Finished shown = command({"key", "show"});
  CHECK(shown.status == 0);
  CHECK(
      contains(shown.err, "warning: [agent.state-was-open] " + file + " was open to other users"));
  REQUIRE(chmod(file.c_str(), 0644) == 0);
  const Finished exported = command({"key", "export", (directory / "users.key").string()});
  CHECK(exported.status == 0);
  CHECK(contains(exported.err, "warning: [agent.state-was-open]"));
  CHECK(command({"key", "show"}).err.empty());
}

TEST_CASE_METHOD(CommandFixture,
                 "a key with a grace is kept by the running agent, and by the next one") {
  auto agent = started();
  REQUIRE(command({"key", "new"}).status == 0);
  const auto key_in_status = [&] {
    return json::parse(command({"status", "--json"}).out)->get("key", {});
  };
  const std::string first = key_in_status()["id"].asString();
  const Finished made = command({"key", "new", "--grace", "24h"});
  INFO(made.err);
  REQUIRE(made.status == 0);
  const auto both = [&] {
    const Json::Value key = key_in_status();
    return key["id"] != first && key["older"].size() == 1 && key["older"][0]["id"] == first;
  };
  CHECK(both());
  agent->signal(SIGKILL);
  REQUIRE(agent->wait());
  agent = started();
  CHECK(both());
  // Straight into the state directory, too, when nobody runs.
  agent->signal(SIGTERM);
  REQUIRE(agent->wait() == 0);
  REQUIRE(command({"key", "new", "--grace", "2d"}).status == 0);
  REQUIRE(command({"key", "new", "--grace", "30d"}).status == 0);
  const Finished fifth = command({"key", "new", "--grace", "1h"});
  CHECK(fifth.status == 73);
  CHECK(contains(fifth.err, "[agent.too-many-keys]"));
  agent = started();
  CHECK(key_in_status()["older"].size() == 3);
  CHECK(command({"key", "revoke"}).status == 0);
  CHECK(key_in_status()["older"].empty());
  const Finished again = command({"key", "revoke"});
  CHECK(again.status == 78);
  CHECK(contains(again.err, "[agent.no-older-key]"));
}

TEST_CASE_METHOD(CommandFixture,
                 "the key file for users holds name, key and connector, and is not overwritten") {
  const std::string file = (directory / "users.key").string();
  const Finished without = command({"key", "export", file});
  CHECK(without.status == 78);
  CHECK(contains(without.err, "[agent.no-key]"));
  REQUIRE(command({"key", "new"}).status == 0);
  REQUIRE(command({"key", "export", file}).status == 0);
  const auto content = keygen::read_key_file(file);
  REQUIRE(content);
  CHECK(content->name == "pbx.example.com");
  CHECK(content->connector == "ws://127.0.0.1:1");
  CHECK(contains(shown_key(), std::string(content->key.display().text())));
  struct stat status {};
  REQUIRE(stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  const Finished again = command({"key", "export", file});
  CHECK(again.status == 73);
  CHECK(contains(again.err, file));
  CHECK(contains(again.err, "--force"));
  CHECK(command({"key", "export", file, "--force"}).status == 0);
}

TEST_CASE_METHOD(CommandFixture, "damaged state ends the start and names the file") {
  REQUIRE(command({"key", "new"}).status == 0);
  std::ofstream(state() + "/key.json") << "{}";
  const Finished finished = command({"run"});
  CHECK(finished.status == 65);
  CHECK(contains(finished.err, state() + "/key.json"));
}

TEST_CASE_METHOD(CommandFixture,
                 "SIGHUP takes the log level anew and keeps it when the file is wrong") {
  const auto agent = started();
  configure("agent.ini",
            "[system]\nname = pbx.example.com\n[connector]\nurl = ws://127.0.0.1:1\n"
            "[uci]\nurl = http://127.0.0.1:1\n[log]\nlevel = debug\n");
  agent->signal(SIGHUP);
  CHECK(eventually([&] { return contains(agent->err(), "the log has another level now"); }));
  configure("agent.ini", "nonsense\n");
  agent->signal(SIGHUP);
  CHECK(eventually([&] { return contains(agent->err(), "the configuration stays as it was"); }));
  CHECK(agent->running());
}

TEST_CASE_METHOD(CommandFixture, "the key stands in no log and no message of the agent") {
  const auto agent = started();
  REQUIRE(command({"key", "new"}).status == 0);
  const std::string key = shown_key().substr(9, 47);
  agent->signal(SIGTERM);
  REQUIRE(agent->wait() == 0);
  CHECK_FALSE(contains(agent->err() + agent->out(), key));
}

TEST_CASE_METHOD(
    CommandFixture,
    "the log's level is changed while the agent runs, until it reads its configuration") {
  const auto agent = started();
  CHECK(command({"log", "level"}).out == "info\n");
  CHECK(command({"log", "level", "debug"}).out ==
        "debug, until the next reload or restart; the configuration says info\n");
  CHECK(command({"log", "level"}).out ==
        "debug, until the next reload or restart; the configuration says info\n");
  CHECK(eventually([&] { return contains(agent->err(), " debug "); }));
  CHECK(contains(command({"reload"}).out, "the level of the configuration again"));
  CHECK(command({"log", "level"}).out == "info\n");
  CHECK(contains(command({"reload"}).out, "nothing has changed"));
}

TEST_CASE_METHOD(CommandFixture, "another log level is refused with those that exist") {
  const auto agent = started();
  const Finished refused = command({"log", "level", "verbose"});
  CHECK(refused.status == 64);
  CHECK(contains(refused.err, "[log.level-unknown]"));
  CHECK(contains(refused.err, "trace"));
  CHECK(command({"log", "level", "info", "debug"}).status == 64);
  CHECK(command({"log"}).status == 64);
  CHECK(command({"log", "level"}).out == "info\n");
}

TEST_CASE_METHOD(CommandFixture, "without a running agent there is no log level") {
  CHECK(command({"log", "level"}).status == 69);
}

TEST_CASE_METHOD(CommandFixture,
                 "with format = json every line is an object, that of a failed start too") {
  const std::string configuration =
      "[system]\nname = pbx.example.com\n[connector]\nurl = ws://127.0.0.1:1\n"
      "[uci]\nurl = http://127.0.0.1:1\n[log]\nformat = json\n";
  const auto all_objects = [](const std::string& text) -> bool {
    std::istringstream lines(text);
    std::string line;
    while (std::getline(lines, line)) {
      const Result<Json::Value> object = json::parse(line);
      if (!object || !(*object)["message"].isString()) return false;
    }
    return contains(text, "\"message\":");
  };
  configure("agent.ini", configuration);
  const auto agent = started();
  REQUIRE(eventually([&] { return contains(agent->err(), "\"area\":\"tunnel\""); }));
  const Finished second = command({"run"});
  CHECK(second.status == 75);
  CHECK(contains(second.err, "[agent.already-running]"));
  CHECK(all_objects(second.err));
  agent->signal(SIGTERM);
  CHECK(agent->wait() == 0);
  CHECK(all_objects(agent->err()));
}

}  // namespace
}  // namespace sfteams::agent

#include <csignal>

#include <catch2/catch.hpp>

#include "tests/integration/installation.h"

namespace sfteams::integration {
namespace {

/// A key file for the same PBX whose key is another one.
std::filesystem::path foreign_key(Installation& installation, const std::string& name) {
  const std::filesystem::path file = installation.file("foreign.key");
  const Finished made = run(
      Installation::program("starface-teams-keygen"),
      {{"new", "--name", name, "--connector", installation.connector_url(), "--out", file.string()},
       installation.file("keygen"),
       "",
       {}});
  REQUIRE(made.status == 0);
  return file;
}

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n');
  const std::size_t begin = text.rfind('\n', end);
  return text.substr(begin == std::string::npos ? 0 : begin + 1);
}

TEST_CASE("a client with a wrong key is refused, and nothing of it reaches the PBX") {
  Installation installation;
  installation.start();
  installation.use_key_file(foreign_key(installation, "pbx.example.com"));
  const Finished refused = installation.client(Installation::kAnna, {"login"});
  CHECK(refused.status == 77);
  CHECK(contains(refused.err, "tunnel.admission-refused"));
  // Apart from the agent's own question whether the PBX is there.
  CHECK(installation.journal_count("", "") == installation.journal_count("", "", "no token"));
  CHECK(installation.status()["sessions"]["open"].asInt() == 0);
}

TEST_CASE("a wrong key and an unknown name look the same to the client") {
  Installation installation;
  installation.start();
  installation.use_key_file(foreign_key(installation, "pbx.example.com"));
  const Finished wrong_key = installation.client(Installation::kAnna, {"login"});
  std::filesystem::remove(installation.file("foreign.key"));
  installation.use_key_file(foreign_key(installation, "no-such-pbx.example.com"));
  const Finished unknown_name = installation.client(Installation::kAnna, {"login"});
  CHECK(wrong_key.status == unknown_name.status);
  CHECK(last_line(wrong_key.err) == last_line(unknown_name.err));
}

/// Makes the file say that the older key is over soon: the shortest grace is longer than a test.
void end_grace_in(const std::filesystem::path& file, std::chrono::seconds time) {
  std::string text = read_file(file);
  const std::string member = "\"expires\": ";
  const std::size_t at = text.find(member);
  REQUIRE(at != std::string::npos);
  const auto now = std::chrono::system_clock::now() + time;
  text.replace(at + member.size(), text.find('}', at) - at - member.size(),
               std::to_string(std::chrono::system_clock::to_time_t(now)));
  write_file(file, text);
}

TEST_CASE("a wrong password reaches the PBX once, and its repetition not at all") {
  Installation installation;
  installation.start();
  const Installation::User wrong{"1001", "guessed"};
  for (int attempt = 0; attempt < 3; ++attempt) {
    const Finished refused = installation.client(wrong, {"login"});
    INFO(refused.err);
    CHECK(refused.status == 77);
    CHECK(contains(refused.err, "uci.login-refused"));
  }
  CHECK(installation.journal_count("login", "1001", "refused") == 1);
  CHECK(installation.client(Installation::kAnna, {"login"}).status == 0);
}

TEST_CASE("a new key shuts out the old one at once, and whoever was in by it") {
  Installation installation;
  installation.start();
  const auto watcher =
      installation.client_in_background(Installation::kAnna, {"watch", "--for", "60"});
  REQUIRE(eventually([&] { return installation.journal_count("login", "1001", "accepted") == 1; }));

  REQUIRE(installation.agent_command({"key", "new", "--revoke"}).status == 0);
  REQUIRE(watcher->wait());
  CHECK(contains(watcher->err(), "tunnel.key-revoked"));
  const Finished old_key = installation.client(Installation::kAnna, {"login"});
  CHECK(contains(old_key.err, "tunnel.admission-refused"));

  const std::filesystem::path fresh = installation.file("fresh.key");
  REQUIRE(installation.agent_command({"key", "export", fresh.string()}).status == 0);
  installation.use_key_file(fresh);
  CHECK(installation.client(Installation::kAnna, {"login"}).status == 0);
}

Finished connector_command(Installation& installation, const std::vector<std::string>& command) {
  std::vector<std::string> arguments{"--config", installation.file("connector.ini").string()};
  arguments.insert(arguments.end(), command.begin(), command.end());
  return run(Installation::program("starface-teams-connector"),
             {arguments, installation.file("connector-command"), "", {}});
}

TEST_CASE("a key that is made while the agent registers is the one that lets users in") {
  Installation::Options options;
  options.registration = "enrolled";
  Installation installation(options);
  installation.start_simulator();
  installation.start_connector();
  REQUIRE(connector_command(installation, {"enroll", "pbx.example.com"}).status == 0);
  installation.start_agent();
  REQUIRE(installation.agent_command({"key", "new"}).status == 0);
  REQUIRE(installation.agent_command({"key", "export", installation.key_file().string()}).status ==
          0);
  const std::filesystem::path old_file = installation.key_file();
  const std::filesystem::path ini = installation.file("agent") / "agent.ini";
  const std::string right = read_file(ini);
  std::string wrong = right;
  const std::string name = "pbx.example.com";
  wrong.replace(wrong.find(name), name.size(), "not-enrolled.example.com");
  // The connector lets an agent wait that it has refused, so the key comes before REGISTERED.
  for (int round = 0; round < 2; ++round) {
    CAPTURE(round);
    write_file(ini, wrong);
    REQUIRE(installation.agent_command({"reload"}).status == 0);
    REQUIRE(eventually([&] {
      return installation.status()["tunnel"]["error"]["code"] == "tunnel.name-not-enrolled";
    }));
    write_file(ini, right);
    REQUIRE(installation.agent_command({"reload"}).status == 0);
    REQUIRE(installation.agent_command({"key", "new", "--revoke"}).status == 0);
    const std::filesystem::path fresh = installation.file("fresh" + std::to_string(round));
    REQUIRE(installation.agent_command({"key", "export", fresh.string()}).status == 0);
    REQUIRE(eventually([&] {
      const Json::Value status = installation.status();
      return status["registration"]["registered"] == true &&
             status["registration"]["keys"] == "taken";
    }));
    installation.use_key_file(fresh);
    const Finished by_new = installation.client(Installation::kAnna, {"login"});
    INFO(by_new.err);
    CHECK(by_new.status == 0);
    installation.use_key_file(old_file);
    CHECK(contains(installation.client(Installation::kAnna, {"login"}).err,
                   "tunnel.admission-refused"));
  }
}

TEST_CASE("with a grace both key files let users in, through restarts of both sides") {
  Installation installation;
  installation.start();
  const std::filesystem::path old_file = installation.key_file();
  const auto watcher =
      installation.client_in_background(Installation::kAnna, {"watch", "--for", "60"});
  REQUIRE(eventually([&] { return installation.journal_count("login", "1001", "accepted") == 1; }));
  REQUIRE(installation.agent_command({"key", "new", "--grace", "24h"}).status == 0);
  const std::filesystem::path fresh = installation.file("fresh.key");
  REQUIRE(installation.agent_command({"key", "export", fresh.string()}).status == 0);
  const auto both_let_in = [&] {
    installation.use_key_file(old_file);
    const Finished by_old = installation.client(Installation::kBen, {"login"});
    installation.use_key_file(fresh);
    const Finished by_new = installation.client(Installation::kBen, {"login"});
    INFO(by_old.err << by_new.err);
    CHECK(by_old.status == 0);
    CHECK(by_new.status == 0);
  };
  both_let_in();
  CHECK(watcher->running());

  installation.agent().signal(SIGKILL);
  REQUIRE(installation.agent().wait());
  installation.start_agent();
  both_let_in();
  installation.connector().signal(SIGKILL);
  REQUIRE(installation.connector().wait());
  installation.start_connector();
  REQUIRE(eventually([&] { return installation.registered(); }));
  both_let_in();
  const Json::Value key = installation.status()["key"];
  CHECK(key["older"].size() == 1);

  REQUIRE(installation.agent_command({"key", "revoke"}).status == 0);
  installation.use_key_file(old_file);
  CHECK(contains(installation.client(Installation::kAnna, {"login"}).err,
                 "tunnel.admission-refused"));
  installation.use_key_file(fresh);
  CHECK(installation.client(Installation::kBen, {"login"}).status == 0);
}

TEST_CASE("at the end of the grace whoever came in by the old key is out, and nobody else") {
  Installation installation;
  installation.start();
  const std::filesystem::path old_file = installation.key_file();
  REQUIRE(installation.agent_command({"key", "new", "--grace", "60s"}).status == 0);
  const std::filesystem::path fresh = installation.file("fresh.key");
  REQUIRE(installation.agent_command({"key", "export", fresh.string()}).status == 0);
  installation.agent().signal(SIGTERM);
  REQUIRE(installation.agent().wait() == 0);
  end_grace_in(installation.file("state") / "key.json", 4s);
  installation.start_agent();
  const auto by_old =
      installation.client_in_background(Installation::kAnna, {"watch", "--for", "60"});
  installation.use_key_file(fresh);
  const auto by_new =
      installation.client_in_background(Installation::kBen, {"watch", "--for", "60"});
  REQUIRE(eventually([&] { return installation.journal_count("login", "", "accepted") == 2; }));
  REQUIRE(by_old->wait());
  CHECK(contains(by_old->err(), "tunnel.key-revoked"));
  CHECK(by_new->running());
  CHECK(installation.status()["key"]["older"].empty());
  installation.use_key_file(old_file);
  CHECK(contains(installation.client(Installation::kAnna, {"login"}).err,
                 "tunnel.admission-refused"));
}

TEST_CASE("a key that was revoked while the connector was away stays shut out") {
  Installation installation;
  installation.start();
  installation.connector().signal(SIGKILL);
  REQUIRE(installation.connector().wait());
  REQUIRE(installation.agent_command({"key", "new", "--revoke"}).status == 0);
  installation.start_connector();
  REQUIRE(eventually([&] { return installation.registered(); }));
  CHECK(contains(installation.client(Installation::kAnna, {"login"}).err,
                 "tunnel.admission-refused"));
}

TEST_CASE("a name that belongs to another installation cannot be registered") {
  Installation installation;
  installation.start();
  installation.agent().signal(SIGTERM);
  REQUIRE(installation.agent().wait() == 0);
  // The same name and system key, but another identity: what a member of staff could set up.
  std::filesystem::remove(installation.file("state") / "identity.json");
  std::vector<std::string> arguments{"run"};
  for (const std::string& argument : installation.agent_arguments())
    arguments.push_back(argument);
  ChildProcess impostor(Installation::program("starface-teams-agent"),
                        {arguments, installation.file("impostor"), "", {}});
  CHECK(eventually([&] { return contains(impostor.err(), "tunnel.name-taken"); }));
  const Json::Value status = installation.status();
  CHECK(status["tunnel"]["state"] != "connected");
}

TEST_CASE("with enrolled names, a name is registered only after the operator has enrolled it") {
  Installation::Options options;
  options.registration = "enrolled";
  Installation installation(options);
  installation.start_simulator();
  installation.start_connector();
  const Finished enrolled =
      run(Installation::program("starface-teams-connector"),
          {{"--config", installation.file("connector.ini").string(), "enroll", "pbx.example.com"},
           installation.file("enroll"),
           "",
           {}});
  INFO(enrolled.err);
  REQUIRE(enrolled.status == 0);
  CHECK_NOTHROW(installation.start_agent());
}

}  // namespace
}  // namespace sfteams::integration

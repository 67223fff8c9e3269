// The command line of starface-teams-client, as far as it gets without a connector.

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "tests/integration/child_process.h"

namespace sfteams::client {
namespace {

using integration::contains;
using integration::Finished;

constexpr const char* kKeyFile = R"({
  "type": "starface-teams-key", "version": 1, "name": "pbx.example.com", "key": "%KEY%",
  "connector": "wss://127.0.0.1:1", "created": "2026-11-23T10:00:00Z"
})";

struct ProgramFixture {
  integration::ScratchDirectory scratch;

  [[nodiscard]] std::string file(const std::string& name, const std::string& content) const {
    integration::write_file(scratch.path() / name, content);
    return (scratch.path() / name).string();
  }
  [[nodiscard]] Finished run(const std::vector<std::string>& arguments,
                             const std::string& input = "secret\n") const {
    return integration::run(std::filesystem::path(SFTEAMS_BIN_DIR) / "starface-teams-client",
                            {arguments, scratch.path() / "client", input, {}});
  }
  /// A good key file, made by the program that makes them, for a port where nobody listens.
  [[nodiscard]] std::string key_file() const {
    const std::string path = (scratch.path() / "users.key").string();
    const Finished made = integration::run(
        std::filesystem::path(SFTEAMS_BIN_DIR) / "starface-teams-keygen",
        {{"new", "--name", "pbx.example.com", "--connector", "wss://127.0.0.1:1", "--out", path},
         scratch.path() / "keygen",
         "",
         {}});
    REQUIRE(made.status == 0);
    return path;
  }
};

TEST_CASE_METHOD(ProgramFixture,
                 "a command line that is none ends with 64 and says what is missing") {
  CHECK(run({}).status == 64);
  const Finished no_user = run({"--key-file", "users.key", "login"});
  CHECK(no_user.status == 64);
  CHECK(contains(no_user.err, "--user"));
  CHECK(run({"--key-file", "x", "--user", "1", "fly"}).status == 64);
  CHECK(run({"--key-file", "x", "--user", "1", "--timeout", "0", "login"}).status == 64);
}

TEST_CASE_METHOD(ProgramFixture,
                 "a parameter that begins like JSON and is none is a mistake of the line") {
  const std::string key = key_file();
  for (const char* wrong : {"{bad", "[1,", "\"text"}) {
    const Finished call =
        run({"--key-file", key, "--user", "1", "call", "ucp.v30.requests.x.y", wrong});
    CHECK(call.status == 64);
    CHECK(contains(call.err, "is no whole JSON"));
  }
  CHECK(run({"--key-file", key, "--user", "1", "call", "ucp.v30.requests.x.y", "bare"}).status ==
        69);
}

TEST_CASE_METHOD(ProgramFixture, "what is no UTF-8 is refused at once, and dials nobody") {
  const std::string key = key_file();
  // "Jürgen" as a terminal of another character set sends it.
  const std::string latin = "J\xfcrgen";
  const Finished user = run({"--key-file", key, "--user", latin, "login"});
  CHECK(user.status == 64);
  CHECK(contains(user.err, "no UTF-8"));
  CHECK_FALSE(contains(user.err, latin));
  CHECK(run({"--key-file", key, "--user", "1", "call", "ucp.v30.requests.x.y", latin}).status ==
        64);
  const Finished password = run({"--key-file", key, "--user", "1", "login"}, latin + "\n");
  CHECK(password.status == 65);
  CHECK(contains(password.err, "[client.password-encoding]"));
  CHECK_FALSE(contains(password.err, latin));
}

TEST_CASE_METHOD(ProgramFixture,
                 "there is no way to give a password or a key on the command line") {
  CHECK(run({"--key-file", "x", "--user", "1", "--password", "secret", "login"}).status == 64);
  CHECK(run({"--key", "SECRET", "--user", "1", "login"}).status == 64);
}

TEST_CASE_METHOD(ProgramFixture,
                 "a command line that is wrong is told with its code and what it lacks") {
  const Finished user = run({"--key-file", "x", "login"});
  CHECK(user.status == 64);
  CHECK(contains(user.err, "starface-teams-client: [client.usage] "));
  CHECK(contains(user.err, "--user"));
  CHECK(contains(run({"--key-file", "x", "--user", "1"}).err, "watch"));
}

TEST_CASE_METHOD(ProgramFixture, "help and version go to stdout and end well") {
  const Finished help = run({"--help"});
  CHECK(help.status == 0);
  CHECK(contains(help.out, "Examples:"));
  const Finished version = run({"--version"});
  CHECK(version.status == 0);
  CHECK(contains(version.out, "starface-teams-client"));
}

TEST_CASE_METHOD(ProgramFixture,
                 "a key file that is missing, foreign or damaged is refused by name") {
  const Finished missing = run({"--key-file", "/nowhere/users.key", "--user", "1", "login"});
  CHECK(missing.status == 66);
  CHECK(contains(missing.err, "/nowhere/users.key"));

  const Finished foreign = run(
      {"--key-file", file("foreign.key", "-----BEGIN CERTIFICATE-----\n"), "--user", "1", "login"});
  CHECK(foreign.status == 65);
  CHECK(contains(foreign.err, "foreign.key"));

  std::string damaged = kKeyFile;
  const std::string typed = "00000-00000-00000-00000-00000-00000-00000-00001";
  damaged.replace(damaged.find("%KEY%"), 5, typed);
  const Finished wrong = run({"--key-file", file("damaged.key", damaged), "--user", "1", "login"});
  CHECK(wrong.status == 65);
  CHECK(contains(wrong.err, "keygen.key-checksum"));
  CHECK_FALSE(contains(wrong.err, typed));
}

TEST_CASE_METHOD(ProgramFixture, "a key file that leads to another host without TLS is refused") {
  std::string plain = integration::read_file(key_file());
  plain.replace(plain.find("wss://127.0.0.1:1"), 17, "ws://192.0.2.1:1");
  const Finished refused = run({"--key-file", file("plain.key", plain), "--user", "1", "login"});
  CHECK(refused.status == 65);
  CHECK(contains(refused.err, "plain.key"));
  CHECK(contains(refused.err, "keygen.bad-connector"));
  CHECK(contains(refused.err, "write wss:// in place of ws://"));
}

TEST_CASE_METHOD(ProgramFixture, "an empty or missing password ends before anything is dialled") {
  const std::string key = key_file();
  const Finished empty = run({"--key-file", key, "--user", "1", "login"}, "\n");
  CHECK(empty.status == 65);
  CHECK(contains(empty.err, "client.password-empty"));
  const Finished missing =
      run({"--key-file", key, "--user", "1", "--password-file", "/nowhere/password", "login"});
  CHECK(missing.status == 66);
  CHECK(contains(missing.err, "client.password-unreadable"));
}

TEST_CASE_METHOD(ProgramFixture,
                 "a ticket file that is something else ends the run before anything, and stays") {
  const std::string other = file("other", "my notes\n");
  const Finished refused =
      run({"--key-file", key_file(), "--user", "1", "--ticket-file", other, "login"}, "");
  CHECK(refused.status == 65);
  CHECK(contains(refused.err, "[client.ticket-file-damaged] " + other));
  CHECK(integration::read_file(other) == "my notes\n");
}

TEST_CASE_METHOD(ProgramFixture,
                 "without a ticket the password is asked for, and no file is made") {
  const std::string none = (scratch.path() / "ticket.json").string();
  const std::vector<std::string> line{"--key-file",    key_file(), "--user", "1",
                                      "--ticket-file", none,       "login"};
  CHECK(contains(run(line, "\n").err, "client.password-empty"));
  CHECK(run(line).status == 69);
  CHECK_FALSE(std::filesystem::exists(none));
}

TEST_CASE_METHOD(ProgramFixture, "a password file that others can read is used, with a warning") {
  const std::string password = file("password", "secret\n");
  const std::vector<std::string> arguments{"--key-file",      key_file(), "--user", "1",
                                           "--password-file", password,   "login"};
  REQUIRE(chmod(password.c_str(), 0644) == 0);
  const Finished open = run(arguments);
  CHECK(open.status == 69);
  CHECK(contains(open.err, "warning: [client.password-file-open] others can read " + password));
  REQUIRE(chmod(password.c_str(), 0600) == 0);
  CHECK_FALSE(contains(run(arguments).err, "warning"));
}

TEST_CASE_METHOD(ProgramFixture, "a connector that does not listen is unreachable, not a hang") {
  const Finished refused = run({"--key-file", key_file(), "--user", "1", "login"});
  CHECK(refused.status == 69);
  CHECK(contains(refused.err, "transport.connect-failed"));
}

}  // namespace
}  // namespace sfteams::client

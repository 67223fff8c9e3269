#include <algorithm>
#include <csignal>

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json/json.h"
#include "tests/connector/invalid_fixtures.h"
#include "tests/connector/program.h"
#include "tests/transport/certificates.h"

// The real program, as an operator calls it.

namespace sfteams::connector::test {
namespace {

using integration::Finished;
using integration::read_file;
using integration::run;
using integration::ScratchDirectory;
using integration::write_file;

Finished call(const ScratchDirectory& scratch, std::vector<std::string> arguments) {
  return run(connector_program(),
             {.arguments = std::move(arguments), .output = scratch.path() / "output", .input = ""});
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("help has examples, and the version is one line") {
  const ScratchDirectory scratch;
  const Finished help = call(scratch, {"--help"});
  CHECK(help.status == 0);
  CHECK(has(help.out, "Examples:"));
  CHECK(has(help.out, "enroll"));
  const Finished version = call(scratch, {"--version"});
  CHECK(version.status == 0);
  CHECK(version.out.starts_with("starface-teams-connector "));
  CHECK(std::ranges::count(version.out, '\n') == 1);
  CHECK(call(scratch, {"enroll", "--help"}).status == 0);
}

TEST_CASE("what all nodes of a cluster share is made once, and never overwritten or shown") {
  const ScratchDirectory scratch;
  const std::filesystem::path file = scratch.path() / "cluster.key";
  const Finished made = call(scratch, {"cluster", "new-key", "--out", file.string()});
  CHECK(made.status == 0);
  CHECK(has(made.out, file.string()));
  const std::string content = read_file(file);
  CHECK(has(content, "log-secret = "));
  struct stat found {};
  REQUIRE(::stat(file.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777U) == 0600U);
  for (const char* name : {"log-secret = ", "\nkey = "}) {
    const std::size_t begin = content.find(name) + std::string(name).size();
    CHECK_FALSE(has(made.out + made.err, content.substr(begin, 16)));
  }
  const Finished again = call(scratch, {"cluster", "new-key", "--out", file.string()});
  CHECK(again.status == 73);
  CHECK(has(again.err, "[keygen.file-exists]"));
  CHECK(read_file(file) == content);
  CHECK(call(scratch, {"cluster"}).status == 64);
  CHECK(call(scratch, {"cluster", "new-key"}).status == 64);
}

TEST_CASE("a wrong command line ends with 64 and says what is wrong") {
  const ScratchDirectory scratch;
  const std::vector<std::vector<std::string>> wrong{
      {"--no-such-option"}, {"serve"},       {"enroll"},  {"forget"}, {"list", "extra"},
      {"enroll", "a", "b"}, {"run", "list"}, {"--config"}};
  for (const std::vector<std::string>& arguments : wrong) {
    INFO(arguments.front());
    const Finished finished = call(scratch, arguments);
    CHECK(finished.status == 64);
    CHECK(has(finished.err, "[connector.usage]"));
    CHECK(std::ranges::count(finished.err, '\n') == 1);
  }
}

TEST_CASE("every wrong configuration ends with 78, its code, file and line") {
  const ScratchDirectory scratch;
  for (const InvalidFixture& fixture : invalid_fixtures()) {
    INFO(fixture.file.string());
    const Finished finished = call(scratch, {"--config", fixture.file.string()});
    CHECK(finished.status == 78);
    CHECK(has(finished.err, "[" + fixture.code + "]"));
    CHECK(has(finished.err, fixture.place));
  }
  const Finished missing = call(scratch, {"--config", "/nonexistent.ini"});
  CHECK(missing.status == 78);
  CHECK(has(missing.err, "/nonexistent.ini"));
}

TEST_CASE("a certificate that cannot be used ends the start with its reason") {
  const std::string code = "[transport.certificate-unreadable]";
  Running connector("certificate-file = missing.pem\nkey-file = missing.key\n", "open", false);
  SECTION("missing") {}
  SECTION("no certificate") {
    write_file(connector.file("missing.pem"), "this is no certificate\n");
    write_file(connector.file("missing.key"), "this is no key\n");
  }
  const Finished finished = connector.command({});
  CHECK(finished.status == 78);
  CHECK(has(finished.err, code));
  CHECK(has(finished.err, connector.file("missing.pem").string()));
}

TEST_CASE("a configuration is checked with its certificate, before anything is restarted") {
  Running connector("certificate-file = server.pem\nkey-file = server.key\n", "open", false);
  const transport::Authority authority;
  const transport::Certificate issued = authority.issue();
  write_file(connector.file("server.pem"), issued.certificate);
  write_file(connector.file("server.key"), issued.key);
  const Finished right = connector.command({"config", "check"});
  INFO(right.err);
  CHECK(right.status == 0);
  CHECK(has(right.out, "is right: 127.0.0.1:0, TLS, certificate good until 20"));
  CHECK(has(right.out, "registration open"));
  CHECK(has(right.err, "warning: [transport.chain-incomplete] "));
  CHECK(has(right.err, "the server's certificate alone"));
  write_file(connector.file("server.pem"), issued.certificate + authority.certificate());
  CHECK(connector.command({"config", "check"}).err.empty());

  write_file(connector.file("server.key"), authority.issue().key);
  const Finished other = connector.command({"config", "check"});
  CHECK(other.status == 78);
  CHECK(has(other.err, "[transport.certificate-mismatch]"));
  const ScratchDirectory scratch;
  write_file(scratch.path() / "connector.ini", "[listen]\naddress = 0.0.0.0:443\n");
  const Finished plain =
      call(scratch, {"--config", (scratch.path() / "connector.ini").string(), "config", "check"});
  CHECK(plain.status == 78);
  CHECK(has(plain.err, "[connector.plain-not-loopback]"));
}

TEST_CASE("a certificate that is over is found by the check, and told when the service starts") {
  Running connector("certificate-file = server.pem\nkey-file = server.key\n", "open", false);
  const transport::Certificate issued = transport::Authority().issue({.valid_until = -60});
  write_file(connector.file("server.pem"), issued.certificate);
  write_file(connector.file("server.key"), issued.key);
  const Finished checked = connector.command({"config", "check"});
  CHECK(checked.status == 78);
  CHECK(has(checked.err, "[connector.certificate-expired]"));
  CHECK(has(checked.err, connector.file("server.pem").string() + " expired on 20"));
  connector.start();
  CHECK(connector.logged("[connector.certificate-expired]"));
}

TEST_CASE("the check finds a registry that the service could not open, and makes none") {
  Running connector("", "open", false);
  CHECK(connector.command({"config", "check"}).status == 0);
  CHECK_FALSE(std::filesystem::exists(connector.file("registry.sqlite3")));
  std::string wrong;
  SECTION("because its directory is not there") {
    wrong = "/nowhere/registry.sqlite3";
  }
  SECTION("because its directory is a file") {
    wrong = "connector.ini/registry.sqlite3";
  }
  write_file(connector.file("connector.ini"), "[registry]\nfile = " + wrong + "\n");
  const Finished checked = connector.command({"config", "check"});
  CHECK(checked.status == 78);
  CHECK(has(checked.err, "[connector.registry-cannot-open]"));
  CHECK(has(checked.err, "is no directory"));
  CHECK(connector.command({}).status == 78);
}

TEST_CASE("a registry in a directory that is not the service's to write is found by the check") {
  if (::geteuid() != 0) return;
  Running connector("", "open", false);
  constexpr uid_t kNobody = 65'534;
  REQUIRE(::chown(connector.file("").c_str(), kNobody, kNobody) == 0);
  write_file(connector.file("registry.sqlite3"), "");
  std::filesystem::permissions(connector.file("registry.sqlite3"), std::filesystem::perms{0600});
  const Finished checked = connector.command({"config", "check"});
  CHECK(checked.status == 77);
  CHECK(has(checked.err, "[connector.registry-read-only]"));
  CHECK(has(checked.err, "registry.sqlite3 cannot be written"));
}

TEST_CASE("a certificate that is not good yet is found by the check, and told at the start") {
  Running connector("certificate-file = server.pem\nkey-file = server.key\n", "open", false);
  const transport::Certificate issued =
      transport::Authority().issue({.valid_from = 3'600, .valid_until = 7'200});
  write_file(connector.file("server.pem"), issued.certificate);
  write_file(connector.file("server.key"), issued.key);
  const Finished checked = connector.command({"config", "check"});
  CHECK(checked.status == 78);
  CHECK(has(checked.err, "[connector.certificate-not-yet]"));
  CHECK(has(checked.err, connector.file("server.pem").string() + " is not good before 20"));
  connector.start();
  CHECK(connector.logged("[connector.certificate-not-yet]"));
}

TEST_CASE("root checks a configuration as the service's user, who may read less") {
  if (::geteuid() != 0) return;
  Running connector("certificate-file = server.pem\nkey-file = server.key\n", "open", false);
  const transport::Certificate issued = transport::Authority().issue();
  write_file(connector.file("server.pem"), issued.certificate);
  write_file(connector.file("server.key"), issued.key);
  constexpr uid_t kNobody = 65'534;
  std::filesystem::permissions(connector.file("server.key"), std::filesystem::perms{0600});
  REQUIRE(::chown(connector.file("").c_str(), kNobody, kNobody) == 0);
  const Finished checked = connector.command({"config", "check"});
  CHECK(checked.status == 78);
  CHECK(has(checked.err, "server.key cannot be read: Permission denied"));
  REQUIRE(::chown(connector.file("server.key").c_str(), kNobody, kNobody) == 0);
  CHECK(connector.command({"config", "check"}).status == 0);
}

TEST_CASE("a command of root's makes the registry as its directory's owner, and follows no link") {
  if (::geteuid() != 0) return;
  constexpr uid_t kNobody = 65'534;
  Running connector("", "enrolled", false);
  const ScratchDirectory elsewhere;
  const std::filesystem::path registry = connector.file("registry.sqlite3");
  REQUIRE(::chown(connector.file("").c_str(), kNobody, kNobody) == 0);

  std::filesystem::create_symlink(elsewhere.path() / "evil", registry);
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"enroll", "pbx.example.com"}, {"list"}, {"forget", "a"}, {}}) {
    const Finished refused = connector.command(arguments);
    CHECK(refused.status == 78);
    CHECK(has(refused.err, "[connector.registry-cannot-open]"));
    CHECK(has(refused.err, registry.string()));
    CHECK(has(refused.err, "it may not be a link"));
  }
  CHECK(std::filesystem::is_empty(elsewhere.path()));

  std::filesystem::remove(registry);
  const Finished enrolled = connector.command({"enroll", "pbx.example.com"});
  INFO(enrolled.err);
  REQUIRE(enrolled.status == 0);
  struct stat status {};
  REQUIRE(::stat(registry.c_str(), &status) == 0);
  CHECK(status.st_uid == kNobody);
  CHECK((status.st_mode & 07777U) == 0600U);
}

TEST_CASE("a port that is taken ends the start with its reason") {
  Running first;
  Running second("", "open", false);
  const std::string port = std::to_string(first.port());
  write_file(second.file("connector.ini"),
             "[listen]\naddress = 127.0.0.1:" + port + "\n[registry]\nfile = registry.sqlite3\n");
  const Finished finished = second.command({});
  CHECK(finished.status == 69);
  CHECK(has(finished.err, "[transport.listen-failed]"));
  CHECK(has(finished.err, port));
}

TEST_CASE("a registry that cannot be used ends the start and every command") {
  Running connector("", "open", false);
  const std::filesystem::path registry = connector.file("registry.sqlite3");
  int status = 78;
  std::string code = "connector.registry-foreign";
  SECTION("it is no database") {
    write_file(registry, std::string(4096, 'x'));
  }
  SECTION("it is damaged") {
    fill_registry(registry);
    std::string content = read_file(registry);
    content.replace(content.size() - 4096, 4096, std::string(4096, '\x5a'));
    write_file(registry, content);
    status = 74;
    code = "connector.registry-corrupt";
  }
  SECTION("it is a directory") {
    std::filesystem::create_directory(registry);
    code = "connector.registry-cannot-open";
  }
  const bool is_file = std::filesystem::is_regular_file(registry);
  const std::string before = is_file ? read_file(registry) : "";
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{}, {"list"}, {"enroll", "pbx.example.com"}}) {
    const Finished finished = connector.command(arguments);
    CHECK(finished.status == status);
    CHECK(has(finished.err, "[" + code + "]"));
    CHECK(has(finished.err, registry.string()));
  }
  if (is_file) CHECK(read_file(registry) == before);
}

TEST_CASE("a registry that its user may not write is named as such") {
  Running connector("", "open", false);
  REQUIRE(connector.command({"enroll", "pbx.example.com"}).status == 0);
  namespace fs = std::filesystem;
  fs::permissions(connector.file("registry.sqlite3"), fs::perms(0444));
  fs::permissions(connector.file("connector.ini"), fs::perms(0444));
  fs::permissions(connector.file(""), fs::perms(0555));
  std::vector<std::string> arguments{connector_program().string(), "--config",
                                     connector.file("connector.ini").string()};
  fs::path program = connector_program();
  if (geteuid() == 0) {
    // Root may write everything, so somebody else has to try.
    arguments.insert(arguments.begin(), {"--reuid=65534", "--clear-groups"});
    program = "/usr/bin/setpriv";
  } else {
    arguments.erase(arguments.begin());
  }
  const ScratchDirectory elsewhere;
  const Finished finished =
      run(program, {.arguments = arguments, .output = elsewhere.path() / "output", .input = ""});
  fs::permissions(connector.file(""), fs::perms(0755));
  CHECK(finished.status == 77);
  CHECK(has(finished.err, "[connector.registry-read-only]"));
}

TEST_CASE("a start line says where, how, for whom and how many, and the port file the port") {
  Running connector;
  CHECK(connector.logged("listens on 127.0.0.1:" + std::to_string(connector.port()) +
                         " (plain), registration open, 0 names known"));
  const Json::Value port = json::parse(read_file(connector.file("port.json"))).value();
  CHECK(port["address"] == "127.0.0.1");
  CHECK(port["tls"] == false);
  CHECK(port["port"].asUInt() == connector.port());
}

TEST_CASE("a port file that cannot be written ends the start") {
  Running connector("", "open", false);
  const Finished finished = connector.command({"--port-file", "/nonexistent/port.json"});
  CHECK(finished.status == 73);
  CHECK(has(finished.err, "/nonexistent/port.json"));
}

TEST_CASE("SIGTERM and SIGINT end it with 0") {
  Running connector;
  connector.process().signal(GENERATE(SIGTERM, SIGINT));
  CHECK(connector.process().wait() == 0);
}

TEST_CASE("names are enrolled, listed and forgotten while it runs") {
  Running connector("", "enrolled");
  const Finished enrolled = connector.command({"enroll", "PBX.example.com"});
  CHECK(enrolled.status == 0);
  CHECK(has(enrolled.out, "pbx.example.com is enrolled"));
  const Finished list = connector.command({"list", "--json"});
  CHECK(list.status == 0);
  CHECK(json::parse(list.out).value()[0]["name"] == "pbx.example.com");
  CHECK(connector.command({"forget", "pbx.example.com"}).status == 0);
  CHECK(connector.command({"forget", "pbx.example.com"}).status == 66);
  CHECK(connector.command({"enroll", "not a name"}).status == 64);
  CHECK(connector.process().running());
}

TEST_CASE("who enrolled or forgot a name stands in the log of the connector that runs") {
  Running connector("", "enrolled");
  REQUIRE(connector.command({"enroll", "pbx.example.com"}).status == 0);
  CHECK(connector.logged("info registry: pbx.example.com was enrolled by "));
  CHECK(connector.logged(" (uid " + std::to_string(getuid()) + ")"));
  REQUIRE(connector.command({"forget", "pbx.example.com"}).status == 0);
  CHECK(connector.logged("info registry: pbx.example.com was forgotten by "));
}

TEST_CASE("what was done while no connector ran is logged by the next one, once") {
  Running connector("", "enrolled", false);
  REQUIRE(connector.command({"enroll", "early.example.com"}).status == 0);
  connector.start();
  CHECK(connector.logged("early.example.com was enrolled by "));
  REQUIRE(connector.command({"enroll", "late.example.com"}).status == 0);
  CHECK(connector.logged("late.example.com was enrolled by "));
  connector.restart();
  REQUIRE(connector.command({"enroll", "last.example.com"}).status == 0);
  CHECK(connector.logged("last.example.com was enrolled by "));
  // The log of all three runs.
  const std::string log = connector.process().err();
  for (const char* name : {"early", "late", "last"}) {
    const std::string line = std::string(name) + ".example.com was enrolled by";
    CAPTURE(line);
    CHECK(log.find(line) == log.rfind(line));
  }
}

TEST_CASE("a second connector on the same registry ends with 75 and names the first") {
  Running connector("", "enrolled");
  const auto second = [&] { return connector.command({"run"}); };
  const Finished refused = second();
  CHECK(refused.status == 75);
  CHECK(has(refused.err, "[connector.already-running]"));
  CHECK(has(refused.err, "process " + std::to_string(connector.process().pid()) + " "));
  // Commands need no lock.
  CHECK(connector.command({"list"}).status == 0);
  // A file that is left behind by a process that was killed locks nobody out.
  connector.process().signal(SIGKILL);
  static_cast<void>(connector.process().wait());
  CHECK(std::filesystem::exists(connector.file("registry.sqlite3.lock")));
  std::filesystem::remove(connector.file("port.json"));
  connector.start();
  CHECK(second().status == 75);
}

TEST_CASE("output that cannot be written is a failure") {
  Running connector("", "enrolled", false);
  const std::string command = "exec " + connector_program().string() + " --config " +
                              connector.file("connector.ini").string() + " list > /dev/full";
  const Finished finished =
      run("/bin/sh", {.arguments = {"-c", command}, .output = connector.file("sh"), .input = ""});
  CHECK(finished.status == 74);
}

}  // namespace
}  // namespace sfteams::connector::test

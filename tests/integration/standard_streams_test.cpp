#include <array>
#include <csignal>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/integration/installation.h"

// Programs that are started with closed descriptors, a full disk behind their output, or a reader
// who does not stay.

namespace sfteams::integration {
namespace {

const std::array kPrograms{"starface-teams-agent", "starface-teams-connector",
                           "starface-teams-client", "starface-teams-keygen",
                           "starface-uci-simulator"};
const std::array kClosed{"<&-", ">&-", "2>&-", "<&- >&- 2>&-"};

std::string quoted(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words)
    line += " '" + word + "'";
  return line;
}

Finished shell(const ScratchDirectory& scratch, const std::string& line) {
  return run("/bin/bash", {{"-c", line}, scratch.path() / "shell", "", {}});
}

TEST_CASE("every program works with any of its standard descriptors closed") {
  const ScratchDirectory scratch;
  const std::string program = GENERATE(from_range(kPrograms));
  const std::string closed = GENERATE(from_range(kClosed));
  CAPTURE(program, closed);
  const std::string path = Installation::program(program);
  // A mistake in the command line is told on stderr, and nothing else depends on it.
  CHECK(shell(scratch, path + " --no-such-option " + closed).status == 64);
  // What is asked for cannot be printed on a closed descriptor.
  const bool output_closed =
      closed.find(">&- ") == 0 || closed == ">&-" || closed.find(" >&-") != std::string::npos;
  CHECK(shell(scratch, path + " --version " + closed).status == (output_closed ? 74 : 0));
}

TEST_CASE("no program takes a result for printed when the disk is full") {
  const ScratchDirectory scratch;
  const std::string program = GENERATE(from_range(kPrograms));
  CAPTURE(program);
  const std::string path = Installation::program(program);
  for (const char* const option : {" --help", " --version"}) {
    const Finished finished = shell(scratch, path + option + " >/dev/full");
    CHECK(finished.status == 74);
    CHECK(contains(finished.err, ".output]"));
  }
}

TEST_CASE("no program complains of a reader who has seen enough") {
  const ScratchDirectory scratch;
  const std::string program = GENERATE(from_range(kPrograms));
  CAPTURE(program);
  const std::string pipe = scratch.path() / "pipe";
  // Open for both, then only for writing: a pipe whose reader has gone.
  const Finished finished =
      shell(scratch, "mkfifo " + pipe + "; exec 3<>" + pipe + " 4>" + pipe + " 3>&-; " +
                         Installation::program(program).string() + " --help >&4 4>&-");
  CHECK(finished.status == 0);
  CHECK(finished.err.empty());
}

TEST_CASE("check, status and client work with closed descriptors, and print nothing elsewhere") {
  Installation installation;
  installation.start();
  const ScratchDirectory scratch;
  const std::string closed = GENERATE("<&-", "2>&-", "<&- 2>&-");
  CAPTURE(closed);
  const std::string agent = Installation::program("starface-teams-agent");
  for (const std::string command : {"status", "check"}) {
    CAPTURE(command);
    const Finished finished = shell(
        scratch, agent + " " + command + quoted(installation.agent_arguments()) + " " + closed);
    CHECK((finished.status == 0 || finished.status == 1));
    CHECK(contains(finished.out, command == "check" ? "config" : "tunnel:"));
  }
  const std::string key = installation.key_file();
  const std::string password = scratch.path() / "password";
  write_file(password, "\xef\xbb\xbfwrong\n");
  const Finished finished = shell(
      scratch, Installation::program("starface-teams-client").string() +
                   quoted({"--key-file", key, "--user", "1001", "--password-file", password}) +
                   " login " + closed);
  // Not ended by a signal; which refusal it is depends on the trust in the connector.
  CHECK(finished.status < 128);
  CHECK(finished.status > 0);
}

TEST_CASE("an agent without a standard error writes its log into none of its files") {
  Installation installation;
  const ScratchDirectory scratch;
  installation.start();
  installation.agent().signal(SIGTERM);
  REQUIRE(installation.agent().wait());
  const std::string agent = Installation::program("starface-teams-agent");
  ChildProcess daemon(
      "/bin/bash",
      {{"-c", "exec " + agent + " run" + quoted(installation.agent_arguments()) + " <&- >&- 2>&-"},
       scratch.path() / "daemon",
       "",
       {}});
  REQUIRE(eventually([&] { return installation.agent_command({"status"}).status == 0; }));
  CHECK(read_file(installation.file("state") / "lock") == std::to_string(daemon.pid()) + "\n");
  const Finished second =
      run(agent, {[&] {
                    std::vector<std::string> arguments{"run"};
                    for (const std::string& argument : installation.agent_arguments())
                      arguments.push_back(argument);
                    return arguments;
                  }(),
                  scratch.path() / "second",
                  "",
                  {}});
  CHECK(second.status == 75);
  CHECK(contains(second.err, "process " + std::to_string(daemon.pid()) + " holds"));
}

}  // namespace
}  // namespace sfteams::integration

#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

#include "files/descriptor.h"
#include "tests/integration/installation.h"

// A changed configuration that wants a port which somebody else has.

namespace sfteams::integration {
namespace {

/// Somebody else's port on 127.0.0.1, for as long as this lives.
class TakenPort {
 public:
  TakenPort() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(socket_.get(), generic, size) == 0);
    REQUIRE(::listen(socket_.get(), 1) == 0);
    REQUIRE(::getsockname(socket_.get(), generic, &size) == 0);
    port_ = ntohs(address.sin_port);
  }
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  files::Descriptor socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::uint16_t port_ = 0;
};

class Changed {
 public:
  Changed() {
    installation.start();
    ini = read_file(file);
  }

  /// One piece of what the file had at first is another.
  Finished reload_with(const std::string& from, const std::string& to) {
    std::string text = ini;
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    write_file(file, text.replace(at, from.size(), to));
    return installation.agent_command({"reload"});
  }

  Installation installation;
  std::filesystem::path file = installation.file("agent") / "agent.ini";
  std::string ini;
};

TEST_CASE("a page or monitoring on a port that somebody else has is refused, and nothing changes") {
  Changed changed;
  const TakenPort taken;
  for (const std::string section : {"admin", "watch"}) {
    const Finished reloaded = changed.reload_with(
        "level = debug", "level = error\n[" + section + "]\nlisten = " + taken.address());
    INFO(section << ": " << reloaded.err);
    CHECK(reloaded.status != 0);
    CHECK(contains(reloaded.err, "[transport.listen-failed]"));
    CHECK(contains(changed.installation.agent_command({"log", "level"}).out, "debug"));
  }
  // It still answers, and takes what is right.
  const Finished reloaded =
      changed.reload_with("level = debug", "level = debug\n[admin]\nlisten = 127.0.0.1:0");
  INFO(reloaded.err);
  CHECK(reloaded.status == 0);
  CHECK(changed.installation.agent_command({"admin-link"}).status == 0);
}

TEST_CASE("a callback port that somebody else has is refused, and users work on") {
  Changed changed;
  const TakenPort taken;
  const Finished reloaded =
      changed.reload_with("[uci]", "[uci]\ncallback-listen = " + taken.address());
  CHECK(reloaded.status != 0);
  CHECK(contains(reloaded.err, "[transport.listen-failed] [uci] callback-listen: "));
  CHECK(changed.installation.client(Installation::kAnna, {"login"}).status == 0);
}

}  // namespace
}  // namespace sfteams::integration

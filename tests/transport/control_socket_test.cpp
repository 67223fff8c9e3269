#include "transport/control_socket.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "transport/codes.h"

using sfteams::Result;
using namespace sfteams::transport;
namespace fs = std::filesystem;

namespace {

/// A peer that sends exactly what it is told to. It blocks.
class Peer {
 public:
  explicit Peer(const fs::path& path) : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.native().copy(address.sun_path, sizeof address.sun_path - 1);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Peer() { ::close(socket_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  bool send(const std::string& bytes) const {
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }
  void stop_sending() const { ::shutdown(socket_, SHUT_WR); }
  /// Everything up to the end of the connection.
  [[nodiscard]] std::string read_all() const {
    std::string all;
    char piece[1024];
    for (ssize_t got = 0; (got = ::recv(socket_, piece, sizeof piece, 0)) > 0;) {
      all.append(piece, static_cast<std::size_t>(got));
    }
    return all;
  }

 private:
  int socket_;
  bool connected_ = false;
};

fs::path make_directory() {
  std::string name = (fs::temp_directory_path() / "sfteams-control-XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  return name;
}

struct ControlFixture {
  fs::path directory = make_directory();
  fs::path path = directory / "control";
  std::unique_ptr<Loop> loop = std::move(*Loop::create());

  ~ControlFixture() {
    std::error_code ignored;
    fs::remove_all(directory, ignored);
  }
  ControlFixture() = default;
  ControlFixture(const ControlFixture&) = delete;
  ControlFixture& operator=(const ControlFixture&) = delete;

  std::unique_ptr<ControlServer> listen(ControlServer::Handler handler,
                                        Duration patience = Duration(5'000)) {
    auto server = ControlServer::listen(*loop, path, std::move(handler), patience);
    REQUIRE(server);
    return std::move(*server);
  }

  /// Runs the loop while `other` runs beside it.
  void beside(const std::function<void()>& other) {
    std::thread thread([&] {
      other();
      loop->post([this] { loop->stop(); });
    });
    loop->run();
    thread.join();
  }

  Result<std::string> ask(const std::string& request, Duration timeout = Duration(10'000)) {
    std::optional<Result<std::string>> answer;
    beside([&] { answer = ask_control(path, request, timeout); });
    return std::move(*answer);
  }
};

void echo(std::string request, const ControlServer::Answer& answer) {
  answer("you said " + request);
}

}  // namespace

TEST_CASE_METHOD(ControlFixture, "a question on the control socket is answered") {
  const auto server = listen(echo);
  CHECK(ask("{\"ask\":\"status\"}").value() == "you said {\"ask\":\"status\"}");
  CHECK(ask("").value() == "you said ");
  CHECK(ask(std::string(ControlServer::kMaxRequest, 'x')).value().size() ==
        ControlServer::kMaxRequest + 9);
}

TEST_CASE_METHOD(ControlFixture, "an answer may come later, and be large") {
  std::unique_ptr<Timer> timer;
  const auto server = listen([&](const std::string&, const ControlServer::Answer& answer) {
    timer = loop->after(Duration(10), [answer] {
      answer(std::string(ControlServer::kMaxAnswer, 'y'));
      answer("a second answer changes nothing");
    });
  });
  CHECK(ask("status").value() == std::string(ControlServer::kMaxAnswer, 'y'));
}

TEST_CASE_METHOD(ControlFixture, "only its owner may open the control socket's file") {
  const auto server = listen(echo);
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
}

TEST_CASE_METHOD(ControlFixture,
                 "a peer of another user is refused even when the file's mode lets it in") {
  if (::geteuid() != 0) return;  // only root can become somebody else
  const auto server =
      listen([](const std::string&, const ControlServer::Answer&) { FAIL("was handed over"); });
  ::chmod(directory.c_str(), 0755);
  ::chmod(path.c_str(), 0666);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setuid(65534) != 0) ::_exit(2);
    const Peer peer(path);
    peer.send("status\n");
    ::_exit(peer.connected() && peer.read_all().empty() ? 0 : 1);
  }
  int status = -1;
  beside([&] { ::waitpid(child, &status, 0); });
  CHECK(status == 0);
}

TEST_CASE_METHOD(ControlFixture, "a second server on the same path is told that one is running") {
  const auto first = listen(echo);
  const auto second = ControlServer::listen(*loop, path, echo);
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == codes::kControlInUse);
  CHECK_THAT(second.error().message, Catch::Contains(path.string()));
  CHECK(ask("still there"));
}

TEST_CASE_METHOD(ControlFixture, "the file that a killed daemon has left is replaced") {
  const pid_t child = ::fork();
  if (child == 0) {
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.native().copy(address.sun_path, sizeof address.sun_path - 1);
    ::_exit(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address));
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  REQUIRE(status == 0);
  REQUIRE(fs::exists(path));
  const auto server = listen(echo);
  CHECK(ask("hello"));
}

TEST_CASE_METHOD(ControlFixture, "a file that is no socket is left alone") {
  std::ofstream(path) << "precious";
  const auto server = ControlServer::listen(*loop, path, echo);
  REQUIRE_FALSE(server.has_value());
  CHECK(server.error().code == codes::kListenFailed);
  CHECK(fs::file_size(path) == 8);
}

TEST_CASE_METHOD(ControlFixture, "a path that cannot be is refused with its reason") {
  const auto missing = ControlServer::listen(*loop, directory / "none" / "control", echo);
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().code == codes::kListenFailed);
  const auto longer = ControlServer::listen(*loop, directory / std::string(120, 'x'), echo);
  REQUIRE_FALSE(longer.has_value());
  CHECK(longer.error().code == codes::kListenFailed);
  CHECK_THAT(longer.error().message, Catch::Contains("107"));
}

TEST_CASE_METHOD(ControlFixture, "the file goes with the server") {
  listen(echo).reset();
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE_METHOD(ControlFixture, "a peer that says nothing, or never ends its line, is cut off") {
  const auto server = listen(echo, Duration(50));
  beside([&] {
    const Peer silent(path);
    const Peer slow(path);
    slow.send("stat");
    CHECK(silent.read_all().empty());
    CHECK(slow.read_all().empty());
  });
}

TEST_CASE_METHOD(ControlFixture, "a line that is too long is cut off, ended or not") {
  const auto server =
      listen([](const std::string&, const ControlServer::Answer&) { FAIL("was handed over"); });
  for (const char* end : {"", "\n"}) {
    beside([&] {
      const Peer peer(path);
      peer.send(std::string(ControlServer::kMaxRequest + 1, 'x') + end);
      CHECK(peer.read_all().empty());
    });
  }
  const auto refused =
      ask_control(path, std::string(ControlServer::kMaxRequest + 1, 'x'), Duration(100));
  CHECK(refused.error().code == codes::kControlTooLong);
  CHECK(ask_control(path, "two\nlines", Duration(100)).error().code == codes::kControlTooLong);
}

TEST_CASE_METHOD(ControlFixture,
                 "a line in pieces, and a peer that stops sending, get their answer") {
  const auto server = listen(echo);
  beside([&] {
    const Peer peer(path);
    for (const char* piece : {"st", "at", "us\nmore that nobody reads"})
      peer.send(piece);
    peer.stop_sending();
    CHECK(peer.read_all() == "you said status\n");
  });
}

TEST_CASE_METHOD(ControlFixture, "a peer that goes before its answer does no harm") {
  ControlServer::Answer kept;
  const auto server = listen([&](const std::string&, ControlServer::Answer answer) {
    kept = std::move(answer);
    loop->stop();
  });
  {
    const Peer peer(path);
    peer.send("status\n");
    loop->run();
  }
  kept("too late");
  loop->post([this] { loop->stop(); });
  loop->run();
  kept = nullptr;
}

TEST_CASE_METHOD(ControlFixture, "a handler that drops its answer closes the connection") {
  const auto server = listen([](const std::string&, const ControlServer::Answer&) {});
  const auto answer = ask("status");
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().code == codes::kControlUnreachable);
}

TEST_CASE_METHOD(ControlFixture, "a handler may destroy the server") {
  std::unique_ptr<ControlServer> server;
  server = listen([&](const std::string&, const ControlServer::Answer& answer) {
    server.reset();
    answer("nobody hears this");
  });
  const auto answer = ask("status");
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().code == codes::kControlUnreachable);
}

TEST_CASE_METHOD(ControlFixture,
                 "peers beyond the limit are closed at once, and later ones served again") {
  const auto server = listen(echo);
  beside([&] {
    std::vector<std::unique_ptr<Peer>> peers;
    for (std::size_t i = 0; i < ControlServer::kMaxConnections; ++i) {
      peers.push_back(std::make_unique<Peer>(path));
    }
    const Peer extra(path);
    CHECK(extra.read_all().empty());
    peers.clear();
    // The server learns of their going in its own time.
    const TimePoint deadline = Clock::now() + Duration(10'000);
    bool served = false;
    while (!served && Clock::now() < deadline) {
      served = ask_control(path, "hello", Duration(10'000)).has_value();
    }
    CHECK(served);
  });
}

TEST_CASE_METHOD(ControlFixture, "asking where nobody listens fails at once with a code") {
  const auto nobody = ask_control(path, "status", Duration(1'000));
  REQUIRE_FALSE(nobody.has_value());
  CHECK(nobody.error().code == codes::kControlUnreachable);
  CHECK_THAT(nobody.error().message, Catch::Contains(path.string()));
  CHECK(ask_control(std::string(200, 'x'), "status", Duration(1'000)).error().code ==
        codes::kControlUnreachable);
}

TEST_CASE_METHOD(ControlFixture, "asking without the right to is told apart") {
  if (::geteuid() != 0) return;  // only root can become somebody else
  const auto server = listen(echo);
  ::chmod(directory.c_str(), 0755);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setuid(65534) != 0) ::_exit(2);
    const auto denied = ask_control(path, "status", Duration(1'000));
    ::_exit(!denied && denied.error().code == codes::kControlDenied ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
}

TEST_CASE_METHOD(ControlFixture, "a daemon that does not answer in time ends as a timeout") {
  ControlServer::Answer kept;
  const auto server =
      listen([&](const std::string&, ControlServer::Answer answer) { kept = std::move(answer); });
  const auto answer = ask("status", Duration(50));
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().code == codes::kTimeout);
}

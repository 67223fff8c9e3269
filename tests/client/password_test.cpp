#include "client/password.h"

#include <csignal>
#include <string>

#include <catch2/catch.hpp>
#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include "client/codes.h"
#include "tests/integration/child_process.h"
#include "tests/machine.h"

namespace sfteams::client {
namespace {

/// A terminal of its own with a process that asks for the password. A shell's part plays the
/// session's leader: it outlives whom it has started, and with it the terminal's settings.
class Terminal {
 public:
  Terminal() {
    int slave = -1;
    REQUIRE(openpty(&master_, &slave, nullptr, nullptr, nullptr) == 0);
    REQUIRE(pipe(told_) == 0);
    REQUIRE(pipe(goes_on_) == 0);
    leader_ = fork();
    REQUIRE(leader_ >= 0);
    if (leader_ == 0) lead(slave);
    close(slave);
    close(told_[1]);
    close(goes_on_[0]);
    asking_ = next_told();
  }
  ~Terminal() {
    close(goes_on_[1]);
    kill(asking_, SIGKILL);
    kill(asking_, SIGCONT);
    waitpid(leader_, nullptr, 0);
    close(told_[0]);
    close(master_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void wait_for(const std::string& text) {
    char c = 0;
    while (!seen_.ends_with(text) && read(master_, &c, 1) == 1)
      seen_ += c;
    REQUIRE(seen_.ends_with(text));
    seen_.clear();
  }
  void type(const std::string& text) const {
    REQUIRE(write(master_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  [[nodiscard]] bool echoes() const {
    termios now{};
    REQUIRE(tcgetattr(master_, &now) == 0);
    return (now.c_lflag & ECHO) != 0;
  }
  /// What waitpid() says when the asking process has ended or is stopped.
  [[nodiscard]] int next_told() const {
    int value = 0;
    REQUIRE(read(told_[0], &value, sizeof(value)) == sizeof(value));
    return value;
  }
  void go_on() const { REQUIRE(write(goes_on_[1], "x", 1) == 1); }
  [[nodiscard]] pid_t asking() const { return asking_; }

 private:
  void tell(int value) const { static_cast<void>(!write(told_[1], &value, sizeof(value))); }

  [[noreturn]] void lead(int slave) const {
    login_tty(slave);
    close(goes_on_[1]);
    std::signal(SIGTTOU, SIG_IGN);
    std::signal(SIGHUP, SIG_IGN);
    const pid_t asking = fork();
    if (asking == 0) ask();
    tell(asking);
    char c = 0;
    for (;;) {
      int status = 0;
      if (waitpid(asking, &status, WUNTRACED) != asking) break;
      tell(status);
      if (read(goes_on_[0], &c, 1) != 1 || !WIFSTOPPED(status)) break;
      kill(asking, SIGCONT);
    }
    _exit(0);
  }
  [[noreturn]] static void ask() {
    // In the foreground, as a shell puts it there; only so is it stopped by Ctrl-Z.
    setpgid(0, 0);
    tcsetpgrp(STDIN_FILENO, getpid());
    for (const int signal : {SIGTTOU, SIGHUP, SIGINT, SIGTERM})
      std::signal(signal, SIG_DFL);
    const Result<crypto::Secret> password = read_password(std::nullopt);
    _exit(password && password->text() == "secret" ? 0 : 1);
  }

  int master_ = -1;
  int told_[2] = {-1, -1};
  int goes_on_[2] = {-1, -1};
  pid_t leader_ = -1;
  pid_t asking_ = -1;
  std::string seen_;
};

TEST_CASE("a password is read from the terminal without echo, which is there again afterwards") {
  if (!machine::has_terminal()) return;
  Terminal terminal;
  terminal.wait_for("Password: ");
  CHECK_FALSE(terminal.echoes());
  terminal.type("secret\n");
  const int status = terminal.next_told();
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(terminal.echoes());
}

TEST_CASE("a password file may come from Windows, but not with what nobody sees") {
  integration::ScratchDirectory scratch;
  const auto file = scratch.path() / "password";
  const auto read = [&](const std::string& content) {
    integration::write_file(file, content);
    chmod(file.c_str(), 0600);
    return read_password(file);
  };
  CHECK(read("\xef\xbb\xbfsecret\r\n")->text() == "secret");
  CHECK(read("gehe\u00efm \u00df \u20ac")->text() == "gehe\u00efm \u00df \u20ac");
  const auto refused = [&](const std::string& content) {
    const Result<crypto::Secret> password = read(content);
    REQUIRE_FALSE(password);
    CHECK_FALSE(contains(describe(password.error()), "ecret"));
    return password.error();
  };
  using namespace std::string_literals;
  CHECK(refused("\xef\xbb\xbf\r\n").code == codes::kPasswordEmpty);
  CHECK(refused("secret\u00a0\n").code == codes::kPasswordInvisible);
  CHECK_THAT(refused("se\u200bcret\n").message, Catch::Contains("U+200B, zero-width space) at "
                                                                "position 3"));
  CHECK(refused("secret\t\n").code == codes::kPasswordInvisible);
  CHECK(refused("sec\xfcret\n").code == codes::kPasswordEncoding);
  CHECK_THAT(refused("\xff\xfes\0e\0c\0r\0\n\0"s).message, Catch::Contains("UTF-16"));
  CHECK(refused("s\0e\0c\0r\0\n\0"s).code == codes::kPasswordEncoding);
}

TEST_CASE("whoever breaks off the question for a password has an echo again") {
  if (!machine::has_terminal()) return;
  Terminal terminal;
  terminal.wait_for("Password: ");
  REQUIRE_FALSE(terminal.echoes());
  const int signal = GENERATE(SIGINT, SIGTERM, SIGHUP);
  terminal.type("sec");
  if (signal == SIGINT) {
    terminal.type("\x03");
  } else {
    kill(terminal.asking(), signal);
  }
  const int status = terminal.next_told();
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == signal);
  CHECK(terminal.echoes());
}

TEST_CASE(
    "while the question for a password is stopped there is an echo, and then it is asked anew") {
  if (!machine::has_terminal()) return;
  Terminal terminal;
  terminal.wait_for("Password: ");
  terminal.type("sec\x1a");
  REQUIRE(WIFSTOPPED(terminal.next_told()));
  CHECK(terminal.echoes());
  terminal.go_on();
  terminal.wait_for("Password: ");
  CHECK_FALSE(terminal.echoes());
  terminal.type("secret\n");
  const int status = terminal.next_told();
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(terminal.echoes());
}

}  // namespace
}  // namespace sfteams::client

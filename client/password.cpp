#include "client/password.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <iostream>
#include <string>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/error/system_error.h"
#include "base/files/descriptor.h"
#include "base/text/encoding.h"
#include "base/text/invisible.h"
#include "client/codes.h"

namespace sfteams::client {
namespace {

constexpr std::size_t kMostBytes = 1024;

/// Switches the terminal's echo off as long as it lives.
class Silence {
 public:
  explicit Silence(int terminal) : terminal_(terminal) {
    if (tcgetattr(terminal_, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = tcsetattr(terminal_, TCSAFLUSH, &silent) == 0;
  }
  ~Silence() {
    if (!changed_) return;
    tcsetattr(terminal_, TCSAFLUSH, &before_);
    std::cerr << '\n';
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  int terminal_;
  termios before_{};
  bool changed_ = false;
};

/// What would end or stop this process and leave the terminal silent.
constexpr std::array kHeldBack{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

/// The last signal that came while they were held back; 0: none. A handler can reach nothing else.
volatile std::sig_atomic_t held_back = 0;

/// Holds signals back as long as it lives, but for the moments in which wait_readable() waits:
/// there they end the waiting, so that none comes too early to be noticed.
class SignalsHeldBack {
 public:
  SignalsHeldBack() {
    held_back = 0;
    struct sigaction keep {};
    keep.sa_handler = [](int signal) { held_back = signal; };
    sigset_t all;
    sigemptyset(&all);
    for (const int signal : kHeldBack)
      sigaddset(&all, signal);
    pthread_sigmask(SIG_BLOCK, &all, &mask_before_);
    for (std::size_t i = 0; i < kHeldBack.size(); ++i)
      sigaction(kHeldBack[i], &keep, &before_[i]);
  }
  ~SignalsHeldBack() {
    for (std::size_t i = 0; i < kHeldBack.size(); ++i)
      sigaction(kHeldBack[i], &before_[i], nullptr);
    pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  }
  SignalsHeldBack(const SignalsHeldBack&) = delete;
  SignalsHeldBack& operator=(const SignalsHeldBack&) = delete;

  /// False when a signal came first.
  [[nodiscard]] bool wait_readable(int descriptor) const {
    pollfd waiting{descriptor, POLLIN, 0};
    while (held_back == 0 && ppoll(&waiting, 1, nullptr, &mask_before_) < 0 && errno == EINTR) {
    }
    return held_back == 0;
  }

 private:
  std::array<struct sigaction, kHeldBack.size()> before_{};
  sigset_t mask_before_{};
};

/// The first line, without its end; what is read beyond it is wiped with the buffer.
Result<crypto::Secret> first_line(int descriptor, const std::string& origin) {
  crypto::Secret buffer(kMostBytes);
  std::size_t size = 0;
  while (size < buffer.size()) {
    const ssize_t got = read(descriptor, buffer.bytes().data() + size, buffer.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int problem = errno;
      return fail(codes::kPasswordUnreadable,
                  "the password cannot be read from " + origin + ": " + system_message(problem),
                  "check the path and who may read it");
    }
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (buffer.text().substr(0, size).find('\n') != std::string_view::npos) break;
  }
  const std::string_view content = buffer.text().substr(0, size);
  if (const std::string_view wide = text::wide_encoding(content); !wide.empty()) {
    return fail(codes::kPasswordEncoding,
                "the password from " + origin + " is in " + std::string(wide) + ", not in UTF-8",
                "save the file as UTF-8, which editors offer as an encoding");
  }
  const std::string_view line = text::without_byte_order_mark(content);
  const std::size_t end = std::min(line.find_first_of("\r\n"), line.size());
  if (end == 0) {
    return fail(codes::kPasswordEmpty, "the first line of " + origin + " is empty",
                "put the user's STARFACE password there");
  }
  if (!text::is_utf8(line.substr(0, end))) {
    return fail(codes::kPasswordEncoding, "the password from " + origin + " is no UTF-8",
                "check the terminal's character set (locale), or that of the file");
  }
  // At the PBX it would be a wrong password, and cost a failed sign-in.
  if (const auto invisible = text::find_invisible(line.substr(0, end))) {
    return fail(codes::kPasswordInvisible,
                "the password from " + origin + " has " + invisible->describe(),
                std::string(text::kInvisibleHint));
  }
  return crypto::Secret::from_text(line.substr(0, end));
}

/// nullopt: a signal came first. The terminal gives whole lines, so one read is all.
std::optional<Result<crypto::Secret>> ask_once() {
  const SignalsHeldBack signals;
  const Silence silence(STDIN_FILENO);
  std::cerr << "Password: " << std::flush;
  if (!signals.wait_readable(STDIN_FILENO)) return std::nullopt;
  return first_line(STDIN_FILENO, "the terminal");
}

Result<crypto::Secret> ask() {
  for (;;) {
    if (std::optional<Result<crypto::Secret>> line = ask_once()) return std::move(*line);
    // Only now, with the terminal as it was. Whoever lives on was stopped for a while, or ignores
    // it, and is asked again.
    static_cast<void>(std::raise(static_cast<int>(held_back)));
  }
}

}  // namespace

Result<crypto::Secret> read_password(const std::optional<std::filesystem::path>& file) {
  if (!file) {
    if (isatty(STDIN_FILENO) == 0) return first_line(STDIN_FILENO, "the standard input");
    return ask();
  }
  const files::Descriptor descriptor(open(file->c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor) {
    const int problem = errno;
    return fail(
        codes::kPasswordUnreadable,
        "the password file " + file->string() + " cannot be opened: " + system_message(problem),
        "check the path and who may read it");
  }
  struct stat status {};
  if (fstat(descriptor.get(), &status) == 0 && (status.st_mode & (S_IRGRP | S_IROTH)) != 0) {
    const Error open_to_others{codes::kPasswordFileOpen,
                               "others can read " + file->string() + ", which holds a password",
                               "keep it to yourself with chmod 600"};
    std::cerr << "warning: " << describe(open_to_others) << '\n';
  }
  return first_line(descriptor.get(), file->string());
}

}  // namespace sfteams::client

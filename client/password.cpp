#include "client/password.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "client/codes.h"
#include "crypto/encoding.h"

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

/// The first line, without its end; what is read beyond it is wiped with the buffer.
Result<crypto::Secret> first_line(int descriptor, const std::string& origin) {
  crypto::Secret buffer(kMostBytes);
  std::size_t size = 0;
  while (size < buffer.size()) {
    const ssize_t got = read(descriptor, buffer.bytes().data() + size, buffer.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return fail(codes::kPasswordUnreadable,
                  "the password cannot be read from " + origin + ": " + std::strerror(errno),
                  "check the path and who may read it");
    }
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (buffer.text().substr(0, size).find('\n') != std::string_view::npos) break;
  }
  const std::string_view line = buffer.text().substr(0, size);
  const std::size_t end = std::min(line.find_first_of("\r\n"), line.size());
  if (end == 0) {
    return fail(codes::kPasswordEmpty, "the first line of " + origin + " is empty",
                "put the user's STARFACE password there");
  }
  if (!crypto::is_utf8(line.substr(0, end))) {
    return fail(codes::kPasswordEncoding, "the password from " + origin + " is no UTF-8",
                "check the terminal's character set (locale), or that of the file");
  }
  return crypto::Secret::from_text(line.substr(0, end));
}

}  // namespace

Result<crypto::Secret> read_password(const std::optional<std::filesystem::path>& file) {
  if (!file) {
    if (isatty(STDIN_FILENO) == 0) return first_line(STDIN_FILENO, "the standard input");
    std::cerr << "Password: " << std::flush;
    const Silence silence(STDIN_FILENO);
    return first_line(STDIN_FILENO, "the terminal");
  }
  const int descriptor = open(file->c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return fail(
        codes::kPasswordUnreadable,
        "the password file " + file->string() + " cannot be opened: " + std::strerror(errno),
        "check the path and who may read it");
  }
  struct stat status {};
  if (fstat(descriptor, &status) == 0 && (status.st_mode & (S_IRGRP | S_IROTH)) != 0) {
    std::cerr << "warning: others can read " << file->string()
              << "; chmod 600 keeps the password to you\n";
  }
  Result<crypto::Secret> password = first_line(descriptor, file->string());
  close(descriptor);
  return password;
}

}  // namespace sfteams::client

#include <array>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/error/system_error.h"
#include "base/files/descriptor.h"
#include "transport/codes.h"
#include "transport/control_socket.h"

namespace sfteams::transport {
namespace {

/// One question, with one deadline for all its steps.
class Question {
 public:
  Question(const std::filesystem::path& path, Duration timeout)
      : path_(path.string()), deadline_(Clock::now() + timeout) {}

  [[nodiscard]] Result<void> connect();
  [[nodiscard]] Result<void> send(std::string_view bytes);
  [[nodiscard]] Result<std::string> receive();

 private:
  /// Until the socket is ready for `events`. Fails with transport.timeout.
  [[nodiscard]] Result<void> wait(short events);
  [[nodiscard]] Result<void> nap();
  [[nodiscard]] tl::unexpected<Error> unreachable(const std::string& reason) const;
  /// By the system: an error number.
  [[nodiscard]] tl::unexpected<Error> unreachable(int problem) const;
  [[nodiscard]] tl::unexpected<Error> late() const;

  std::string path_;
  TimePoint deadline_;
  files::Descriptor socket_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
};

tl::unexpected<Error> Question::unreachable(const std::string& reason) const {
  return fail(codes::kControlUnreachable, "nothing answers on " + path_ + ": " + reason,
              "check that the daemon runs (systemctl status) and uses this directory");
}

tl::unexpected<Error> Question::unreachable(int problem) const {
  return unreachable(system_message(problem));
}

tl::unexpected<Error> Question::late() const {
  return fail(codes::kTimeout, "the daemon on " + path_ + " did not answer in time",
              "it may be busy or stuck; see its log");
}

Result<void> Question::wait(short events) {
  while (true) {
    const auto left = std::chrono::duration_cast<Duration>(deadline_ - Clock::now()).count();
    if (left < 0) return late();
    pollfd ready{socket_.get(), events, 0};
    const int count = ::poll(&ready, 1, static_cast<int>(left) + 1);
    if (count > 0) return {};
    if (count < 0 && errno != EINTR) return unreachable(errno);
  }
}

Result<void> Question::nap() {
  constexpr int kMilliseconds = 10;
  if (Clock::now() >= deadline_) return late();
  ::poll(nullptr, 0, kMilliseconds);
  return {};
}

Result<void> Question::connect() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path_.size() >= sizeof address.sun_path) return unreachable("the path is too long");
  std::memcpy(address.sun_path, path_.data(), path_.size());
  const auto* any = reinterpret_cast<const sockaddr*>(&address);
  while (::connect(socket_.get(), any, sizeof address) != 0) {
    if (errno == EACCES || errno == EPERM) {
      return fail(codes::kControlDenied, "no permission to talk to " + path_,
                  "run this as root (sudo) or as the user that the daemon runs as");
    }
    // A unix socket says so when too many are waiting to be accepted, and cannot be polled for it.
    if (errno != EAGAIN && errno != EINTR) return unreachable(errno);
    if (auto rested = nap(); !rested) return rested;
  }
  return {};
}

Result<void> Question::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (auto ready = wait(POLLOUT); !ready) return ready;
    } else if (errno == EPIPE || errno == ECONNRESET) {
      return {};  // refused; receive() says how
    } else if (errno != EINTR) {
      return unreachable(errno);
    }
  }
  return {};
}

Result<std::string> Question::receive() {
  std::string answer;
  std::array<char, 4096> piece{};
  while (answer.find('\n') == std::string::npos) {
    const ssize_t got = ::recv(socket_.get(), piece.data(), piece.size(), 0);
    if (got > 0) {
      answer.append(piece.data(), static_cast<std::size_t>(got));
      if (answer.size() > ControlServer::kMaxAnswer + 1)
        return unreachable("the answer is too long");
    } else if (got == 0 || errno == ECONNRESET) {
      return unreachable("the connection was closed without an answer");
    } else if (errno == EAGAIN) {
      if (auto ready = wait(POLLIN); !ready) return fail(ready.error());
    } else if (errno != EINTR) {
      return unreachable(errno);
    }
  }
  answer.resize(answer.find('\n'));
  return answer;
}

}  // namespace

Result<std::string> ask_control(const std::filesystem::path& path, const std::string& request,
                                Duration timeout) {
  if (request.size() > ControlServer::kMaxRequest || request.find('\n') != std::string::npos) {
    return fail(codes::kControlTooLong,
                "a control request is one line of at most " +
                    std::to_string(ControlServer::kMaxRequest) + " bytes",
                "shorten it");
  }
  Question question(path, timeout);
  if (auto connected = question.connect(); !connected) return fail(connected.error());
  if (auto sent = question.send(request + "\n"); !sent) return fail(sent.error());
  return question.receive();
}

}  // namespace sfteams::transport

#pragma once

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace sfteams::test {

/// A service manager's end of the notify protocol (sd_notify(3)): a socket that messages come to.
class NotifySocket {
 public:
  /// `path` is short, as a socket's path has to be.
  explicit NotifySocket(std::filesystem::path path) : path_(std::move(path)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string text = path_.string();
    if (text.size() >= sizeof(address.sun_path)) throw std::runtime_error("too long: " + text);
    text.copy(address.sun_path, text.size());
    descriptor_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket interface
    if (bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      throw std::runtime_error("cannot listen on " + text);
    }
  }
  ~NotifySocket() {
    close(descriptor_);
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// The next message; empty when none comes within that time.
  [[nodiscard]] std::string next(std::chrono::milliseconds patience) {
    pollfd waiting{descriptor_, POLLIN, 0};
    if (poll(&waiting, 1, static_cast<int>(patience.count())) <= 0) return {};
    std::string message(4096, '\0');
    const ssize_t size = recv(descriptor_, message.data(), message.size(), 0);
    message.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return message;
  }

  /// The first message that holds `part`; those before it are dropped. Empty when it does not come
  /// within that time.
  [[nodiscard]] std::string await(std::string_view part, std::chrono::milliseconds patience) {
    using std::chrono::steady_clock;
    const auto deadline = steady_clock::now() + patience;
    while (steady_clock::now() < deadline) {
      std::string message = next(
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now()));
      if (message.find(part) != std::string::npos) return message;
    }
    return {};
  }

  /// What has come until now.
  [[nodiscard]] std::vector<std::string> all() {
    std::vector<std::string> messages;
    for (std::string message = next({}); !message.empty(); message = next({}))
      messages.push_back(std::move(message));
    return messages;
  }

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace sfteams::test

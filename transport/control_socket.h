#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/error/error.h"
#include "transport/loop.h"

namespace sfteams::transport {

/// A unix stream socket on which a program of the same host asks the daemon something: one line of
/// text (JSON) each way, then the connection ends. The file has mode 0600; peers of another uid
/// than ours or root are refused (SO_PEERCRED).
class ControlServer {
 public:
  static constexpr std::size_t kMaxRequest = 65'536;
  static constexpr std::size_t kMaxAnswer = 1'048'576;  ///< `status` of a busy daemon
  static constexpr std::size_t kMaxConnections = 16;    ///< further ones are closed at once
  /// For the request to come in, and again for the answer to be taken.
  static constexpr Duration kPatience{5'000};

  /// Does nothing when the peer has gone, or from the second call on.
  using Answer = std::function<void(std::string)>;
  /// Called with the line; `answer` may be called later, once. When every copy of it goes without
  /// having been called, the connection is closed.
  using Handler = std::function<void(std::string request, Answer answer)>;

  /// Replaces a socket file that nobody listens on. Fails with transport.control-in-use when
  /// somebody does, and with transport.listen-failed otherwise. The file goes with the server.
  [[nodiscard]] static Result<std::unique_ptr<ControlServer>> listen(
      Loop& loop, const std::filesystem::path& path, Handler handler,
      Duration patience = kPatience);
  virtual ~ControlServer() = default;
};

/// Asks and waits; for command-line programs, needs no loop. Fails with
/// transport.control-unreachable (nobody listens, or the connection was closed without an answer),
/// transport.control-denied, transport.control-too-long or transport.timeout.
[[nodiscard]] Result<std::string> ask_control(const std::filesystem::path& path,
                                              const std::string& request, Duration timeout);

}  // namespace sfteams::transport

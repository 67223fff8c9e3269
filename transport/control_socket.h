#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "error/error.h"
#include "transport/loop.h"

namespace sfteams::transport {

/// A unix stream socket on which a program of the same host asks the daemon something: one line of text (JSON) each way,
/// at most 64 KiB, then the connection ends. The file has mode 0600; peers of another uid than ours or root are refused (SO_PEERCRED).
class ControlServer {
 public:
  using Answer = std::function<void(std::string)>;
  /// Called with the line; `answer` may be called later, once.
  using Handler = std::function<void(std::string request, Answer answer)>;

  /// Replaces a socket file that nobody listens on. Fails with transport.control-in-use when somebody does, and with
  /// transport.listen-failed otherwise.
  [[nodiscard]] static Result<std::unique_ptr<ControlServer>> listen(
      Loop& loop, const std::filesystem::path& path, Handler handler);
  virtual ~ControlServer() = default;
};

/// Asks and waits; for command-line programs, needs no loop. Fails with transport.control-unreachable (nobody listens),
/// transport.control-denied or transport.timeout.
[[nodiscard]] Result<std::string> ask_control(const std::filesystem::path& path,
                                              const std::string& request, Duration timeout);

}  // namespace sfteams::transport

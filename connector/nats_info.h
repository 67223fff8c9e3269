#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/error/error.h"
#include "transport/bus/nats_options.h"
#include "transport/scheduler.h"

namespace sfteams::connector {

/// The first line that a NATS server says to everybody, of which libnats tells nothing.
struct NatsInfo {
  std::array<int, 3> version{};  ///< 2.9.10
  std::string version_text;      ///< as the server writes it, at most 32 printable characters
  bool tls_verify = false;       ///< clients have to show a certificate

  /// The longest line that is read: a server lists the others of its cluster in it.
  static constexpr std::size_t kMost = 65'536;

  /// `line` without its end. Fails with bus.unreachable when it is not a NATS server's.
  [[nodiscard]] static Result<NatsInfo> parse(std::string_view line);
  /// Connects, reads the line and hangs up. Waits `patience` at most, after the name's look-up.
  /// Fails with bus.unreachable.
  [[nodiscard]] static Result<NatsInfo> ask(const bus::NatsAddress& server,
                                            transport::Duration patience);
};

}  // namespace sfteams::connector

#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "tests/integration/carrier.h"

namespace sfteams::integration {

/// A line for TCP between two processes on loopback, which can be cut, and can stand still.
class Relay {
 public:
  /// Connections to port() are led to `target`.
  explicit Relay(std::uint16_t target)
      : target_(target), door_([this](files::Descriptor outer) { lead(std::move(outer)); }) {}

  [[nodiscard]] std::uint16_t port() const { return door_.port(); }

  /// Ends all connections, and each new one, until mend().
  void cut() {
    cut_ = true;
    carrier_.cut(0);
  }
  /// Nothing moves until mend(), and no connection is ended.
  void hold() { carrier_.hold(); }
  void mend() {
    cut_ = false;
    carrier_.release();
  }

 private:
  void lead(files::Descriptor outer) {
    if (cut_) return;
    files::Descriptor inner = connected_to({.port = target_});
    if (inner) carrier_.carry(0, std::move(outer), std::move(inner));
  }

  const std::uint16_t target_;
  std::atomic<bool> cut_{false};
  Carrier carrier_;
  Door door_;  ///< the last, because it uses the others
};

}  // namespace sfteams::integration

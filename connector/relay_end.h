#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/error/error.h"
#include "connector/buffer_budget.h"
#include "tunnel/outbox.h"
#include "tunnel/relay_queue.h"
#include "tunnel/wire_code.h"

namespace sfteams::connector {

class RelayEnd;

/// The link that a RelayEnd belongs to.
class RelayOwner {
 public:
  virtual ~RelayOwner() = default;
  /// The other end has gone, and a CLOSE waits behind the packets that are still on their way.
  virtual void other_left(RelayEnd& end) = 0;
  /// That CLOSE has been written. The end may be destroyed in here.
  virtual void close_written(RelayEnd& end) = 0;
};

/// One of the two ends of a stream between a client and an agent: the packets on their way to the
/// link that owns it. Both ends are joined; each knows the other until one of them leaves.
class RelayEnd final : public tunnel::RelayQueue {
 public:
  /// `stream` is the number on this end's link.
  RelayEnd(tunnel::Outbox& outbox, std::uint32_t stream, std::shared_ptr<BufferBudget> budget,
           RelayOwner& owner);
  /// Leaves without a word if leave() was not called; a link always calls it.
  ~RelayEnd() override;
  RelayEnd(const RelayEnd&) = delete;
  RelayEnd& operator=(const RelayEnd&) = delete;

  static void join(RelayEnd& one, RelayEnd& other);
  /// False once the other end has left: what this link still sends is in flight, and dropped.
  [[nodiscard]] bool joined() const { return other_ != nullptr; }
  [[nodiscard]] std::uint32_t stream() const { return stream_.id(); }

  /// A DATA came from this end's link. Fails with tunnel.credit-overrun, and with tunnel.too-slow
  /// when the budget for waiting packets is used up.
  [[nodiscard]] Result<void> packet_from_link(std::span<const std::uint8_t> packet);
  /// A WINDOW came from this end's link. Fails with tunnel.credit-zero or tunnel.credit-overflow.
  [[nodiscard]] Result<void> window_from_link(std::uint32_t credit);
  /// This end is over. The other one delivers what it has and then a CLOSE of this code.
  void leave(tunnel::WireCode code, std::string_view reason);

  [[nodiscard]] tunnel::Pull next_packet(std::span<std::uint8_t> out) override;
  void on_close_written() override { owner_.close_written(*this); }

 private:
  RelayOwner& owner_;
  std::shared_ptr<BufferBudget> budget_;
  RelayEnd* other_ = nullptr;
  tunnel::Outbox::Stream stream_;
};

}  // namespace sfteams::connector

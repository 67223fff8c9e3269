#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "transport/bus/bus.h"
#include "transport/loop.h"

namespace sfteams::bus {

/// Something that came in, for a subscription or a request of the loop's.
struct Incoming {
  enum class Kind {
    message,   ///< for the subscription `number`
    answered,  ///< of the request `number`
    nobody,    ///< of the request `number`: nobody has subscribed its subject
    down,      ///< of the request `number`: it was not sent
  };
  Kind kind = Kind::message;
  std::uint64_t number = 0;
  Message message{};
};

/// How the line is, and how often one came about.
struct LineState {
  bool up = false;
  std::uint64_t ups = 0;
};

/// The way from libnats' threads and the worker's to the loop. At most kMost messages of together
/// kMostBytes wait; what comes beyond is dropped and counted. The loop is rung once for all that
/// waits. Every member may be called from any thread, except where it says otherwise.
class Inbound final : public std::enable_shared_from_this<Inbound> {
 public:
  static constexpr std::size_t kMost = 65'536;
  static constexpr std::size_t kMostBytes = 16UL * 1'024 * 1'024;

  explicit Inbound(transport::Loop& loop) : loop_(&loop) {}

  /// False when it was dropped.
  bool put(Incoming incoming);
  /// A request that was not sent: as many as the requests that wait to be sent, so never dropped.
  void not_sent(std::uint64_t request);
  void line(bool up);
  void drop() { dropped_.fetch_add(1, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

  // On the loop's thread.

  /// Called in the loop when something waits; nullptr: nothing will be.
  void on_ring(std::function<void()> rung) { rung_ = std::move(rung); }
  /// At most `most` of what came in, the oldest first.
  [[nodiscard]] std::vector<Incoming> take(std::size_t most);
  [[nodiscard]] LineState line();
  /// Rings again when something is left.
  void ring_if_more();
  /// The loop is touched no more.
  void close();

 private:
  void push(Incoming incoming);  // with the mutex held
  void ring();                   // with the mutex held

  std::atomic<std::uint64_t> dropped_{0};
  std::function<void()> rung_;  // the loop's

  std::mutex mutex_;  // for what follows
  transport::Loop* loop_;
  bool ringing_ = false;
  std::deque<Incoming> waiting_;
  std::size_t bytes_ = 0;
  LineState line_;
};

}  // namespace sfteams::bus

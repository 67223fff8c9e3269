#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

#include "base/error/error.h"
#include "transport/bus/bus.h"
#include "transport/bus/nats_line.h"
#include "transport/scheduler.h"

namespace sfteams::bus {

// What the worker is given, by the loop and by libnats.

struct Publish {
  std::string subject;
  std::uint64_t request = 0;  ///< 0: no answer is wanted
  Bytes body;
};
struct Subscribe {
  std::uint64_t number = 0;
  std::string subject;
};
struct Unsubscribe {
  std::uint64_t number = 0;
};
/// How an attempt to reach a server ended: with a line, or with the reason.
struct Dialled {
  std::uint64_t attempt = 0;
  std::unique_ptr<NatsLine> line;
  std::optional<Error> problem{};
};
/// libnats has given up the line of this attempt.
struct Closed {
  std::uint64_t attempt = 0;
  std::string why;
};

/// What waits for the worker. Messages to send are bounded in number and bytes; subscriptions are
/// not, there are never more than the handles that were made while the worker was busy.
class WorkerQueue {
 public:
  static constexpr std::size_t kMost = 65'536;
  static constexpr std::size_t kMostBytes = 16UL * 1'024 * 1'024;

  using Item = std::variant<Publish, Subscribe, Unsubscribe, Dialled, Closed>;

  /// False: it is full, or closed.
  [[nodiscard]] bool put(Publish message);
  void put(Subscribe subscription);
  void put(Unsubscribe subscription);
  /// Before everything else that waits. After close() the line goes where this is called.
  void put(Dialled dialled);
  void put(Closed closed);

  /// The next one; nullopt when none came until then, or close() was called.
  [[nodiscard]] std::optional<Item> take(transport::TimePoint until);
  void close();
  [[nodiscard]] bool closed();

 private:
  void push(Item item, bool first = false);

  std::mutex mutex_;  // for what follows
  std::condition_variable changed_;
  std::deque<Item> waiting_;
  std::size_t messages_ = 0;
  std::size_t bytes_ = 0;
  bool closed_ = false;
};

}  // namespace sfteams::bus

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "transport/scheduler.h"

/// Messages between the nodes of a cluster, by subject: at most once, in order from one sender to
/// one receiver, and silently lost when the line breaks. So who sends repeats, and who receives
/// checks.
namespace sfteams::bus {

using Bytes = std::vector<std::uint8_t>;

/// The largest body that is sent or taken, in bytes.
inline constexpr std::size_t kMaxBody = 65'536;

struct Message {
  std::string subject;
  std::string reply_to;  ///< empty: no answer is wanted
  Bytes body;
};

/// How a request came to its end.
struct Reply {
  enum class Outcome {
    answered,
    nobody,  ///< nobody has subscribed the subject
    late,    ///< no answer came in time
    down,    ///< the bus is not there, or has too much to do: nothing was sent
  };
  Outcome outcome = Outcome::down;
  Bytes body{};  ///< when answered
};

/// A subscription, a request that waits, or a watch: ended when it is destroyed, also from inside
/// its own callback; the callback is not called after that.
class Handle {
 public:
  virtual ~Handle() = default;
};

/// Handed over, received and dropped since the start.
struct Counts {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::uint64_t dropped_out = 0;  ///< not sent: the bus was down, or its queue full
  std::uint64_t dropped_in = 0;   ///< received faster than the loop could take them
  std::uint64_t ups = 0;          ///< how often it came up
};

/// No call waits for anything, and every callback comes from the loop, in a later turn. Handles go
/// before the Bus does. Subjects are tokens of letters, digits, '-' and '_' with dots between; a
/// subscription may have "*" for one token and ">" for all that follow.
class Bus {
 public:
  virtual ~Bus() = default;

  /// Whether messages go out now. It may be wrong for the seconds in which a dead line is not found
  /// yet.
  [[nodiscard]] virtual bool up() const = 0;
  /// Each change of up(), and after every reconnection false and then true: what was sent around
  /// that time may be lost.
  [[nodiscard]] virtual std::unique_ptr<Handle> watch(std::function<void(bool up)> changed) = 0;

  /// False when it is dropped at once: down, or too much waits. A body above kMaxBody is a
  /// programmer's error (std::length_error), here and in request().
  virtual bool publish(const std::string& subject, Bytes body) = 0;
  /// The first answer, or what happened instead; `done` is called once, at most `deadline` from now.
  [[nodiscard]] virtual std::unique_ptr<Handle> request(const std::string& subject, Bytes body,
                                                        transport::Duration deadline,
                                                        std::function<void(Reply)> done) = 0;
  /// It survives reconnections. What this process itself publishes comes, too. On one Bus, what is
  /// subscribed before something is published is in force at the server when that arrives there.
  [[nodiscard]] virtual std::unique_ptr<Handle> subscribe(
      const std::string& subject, std::function<void(const Message&)> got) = 0;

  [[nodiscard]] virtual const Counts& counts() const = 0;
};

}  // namespace sfteams::bus

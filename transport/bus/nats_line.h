#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nats/nats.h>

#include "transport/bus/bus.h"
#include "transport/bus/inbound.h"

namespace sfteams::bus {

/// What the callbacks of all lines of one bus lead to. libnats may call them for a moment after a
/// line has gone, so they share it.
struct LineEnds {
  std::shared_ptr<Inbound> inbound;
  std::string inbox;                        ///< "_INBOX.<node>.<random>."
  std::atomic<std::uint64_t> last_beat{0};  ///< the newest heartbeat that was sent
  std::atomic<std::uint64_t> last_echo{0};  ///< the newest one that came back
  /// libnats has given this line up.
  std::function<void(std::uint64_t line, const std::string& why)> closed;
  /// Into the log, or to who asked for it.
  std::function<void(const Error&)> problem;
};

/// Of one line, for libnats' own callbacks: it goes when both the line and they are through with it.
struct LineContext {
  LineContext(std::shared_ptr<LineEnds> all, std::uint64_t own)
      : ends(std::move(all)), number(own) {}
  ~LineContext();
  LineContext(const LineContext&) = delete;
  LineContext& operator=(const LineContext&) = delete;

  std::shared_ptr<LineEnds> ends;
  std::uint64_t number;
  /// When libnats closes a line by itself, its reader may be busy for a moment longer.
  std::vector<natsSubscription*> subscriptions{};
};

/// One connection to one server, from its welcome to its end: libnats does not make it again. All
/// members are for one thread at a time, which may be held up: see each.
///
/// What it keeps to, because of libnats 3.4.1: it has one thread that delivers, and its reader may
/// still look at a subscription that another thread has just unsubscribed (fixed in 2023,
/// 0a7dd28b). So the memory of one stays until a heartbeat that was sent later has come back, which
/// shows that the reader is past it.
class NatsLine {
 public:
  enum class Sent {
    yes,
    refused,  ///< this message cannot be sent: it is larger than the server takes
    dead,     ///< the line is of no use any more
  };

  /// `connection` is taken over; set_callbacks() was called for it with this context.
  NatsLine(natsConnection* connection, std::shared_ptr<LineContext> context);
  /// Closes it. Takes a second at most, when the server does not take what waits.
  ~NatsLine();
  NatsLine(const NatsLine&) = delete;
  NatsLine& operator=(const NatsLine&) = delete;

  /// Takes as long as the write deadline when the server takes nothing. `reply_to` may be empty.
  [[nodiscard]] Sent publish(const std::string& subject, const std::string& reply_to,
                             const Bytes& body);
  /// False: the line is dead.
  [[nodiscard]] bool subscribe(std::uint64_t number, const std::string& subject);
  void unsubscribe(std::uint64_t number);

  /// To be called once, before anything is published.
  [[nodiscard]] bool listen_to_inbox();
  /// `number`: above that of every heartbeat before, of this line or another.
  [[nodiscard]] bool beat(std::uint64_t number);

  /// Callbacks for a connection that is about to be made. What is returned is to be freed by the
  /// caller when it does not come to be; otherwise libnats' last callback does it.
  [[nodiscard]] static std::shared_ptr<LineContext>* set_callbacks(
      natsOptions* options, std::shared_ptr<LineContext> context);

  [[nodiscard]] std::uint64_t number() const { return context_->number; }

 private:
  struct Ended {
    natsSubscription* subscription;
    std::uint64_t after_beat;
  };
  [[nodiscard]] natsSubscription* open(const std::string& subject, natsMsgHandler handler,
                                       std::uint64_t number);

  natsConnection* connection_;
  std::shared_ptr<LineContext> context_;
  std::uint64_t last_beat_ = 0;
  natsSubscription* inbox_ = nullptr;
  std::map<std::uint64_t, natsSubscription*> subscriptions_;
  std::vector<Ended> ended_;  ///< the oldest first
};

}  // namespace sfteams::bus

#pragma once

#include <memory>
#include <string>

#include "base/error/error.h"
#include "transport/bus/bus.h"
#include "transport/bus/nats_options.h"
#include "transport/loop.h"

namespace sfteams::bus {

/// The bus over one of several nats-servers, with libnats. That can be held up for seconds in any
/// call, so a thread of its own makes them; the loop neither waits for it nor shares a lock that it
/// holds for long. On each way at most 65,536 messages of together 16 MiB wait; what is more is
/// dropped and counted. The loop gets them in portions, so that it does other things in between.
///
/// TLS: the server's certificate and its name are always checked. libnats 3.4.1 reads and writes TLS
/// from two threads without a lock (fixed in 2025, fa0f4c1b), so the sturdier way is a nats-server on
/// this host without TLS, joined with the others by TLS.
class NatsBus final : public Bus {
 public:
  /// Does not wait for a server: that there is none is a state like any other, in which up() is
  /// false, and they are tried about every second. Fails with bus.bad-server, bus.bad-node,
  /// bus.plain-not-loopback, bus.credentials-unusable, bus.tls-file-unreadable or bus.failed.
  [[nodiscard]] static Result<std::unique_ptr<NatsBus>> start(transport::Loop& loop,
                                                              NatsOptions options);
  /// On the loop's thread, before the loop. Waits a second at most; a thread that libnats holds up
  /// longer ends by itself, without touching anything of the loop's.
  ~NatsBus() override;
  NatsBus(const NatsBus&) = delete;
  NatsBus& operator=(const NatsBus&) = delete;

  [[nodiscard]] bool up() const override;
  [[nodiscard]] std::unique_ptr<Handle> watch(std::function<void(bool up)> changed) override;
  /// False also for a subject on which nothing may be published (transport/bus/subject.h).
  bool publish(const std::string& subject, Bytes body) override;
  [[nodiscard]] std::unique_ptr<Handle> request(const std::string& subject, Bytes body,
                                                transport::Duration deadline,
                                                std::function<void(Reply)> done) override;
  /// A subject that is no pattern is a programmer's error (std::invalid_argument).
  [[nodiscard]] std::unique_ptr<Handle> subscribe(const std::string& subject,
                                                  std::function<void(const Message&)> got) override;
  [[nodiscard]] const Counts& counts() const override;

 private:
  struct Core;
  explicit NatsBus(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace sfteams::bus

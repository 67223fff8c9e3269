#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "agent/uplink/counts.h"
#include "agent/uplink/link.h"
#include "agent/uplink/wire.h"
#include "base/clock/unix_time.h"
#include "transport/backoff.h"
#include "transport/websocket.h"

namespace sfteams::agent {

/// Keeps one tunnel to the connector: dials, registers, dials again whenever it broke, for ever.
/// What the connector refuses for a reason that only people can change (the name is taken) is tried
/// again slowly and logged loudly.
class Uplink final : private transport::WebsocketHandler {
 public:
  using Duration = transport::Duration;
  /// Between two tries after a refusal that only people can change.
  static constexpr Duration kRefusedPause{60'000};
  /// The same failure is logged again after this time only.
  static constexpr Duration kLogPause{60'000};

  struct Setup {
    Dial dial;
    Link::Setup link;
    transport::Keepalive keepalive;
    transport::Backoff::Limits backoff;
    transport::Backoff::Random random;
    std::function<void()> on_change;  ///< registered, or no longer
    std::function<std::int64_t()> unix_now = clock::unix_now;
  };

  enum class State {
    connecting,  ///< dialling, or waiting for the connector to take the registration
    registered,  ///< clients can come
    waiting,     ///< for the next try
    stopped,
  };
  struct Status {
    State state = State::stopped;
    /// Unix seconds: what the clock said when the connector took the registration. The moment is
    /// kept; a clock that is set later does not move it.
    std::optional<std::int64_t> registered_since;
    std::optional<Link::KeysAtConnector> keys;  ///< while registered
    std::optional<std::chrono::microseconds> round_trip;
    std::optional<Error> last_error;  ///< unless registered
    std::optional<Duration> next_try;
  };

  /// `keys` outlives the uplink; after a change, keys_changed() is called.
  Uplink(Setup setup, const ActiveKeys& keys);
  ~Uplink() override;

  /// Fails when the dial cannot even begin, as transport::dial() does: the configuration is wrong.
  [[nodiscard]] Result<void> start();
  void keys_changed();
  /// What a changed configuration says about the way to the connector.
  struct Way {
    Dial dial;
    std::string system_name;
    transport::Keepalive keepalive;
    transport::Backoff::Limits backoff;
  };
  /// Drops the tunnel and makes it anew the other way; the sessions wait for their clients.
  void redirect(Way way);
  /// The tunnel stays; its pings, the next dial and the next wait are as the way says.
  void retune(Way way);
  /// Takes no new client, waits for the streams to end and for what is queued to leave, closes.
  /// `done` comes once, in a later turn.
  void stop(std::function<void()> done);

  [[nodiscard]] Status status() const;
  [[nodiscard]] const TunnelCounts& counts() const { return counts_; }

 private:
  void on_open() override;
  void on_message(std::span<const std::uint8_t> message) override;
  [[nodiscard]] std::size_t next_message(std::span<std::uint8_t> out) override;
  void on_close(const transport::CloseInfo& info) override;

  void take(Way way);
  [[nodiscard]] Result<void> connect();
  void connect_again();
  void connect_soon();
  void on_registered();
  void on_link_failed(const Link::Failure& failure);
  void wait(const Link::Failure& failure);
  void report(const Link::Failure& failure, Duration pause);
  void retire_link();
  void close_when_drained();
  void finish_stop();
  void changed() const;

  Setup setup_;
  const ActiveKeys& keys_;
  transport::Scheduler& scheduler_;
  transport::Backoff backoff_;
  State state_ = State::stopped;
  std::unique_ptr<Wire> wire_;
  std::unique_ptr<Link> link_;
  std::unique_ptr<Link> retired_link_;
  std::optional<Link::Failure> failure_;  ///< of the link that is being closed
  std::optional<Error> last_error_;
  std::optional<transport::TimePoint> last_report_;
  std::optional<std::int64_t> registered_since_;  ///< Unix seconds
  std::optional<transport::TimePoint> next_try_;
  std::unique_ptr<transport::Timer> retry_;
  std::unique_ptr<transport::Timer> retirement_;
  std::unique_ptr<transport::Timer> drain_;
  std::function<void()> stopped_;
  bool redirected_ = false;
  TunnelCounts counts_;
};

}  // namespace sfteams::agent

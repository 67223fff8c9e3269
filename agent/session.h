#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "agent/talk.h"
#include "crypto/secret.h"
#include "error/error.h"
#include "transport/scheduler.h"
#include "tunnel/credit.h"
#include "tunnel/outbox.h"
#include "tunnel/session_channel.h"

namespace sfteams::agent {

/// One client's stream, from OPEN to CLOSE: credit, Noise and records on this side, whole messages
/// on the other. It has its deadlines, and tells its owner when it is over; nothing that a client
/// sends reaches beyond it.
class Session final : public tunnel::PacketSource, public Speaker {
 public:
  using Duration = transport::Duration;
  /// What is queued at the end has this long to leave.
  static constexpr Duration kFarewell{5'000};

  struct Setup {
    tunnel::Outbox& outbox;
    transport::Scheduler& scheduler;
    std::uint32_t stream = 0;
    std::string system_name;
    const crypto::Secret& pre_shared_key;
    /// The session is over and wants to be destroyed, in a later turn. Called once.
    std::function<void()> on_over;
  };
  using MakeTalk = std::function<std::unique_ptr<Talk>(Speaker&)>;

  /// Fails with crypto.no-randomness.
  [[nodiscard]] static Result<std::unique_ptr<Session>> create(Setup setup, const MakeTalk& talk);

  // From the link. Nothing in them throws, whatever the client sent.
  void on_data(std::span<const std::uint8_t> packet);
  void on_window(std::uint32_t credit);
  /// The client's CLOSE, or the end of the link: over, and nothing is sent any more.
  void on_gone();

  [[nodiscard]] tunnel::Pull next_packet(std::span<std::uint8_t> out) override;
  void on_close_written() override;

  bool say(std::string_view text) override;
  void end(tunnel::WireCode code, std::string_view reason) override;

  /// The client has proven the system key and a session was opened.
  [[nodiscard]] bool opened() const { return opened_; }

 private:
  enum class State { running, ending, over };

  Session(Setup setup, tunnel::SessionChannel channel);
  void take_events();
  void take(const tunnel::SessionEvent& event);
  void open(std::string_view software);
  /// What the channel still has is sent, then CLOSE.
  void leave(tunnel::WireCode code, std::string_view reason);
  /// Ends at once: what was queued is lost.
  void abort(tunnel::WireCode code, std::string_view reason);
  void be_over();
  void wake();
  void wait_for_acknowledgement();
  void set_deadline(Duration delay, const char* reason);

  transport::Scheduler& scheduler_;
  tunnel::Outbox& outbox_;
  std::function<void()> on_over_;
  tunnel::SessionChannel channel_;
  std::optional<tunnel::Outbox::Stream> stream_;
  tunnel::SendCredit send_credit_;
  tunnel::ReceiveCredit receive_credit_;
  std::unique_ptr<Talk> talk_;
  std::unique_ptr<transport::Timer> deadline_;
  std::unique_ptr<transport::Timer> acknowledgement_;
  std::unique_ptr<transport::Timer> farewell_to_talk_;
  State state_ = State::running;
  bool opened_ = false;
};

}  // namespace sfteams::agent

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "agent/sessions/session.h"
#include "agent/sessions/sessions.h"
#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "transport/scheduler.h"
#include "tunnel/credit.h"
#include "tunnel/outbox.h"
#include "tunnel/session_channel.h"

namespace sfteams::agent {

/// One client's stream, from OPEN to CLOSE: credit, Noise and records. Its first record says which
/// session it carries: a new one, or one whose stream broke. It has its deadlines, and tells its
/// owner when it is over; nothing that a client sends reaches beyond it.
class SessionStream final : public tunnel::PacketSource, public SessionCarrier {
 public:
  using Duration = transport::Duration;
  /// What is queued at the end has this long to leave.
  static constexpr Duration kFarewell{5'000};
  /// A client that has taken nothing for so long although something waits for it is stuck.
  static constexpr Duration kStuck{5'000};

  struct Setup {
    tunnel::Outbox& outbox;
    transport::Scheduler& scheduler;
    Sessions& sessions;
    std::uint32_t stream = 0;
    std::string system_name;
    tunnel::KeyId key{};  ///< by which the client was admitted
    const crypto::Secret& pre_shared_key;
    /// The stream is over and wants to be destroyed, in a later turn. Called once.
    std::function<void()> on_over;
  };

  /// Fails with crypto.no-randomness.
  [[nodiscard]] static Result<std::unique_ptr<SessionStream>> create(Setup setup);
  ~SessionStream() override;
  SessionStream(const SessionStream&) = delete;
  SessionStream& operator=(const SessionStream&) = delete;

  // From the link. Nothing in them throws, whatever the client sent.
  void on_data(std::span<const std::uint8_t> packet);
  void on_window(std::uint32_t credit);
  /// CLOSE of the other side, or the end of the link: over, and nothing is sent any more. The
  /// session goes on.
  void on_gone();
  /// The agent does not want this stream any more, nor a session that it carries: what is queued is
  /// still sent.
  void end(tunnel::WireCode code, std::string_view reason);
  [[nodiscard]] const tunnel::KeyId& key() const { return key_; }

  // From the session.
  /// Ends at once, and tells why: what was queued is lost.
  void abort(tunnel::WireCode code, std::string_view reason) override;

  [[nodiscard]] tunnel::Pull next_packet(std::span<std::uint8_t> out) override;
  void on_close_written() override;

  [[nodiscard]] Result<void> send(std::string_view message) override;
  [[nodiscard]] std::size_t held() const override { return channel_.held_bytes(); }
  [[nodiscard]] bool is_stuck() const override;
  void finish(tunnel::WireCode code, std::string_view reason) override;
  [[nodiscard]] std::unique_ptr<tunnel::SessionLedger> leave() override;

 private:
  enum class State { running, ending, over };

  SessionStream(Setup setup, tunnel::SessionChannel channel);
  void take_events();
  void take(const tunnel::SessionEvent& event);
  void open(std::string_view software);
  void resume(const tunnel::ResumeRecord& request);
  void refuse(tunnel::WireCode code, std::string_view reason);
  /// The client broke the rules: the session ends with the stream.
  void fail_session(tunnel::WireCode code, std::string_view reason);
  void end_after_queue(tunnel::WireCode code, std::string_view reason);
  void be_over();
  void wake();
  void wait_for_acknowledgement();
  /// Sees to it that a client takes what waits for it ([limits] read-timeout).
  void watch_reading();
  void check_reading();
  void set_deadline(Duration delay, const char* reason);

  transport::Scheduler& scheduler_;
  tunnel::Outbox& outbox_;
  Sessions& sessions_;
  tunnel::KeyId key_;
  std::function<void()> on_over_;
  tunnel::SessionChannel channel_;
  std::optional<tunnel::Outbox::Stream> stream_;
  tunnel::SendCredit send_credit_;
  tunnel::ReceiveCredit receive_credit_;
  Session* session_ = nullptr;  ///< until it is over, or goes on elsewhere
  std::unique_ptr<transport::Timer> deadline_;
  std::unique_ptr<transport::Timer> acknowledgement_;
  std::unique_ptr<transport::Timer> reading_;
  /// When something began to wait for the client, or the client last took something, or we last
  /// gave it something to take: a full uplink is not its fault.
  transport::TimePoint last_taken_;
  bool our_turn_ = false;  ///< something could be sent, and the uplink has not fetched it yet
  State state_ = State::running;
};

}  // namespace sfteams::agent

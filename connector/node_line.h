#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>

#include "base/error/error.h"
#include "connector/buffer_budget.h"
#include "connector/cluster/node_identity.h"
#include "connector/link_context.h"
#include "connector/node_lines.h"
#include "connector/relay_end.h"
#include "connector/wire.h"
#include "tunnel/control.h"
#include "tunnel/frame.h"
#include "tunnel/outbox.h"

namespace sfteams::connector {

/// A client that waits for the outcome of NodeLines::enter(). Its Entry has it; who else knows it
/// finds it gone when the client does not wait any more.
struct EnterWait {
  EnterRequest request;
  tunnel::Outbox& client_outbox;
  RelayOwner& client;
  metrics::Tally& outcomes;
  std::function<void(EnterOutcome)> done;  ///< empty: it knows
  std::unique_ptr<transport::Timer> timer;

  /// The first outcome counts. The caller holds a reference.
  void finish(EnterOutcome outcome);
};

/// One dialled link to one start of another node, see NodeLines.
class NodeLine final : public transport::WebsocketHandler, private RelayOwner {
 public:
  NodeLine(LinkContext& context, NodeLines& owner, const Place& place);
  ~NodeLine() override;
  NodeLine(const NodeLine&) = delete;
  NodeLine& operator=(const NodeLine&) = delete;

  /// Once. Fails as `dial`.
  [[nodiscard]] Result<void> dial(const NodeLines::Dial& dial);
  /// False: too many wait, or are there, already.
  [[nodiscard]] bool add(const std::shared_ptr<EnterWait>& wait);

  /// Leaves, as a line that has failed, when an answer is NodeLines::kOverdue late; whether it did.
  [[nodiscard]] bool leave_if_overdue();

  void on_open() override;
  void on_message(std::span<const std::uint8_t> message) override;
  [[nodiscard]] std::size_t next_message(std::span<std::uint8_t> out) override;
  void on_close(const transport::CloseInfo& info) override;

  [[nodiscard]] const Place& place() const { return place_; }
  [[nodiscard]] bool proven() const { return state_ == State::proven; }
  [[nodiscard]] std::size_t streams() const { return streams_.size(); }

 private:
  enum class State {
    dialling,
    opened,   ///< CHALLENGE is due
    greeted,  ///< NODE_WELCOME is due
    proven,
    leaving,
  };
  struct Stream {
    std::weak_ptr<EnterWait> wait{};  ///< until the answer has come
    std::unique_ptr<RelayEnd> end{};  ///< from then on
  };
  using Streams = std::unordered_map<std::uint32_t, Stream>;

  [[nodiscard]] Result<void> take(const tunnel::Frame& frame);
  [[nodiscard]] Result<void> take_challenge(const tunnel::Frame& frame);
  [[nodiscard]] Result<void> take_welcome(const tunnel::Frame& frame);
  [[nodiscard]] Result<void> take_frame(const tunnel::Frame& frame);
  [[nodiscard]] Result<void> take_answer(const tunnel::Frame& frame);
  void take_entered(Streams::iterator stream);
  void finish(Streams::iterator stream, EnterOutcome outcome);
  [[nodiscard]] Result<void> take_stream_frame(const tunnel::Frame& frame);
  [[nodiscard]] Result<void> relay(RelayEnd& end, std::span<const std::uint8_t> packet);
  [[nodiscard]] Result<void> reset(RelayEnd& end, const Error& error);
  void send_waiting();
  void forget_answered();
  void look_whether_idle();
  void leave(const Error& why, transport::CloseStatus status);
  /// leave() without the wire.
  void abandon(const Error& why);
  void other_left(RelayEnd&) override {}
  void close_written(RelayEnd& end) override;

  LinkContext& context_;
  NodeLines& owner_;
  Place place_;
  State state_ = State::dialling;
  std::unique_ptr<Wire> wire_;
  std::unique_ptr<transport::Timer> timer_;  ///< of dial and proofs; then of idleness
  tunnel::Nonce challenge_{};
  tunnel::Nonce nonce_{};
  tunnel::Outbox outbox_;
  std::shared_ptr<BufferBudget> budget_;
  std::deque<std::weak_ptr<EnterWait>> waiting_;
  /// Streams that wait for their answers, in the order of asking, and since when; and some that have
  /// got theirs.
  std::deque<std::pair<std::uint32_t, transport::TimePoint>> asked_;
  std::size_t in_flight_ = 0;
  std::uint32_t last_stream_ = 0;
  Streams streams_;
};

}  // namespace sfteams::connector

#include "connector/relay_end.h"

#include <utility>

#include "tunnel/codes.h"

namespace sfteams::connector {

RelayEnd::RelayEnd(tunnel::Outbox& outbox, std::uint32_t stream,
                   std::shared_ptr<BufferBudget> budget, RelayOwner& owner)
    : owner_(owner), budget_(std::move(budget)), stream_(outbox, stream, *this) {}

RelayEnd::~RelayEnd() {
  if (other_ != nullptr) other_->other_ = nullptr;
  budget_->give_back(waiting());
}

void RelayEnd::join(RelayEnd& one, RelayEnd& other) {
  one.other_ = &other;
  other.other_ = &one;
}

Result<void> RelayEnd::packet_from_link(std::span<const std::uint8_t> packet) {
  if (other_ == nullptr) return {};
  if (!other_->budget_->take(packet.size())) {
    return fail(tunnel::codes::kTooSlow,
                "too much is waiting in the connector for ends that read too slowly");
  }
  if (Result<void> pushed = other_->push(packet); !pushed) {
    other_->budget_->give_back(packet.size());
    return pushed;
  }
  other_->stream_.ready();
  return {};
}

Result<void> RelayEnd::window_from_link(std::uint32_t credit) {
  if (other_ == nullptr) return {};
  if (Result<void> checked = window(credit); !checked) return checked;
  other_->stream_.window(credit);
  return {};
}

void RelayEnd::leave(tunnel::WireCode code, std::string_view reason) {
  if (other_ == nullptr) return;
  RelayEnd& other = *std::exchange(other_, nullptr);
  other.other_ = nullptr;
  other.stream_.finish(code, reason);
  other.owner_.other_left(other);
}

tunnel::Pull RelayEnd::next_packet(std::span<std::uint8_t> out) {
  const tunnel::Pull pull = RelayQueue::next_packet(out);
  budget_->give_back(pull.size);
  return pull;
}

}  // namespace sfteams::connector

#include "tunnel/session_ledger.h"

#include <algorithm>
#include <string>

#include "base/error/counted.h"
#include "tunnel/codes.h"

namespace sfteams::tunnel {

Result<void> SessionLedger::send(std::string_view message) {
  if (message.size() > largest_) {
    return fail(codes::kTooLarge,
                "a message of " + std::to_string(message.size()) + " bytes is larger than the " +
                    std::to_string(largest_) + " that may be sent",
                "ask for less at once");
  }
  if (message.size() + MessageQueue::kMessageCost > most_ - std::min(queue.held(), most_)) {
    return fail(codes::kQueueFull,
                "the peer reads too slowly: " + counted(queue.held(), "byte") + " held for it",
                "check the network, then sign in again");
  }
  queue.push(message);
  return {};
}

bool SessionLedger::can_go_on_after(std::uint64_t number) const {
  return number >= queue.acknowledged() && number <= queue.taken();
}

void SessionLedger::go_on_after(std::uint64_t number) {
  queue.acknowledge(number);
  queue.rewind();
}

}  // namespace sfteams::tunnel

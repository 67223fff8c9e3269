#include "transport/write_turn.h"

#include <algorithm>
#include <utility>

#include "transport/websocket_channel.h"

namespace sfteams::transport {

void WriteTurn::add(WebsocketChannel& channel) {
  if (next_.empty()) turn_end_.add([this] { run(); });
  next_.push_back(&channel);
}

void WriteTurn::remove(WebsocketChannel& channel) {
  // Not erased: as long as there is an entry, a task for it is under way.
  for (std::vector<WebsocketChannel*>* list : {&running_, &next_})
    std::ranges::replace(*list, &channel, nullptr);
}

void WriteTurn::run() {
  std::swap(running_, next_);
  // By index: a channel's handler may destroy others.
  for (std::size_t i = 0; i < running_.size(); ++i) {
    if (WebsocketChannel* channel = std::exchange(running_[i], nullptr); channel != nullptr)
      channel->write_now();
  }
  running_.clear();
}

}  // namespace sfteams::transport

#pragma once

// Only for the .cpp files of this room.

#include <vector>

#include "transport/turn_end.h"

namespace sfteams::transport {

class WebsocketChannel;

/// The websockets that have something to send: each is let write once at the end of this turn of
/// the loop, so that all frames of a turn go out together. To be told by the kernel that there is
/// room costs two more system calls and another turn; that is for when there was none.
class WriteTurn {
 public:
  explicit WriteTurn(TurnEnd& turn_end) : turn_end_(turn_end) {}

  /// Once a channel and turn.
  void add(WebsocketChannel& channel);
  /// The channel is being destroyed.
  void remove(WebsocketChannel& channel);

 private:
  void run();

  TurnEnd& turn_end_;
  std::vector<WebsocketChannel*> next_;
  std::vector<WebsocketChannel*> running_;  ///< nullptr: had its turn, or has gone
};

}  // namespace sfteams::transport

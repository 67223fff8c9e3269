#pragma once

// Only for the .cpp files of this room: libuv stays behind the public headers.

#include <functional>
#include <memory>
#include <vector>

#include "transport/loop.h"

namespace sfteams::transport {

/// What is to be done at the end of this turn of the loop, when no call of libwebsockets is under
/// way any more. Unlike Loop::post() it takes no system call, so that every answer to a request can
/// go through here.
class TurnEnd {
 public:
  explicit TurnEnd(Loop& loop);
  ~TurnEnd();
  TurnEnd(const TurnEnd&) = delete;
  TurnEnd& operator=(const TurnEnd&) = delete;

  /// In the order of the calls. A task that adds another one has it done in the next turn. What is
  /// left when this object goes is dropped.
  void add(std::function<void()> task);

 private:
  struct Handles;

  void run();

  Handles* handles_;  ///< frees itself when libuv is through with it
  std::vector<std::function<void()>> tasks_;
};

}  // namespace sfteams::transport

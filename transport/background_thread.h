#pragma once

#include <memory>

#include "transport/background.h"
#include "transport/loop.h"

namespace sfteams::transport {

/// One thread, begun with the first piece of work: there is always a processor left for the loop,
/// and libuv's own pool stays free for name look-ups. Destroyed on the loop's thread, before the
/// loop; it waits for the work that is under way and drops the rest.
class BackgroundThread final : public Background {
 public:
  explicit BackgroundThread(Loop& loop);
  ~BackgroundThread() override;
  BackgroundThread(const BackgroundThread&) = delete;
  BackgroundThread& operator=(const BackgroundThread&) = delete;

  [[nodiscard]] std::unique_ptr<BackgroundWork> run(std::function<void()> work,
                                                    std::function<void()> done) override;

 private:
  struct Piece;
  class Handle;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sfteams::transport

#pragma once

#include <memory>

#include "transport/background.h"
#include "transport/loop.h"

namespace sfteams::transport {

/// One thread, started with the first piece of work: it takes one processor from the loop at most.
/// Name look-ups have threads of their own (transport/resolver.h). Destroyed on the loop's thread,
/// before the loop; it waits for the work that is under way and drops the rest.
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

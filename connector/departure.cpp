#include "connector/departure.h"

#include <algorithm>
#include <utility>

namespace sfteams::connector {

Departure::Departure(transport::Scheduler& scheduler, const Plan& plan,
                     std::function<std::size_t(std::size_t count)> moves,
                     std::function<void()> done)
    : scheduler_(scheduler),
      moves_(std::move(moves)),
      done_(std::move(done)),
      steps_left_(static_cast<std::size_t>(std::max<std::int64_t>(plan.within / kStep, 1))),
      remaining_(0) {
  timer_ = scheduler_.after(plan.announced, [this] {
    remaining_ = moves_(0);
    step();
  });
}

/// The share is taken of what remains: who comes meanwhile is moved, too.
void Departure::step() {
  if (remaining_ > 0) remaining_ = moves_((remaining_ + steps_left_ - 1) / steps_left_);
  --steps_left_;
  if (remaining_ > 0 && steps_left_ > 0) {
    timer_ = scheduler_.after(kStep, [this] { step(); });
    return;
  }
  timer_.reset();
  std::exchange(done_, nullptr)();
}

}  // namespace sfteams::connector

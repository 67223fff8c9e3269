#pragma once

#include <memory>

#include "transport/bus/bus.h"
#include "transport/scheduler.h"

namespace sfteams::connector {

/// Since when a bus is up, or down.
class BusWatch {
 public:
  /// Both outlive it.
  BusWatch(transport::Scheduler& scheduler, bus::Bus& bus)
      : scheduler_(scheduler),
        bus_(bus),
        since_(scheduler.now()),
        up_(bus.up()),
        watch_(bus.watch([this](bool up) {
          up_ = up;
          since_ = scheduler_.now();
        })) {}

  [[nodiscard]] bool up() const { return bus_.up(); }
  /// How long it has been so: since this was made, or its last change. 0 in the turn in which it
  /// changes.
  [[nodiscard]] transport::Duration lasted() const {
    if (up_ != bus_.up()) return transport::Duration(0);
    return std::chrono::duration_cast<transport::Duration>(scheduler_.now() - since_);
  }
  [[nodiscard]] const bus::Counts& counts() const { return bus_.counts(); }

 private:
  transport::Scheduler& scheduler_;
  bus::Bus& bus_;
  transport::TimePoint since_;
  bool up_;
  std::unique_ptr<bus::Handle> watch_;
};

}  // namespace sfteams::connector

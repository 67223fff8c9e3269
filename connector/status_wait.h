#pragma once

#include <chrono>
#include <functional>

#include <json/value.h>

#include "base/json/told.h"

namespace sfteams::connector {

/// `status --wait`: asks again until the connector is well, for scripts that start the next thing
/// then.
struct StatusWait {
  using Answer = tl::expected<Json::Value, json::Told>;
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kPause{500};

  std::function<Answer()> ask;
  std::function<Clock::time_point()> now;
  std::function<void(std::chrono::milliseconds)> pause;

  /// What it said the last time: that it is well, or what it said when `patience` was over. It may
  /// take as much longer as one question does.
  [[nodiscard]] Answer run(std::chrono::seconds patience) const;
};

}  // namespace sfteams::connector

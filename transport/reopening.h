#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/error/error.h"
#include "transport/scheduler.h"

namespace sfteams::transport {

/// Keeps trying to open a part that its daemon can do without, such as a listening socket whose
/// port another process has: that must not stop the daemon's other work. The first failure of a row
/// is logged as an error, further ones at the level debug, and the success after them.
class Reopening {
 public:
  static constexpr Duration kAgain{10'000};
  using Open = std::function<Result<void>()>;

  /// `area` is the log's; `what` the subject of its sentences: "the administration page". The
  /// scheduler outlives it.
  Reopening(Scheduler& scheduler, std::string area, std::string what, Open open);
  Reopening(const Reopening&) = delete;
  Reopening& operator=(const Reopening&) = delete;

  /// Opens now; after a failure again every kAgain until it succeeds or settle() is called.
  void open();
  /// It was opened another way, or is not wanted any more.
  void settle();

  /// Why it is not open although it should be.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  Scheduler& scheduler_;
  std::string area_;
  std::string what_;
  Open open_;
  std::optional<Error> error_;
  std::unique_ptr<Timer> again_;
};

}  // namespace sfteams::transport

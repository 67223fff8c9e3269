#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error/error.h"
#include "transport/bus/nats_options.h"

namespace sfteams::connector {

/// What the bus has to say about its servers while a command uses it, which has no log. Filled by
/// the bus' threads; at most kMost are kept.
class BusProblems {
 public:
  static constexpr std::size_t kMost = 64;

  /// Has `options` tell what happens to what is returned.
  [[nodiscard]] static std::shared_ptr<BusProblems> of(bus::NatsOptions& options) {
    auto problems = std::make_shared<BusProblems>();
    options.on_problem = [problems](const Error& problem) { problems->add(problem); };
    return problems;
  }

  [[nodiscard]] std::vector<Error> all() const {
    const std::lock_guard guard(mutex_);
    return problems_;
  }
  /// The last one with this code.
  [[nodiscard]] std::optional<Error> last(const Code& code) const {
    const std::vector<Error> problems = all();
    for (auto each = problems.rbegin(); each != problems.rend(); ++each)
      if (each->code.id == code.id) return *each;
    return std::nullopt;
  }

 private:
  void add(const Error& problem) {
    const std::lock_guard guard(mutex_);
    if (problems_.size() < kMost) problems_.push_back(problem);
  }

  mutable std::mutex mutex_;  // for what follows
  std::vector<Error> problems_;
};

}  // namespace sfteams::connector

#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/integration/installation.h"

namespace sfteams::faults {

/// The value of a sample without labels in a text of /metrics, its program's prefix left out;
/// nullopt when it is not there.
[[nodiscard]] std::optional<double> sample(std::string_view metrics, std::string_view name);

/// What a process says of itself, one reading after the other.
class Readings {
 public:
  /// `pairs`: gauges, and their limits, which they may never be beyond.
  struct Bound {
    const char* gauge;
    const char* limit;
  };
  Readings(const char* process, std::vector<Bound> bounds)
      : process_(process), bounds_(std::move(bounds)) {}

  /// How much memory a process may have beside its first reading and all that its bounds limit:
  /// what the allocator keeps, and connections.
  static constexpr double kMemoryMargin = 64.0 * 1024 * 1024;

  /// `waited`: how long it has waited for a processor since the last reading, in seconds.
  void take(std::string_view metrics, double waited);
  struct Limits {
    std::optional<double> longest_turn{};  ///< in seconds
    bool memory = true;                    ///< false under sanitizers, which need far more
  };
  [[nodiscard]] std::vector<std::string> broken_promises(const Limits& limits) const;
  [[nodiscard]] std::string line() const;  ///< for people, with a line's end

 private:
  struct Most {
    double value = 0;
    double limit = 0;
    bool seen = false;
  };
  const char* process_;
  std::vector<Bound> bounds_;
  std::vector<Most> most_ = std::vector<Most>(bounds_.size());
  [[nodiscard]] double memory_limit() const;
  std::size_t taken_ = 0;
  bool memory_told_ = false;
  bool turns_told_ = false;
  double first_memory_ = 0;
  double most_memory_ = 0;
  double longest_turn_ = 0;
  double waited_then_ = 0;
};

/// Reads /metrics of agent and connector all the time. A frozen process cannot be asked, and its
/// longest turn would be as long as it was frozen: stop() has to come right before that, and
/// go_on() right after it.
class Gauges {
 public:
  using Side = integration::Installation::Side;
  /// [watch], for the settings of both.
  static constexpr const char* kSettings = "[watch]\nlisten = 127.0.0.1:0\n";

  explicit Gauges(integration::Installation& installation) : installation_(installation) {}

  /// Of those that run.
  void read();
  void stop(Side side);
  void go_on(Side side);

  [[nodiscard]] const Readings& agent() const { return agent_.readings; }
  [[nodiscard]] const Readings& connector() const { return connector_.readings; }

 private:
  struct Watched {
    Readings readings;
    bool stopped = false;
    int process = 0;
    double waited = 0;  ///< for a processor since it was started, in seconds
  };
  [[nodiscard]] Watched& at(Side side) { return side == Side::pbx ? agent_ : connector_; }
  void read(Side side);
  /// Since the last time.
  [[nodiscard]] double waited(Watched& watched, int process) const;

  integration::Installation& installation_;
  Watched agent_{{"agent",
                  {{"held_bytes", "held_limit_bytes"},
                   {"large_answers_most_bytes", "large_answers_limit_bytes"}}}};
  Watched connector_{{"connector", {{"buffered_bytes", "buffer_limit_bytes"}}}};
};

}  // namespace sfteams::faults

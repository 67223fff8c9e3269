#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/integration/child_process.h"

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
  Readings(std::string process, std::vector<Bound> bounds)
      : process_(std::move(process)), bounds_(std::move(bounds)) {}

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
  std::string process_;
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

/// Reads /metrics of agent and connectors all the time. A frozen process cannot be asked, and its
/// longest turn would be as long as it was frozen: stop() has to come right before that, and
/// go_on() right after it.
class Gauges {
 public:
  /// [watch], for the settings of all.
  static constexpr const char* kSettings = "[watch]\nlisten = 127.0.0.1:0\n";

  /// Both of the process that has this place at the moment.
  struct Source {
    std::function<integration::ChildProcess&()> process;
    std::function<std::string()> metrics;  ///< empty when it does not answer
  };
  /// Which one it is for stop() and go_on(). Once for the agent.
  using Number = std::size_t;
  Number watch_agent(Source source);
  Number watch_connector(std::string name, Source source);

  /// Of those that run.
  void read();
  void stop(Number number);
  void go_on(Number number);

  [[nodiscard]] std::vector<const Readings*> readings() const;

 private:
  struct Watched {
    Source source;
    Readings readings;
    bool stopped = false;
    int process = 0;
    double waited = 0;  ///< for a processor since it was started, in seconds
  };
  static void read(Watched& watched);
  /// Since the last time.
  [[nodiscard]] static double waited(Watched& watched, int process);

  std::vector<Watched> watched_;
};

}  // namespace sfteams::faults

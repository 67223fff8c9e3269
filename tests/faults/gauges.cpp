#include "tests/faults/gauges.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

namespace sfteams::faults {
namespace {

constexpr double kMiB = 1024.0 * 1024.0;
constexpr double kMilliseconds = 1'000;
constexpr double kNanoseconds = 1e9;

}  // namespace

std::optional<double> sample(std::string_view metrics, std::string_view name) {
  while (!metrics.empty()) {
    const std::size_t end = metrics.find('\n');
    const std::string_view line = metrics.substr(0, end);
    metrics.remove_prefix(end == std::string_view::npos ? metrics.size() : end + 1);
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos || line.starts_with('#')) continue;
    std::string_view full = line.substr(0, blank);
    for (const std::string_view prefix : {"starface_teams_agent_", "starface_teams_connector_"}) {
      if (full.starts_with(prefix)) full.remove_prefix(prefix.size());
    }
    if (full == name) return std::strtod(std::string(line.substr(blank + 1)).c_str(), nullptr);
  }
  return std::nullopt;
}

void Readings::take(std::string_view metrics, double waited) {
  for (std::size_t i = 0; i < bounds_.size(); ++i) {
    const auto value = sample(metrics, bounds_[i].gauge);
    const auto limit = sample(metrics, bounds_[i].limit);
    if (!value || !limit) continue;
    Most& most = most_[i];
    // The worst, when a limit has changed.
    if (!most.seen || *value - *limit > most.value - most.limit) most = {*value, *limit, true};
  }
  ++taken_;
  if (const auto memory = sample(metrics, "process_resident_memory_bytes")) {
    if (!std::exchange(memory_told_, true)) first_memory_ = *memory;
    most_memory_ = std::max(most_memory_, *memory);
  }
  const auto turn = sample(metrics, "loop_turn_longest_seconds");
  // The first one tells of the time before the faults: files and streams are made then, and the
  // disk is waited for.
  if (turn && !std::exchange(turns_told_, true)) return;
  if (!turn || *turn <= longest_turn_) return;
  longest_turn_ = *turn;
  waited_then_ = waited;
}

double Readings::memory_limit() const {
  double limit = first_memory_ + kMemoryMargin;
  for (const Most& most : most_)
    limit += most.limit;
  return limit;
}

std::vector<std::string> Readings::broken_promises(const Limits& limits) const {
  std::vector<std::string> broken;
  if (taken_ == 0) return {fmt::format("{}: its metrics could never be read", process_)};
  if (!memory_told_) broken.push_back(fmt::format("{}: its memory was never told", process_));
  if (!turns_told_) broken.push_back(fmt::format("{}: its turns were never told", process_));
  if (limits.memory && most_memory_ > memory_limit()) {
    broken.push_back(
        fmt::format("{}: it had {:.0f} MiB of memory, more than {:.0f}: its first reading, all "
                    "limits and {:.0f}",
                    process_, most_memory_ / kMiB, memory_limit() / kMiB, kMemoryMargin / kMiB));
  }
  for (std::size_t i = 0; i < bounds_.size(); ++i) {
    const Most& most = most_[i];
    if (!most.seen)
      broken.push_back(fmt::format("{}: {} was never told", process_, bounds_[i].gauge));
    if (most.value > most.limit) {
      broken.push_back(fmt::format("{}: {} was {:.0f}, and the limit is {:.0f}", process_,
                                   bounds_[i].gauge, most.value, most.limit));
    }
  }
  if (limits.longest_turn && longest_turn_ > *limits.longest_turn) {
    broken.push_back(fmt::format(
        "{}: a turn of its loop took {:.1f} ms, more than {:.0f} (it waited for a processor for "
        "{:.0f} ms about then)",
        process_, longest_turn_ * kMilliseconds, *limits.longest_turn * kMilliseconds,
        waited_then_ * kMilliseconds));
  }
  return broken;
}

std::string Readings::line() const {
  std::string text = fmt::format(
      "{:<10}longest turn {:.1f} ms (waited for a processor about then: {:.0f} ms); "
      "memory {:.0f} MiB at first, {:.0f} at most of {:.0f}",
      std::string(process_) + ":", longest_turn_ * kMilliseconds, waited_then_ * kMilliseconds,
      first_memory_ / kMiB, most_memory_ / kMiB, memory_limit() / kMiB);
  for (std::size_t i = 0; i < bounds_.size(); ++i) {
    text += fmt::format("; {} at most {:.1f} of {:.0f} MiB", bounds_[i].gauge,
                        most_[i].value / kMiB, most_[i].limit / kMiB);
  }
  return text + "\n";
}

Gauges::Number Gauges::watch_agent(Source source) {
  watched_.push_back({std::move(source),
                      {"agent",
                       {{"held_bytes", "held_limit_bytes"},
                        {"large_answers_most_bytes", "large_answers_limit_bytes"}}}});
  return watched_.size() - 1;
}

Gauges::Number Gauges::watch_connector(std::string name, Source source) {
  watched_.push_back(
      {std::move(source), {std::move(name), {{"buffered_bytes", "buffer_limit_bytes"}}}});
  return watched_.size() - 1;
}

std::vector<const Readings*> Gauges::readings() const {
  std::vector<const Readings*> all;
  for (const Watched& watched : watched_)
    all.push_back(&watched.readings);
  return all;
}

void Gauges::read() {
  for (Watched& watched : watched_)
    read(watched);
}

void Gauges::stop(Number number) {
  read(watched_.at(number));
  watched_.at(number).stopped = true;
}

void Gauges::go_on(Number number) {
  watched_.at(number).stopped = false;
  // The turn in which it stood still is the longest of this reading, which begins a new one.
  static_cast<void>(watched_.at(number).source.metrics());
}

void Gauges::read(Watched& watched) {
  auto& process = watched.source.process();
  if (watched.stopped || !process.running()) return;
  const std::string metrics = watched.source.metrics();
  if (metrics.empty()) return;
  watched.readings.take(metrics, waited(watched, process.pid()));
}

double Gauges::waited(Watched& watched, int process) {
  // Time on a processor, time waiting for one, turns: of the thread in which the loop is.
  const std::string text = integration::read_file(fmt::format("/proc/{}/schedstat", process));
  const std::size_t blank = text.find(' ');
  if (blank == std::string::npos) return 0;
  const double all = std::strtod(text.c_str() + blank, nullptr) / kNanoseconds;
  const double before = watched.process == process ? watched.waited : 0;
  watched.process = process;
  watched.waited = all;
  return all - before;
}

}  // namespace sfteams::faults

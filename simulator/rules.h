#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "base/error/error.h"
#include "base/settings/ini.h"
#include "transport/scheduler.h"

namespace sfteams::simulator {

/// What becomes of an answer on purpose, to see whether clients survive it.
enum class Misbehaviour {
  close,            ///< the connection ends without an answer
  close_mid_reply,  ///< … in the middle of the answer's body
  no_answer,        ///< the connection stays open, nothing comes
  slow_drip,        ///< the answer comes byte by byte
  html,             ///< a web page with status 200
  http_500,         ///< a web page with status 500
  bad_xml,          ///< half of the answer's document
  huge_array,       ///< an array of Options::huge_array numbers
};

[[nodiscard]] std::string_view to_string(Misbehaviour kind);
[[nodiscard]] std::optional<Misbehaviour> parse_misbehaviour(std::string_view name);

struct MisbehaviourRule {
  static constexpr std::int64_t kMostTimes = 1'000'000;

  std::string method;  ///< '*' stands for any text
  Misbehaviour kind = Misbehaviour::close;
  std::int64_t times = 0;  ///< so many answers; 0: all
  bool execute = true;     ///< whether the request is carried out before its answer is spoilt
};

struct LatencyRule {
  /// Of `time` and of `jitter`: a day, in milliseconds.
  static constexpr std::int64_t kMostTime = 86'400'000;

  std::string method;
  transport::Duration time{0};
  transport::Duration jitter{0};
};

/// The rules in force; the newest that fits a method counts.
class Rules {
 public:
  /// The sections [misbehave-…] (method, kind, times, execute) and [latency-…] (method, time,
  /// jitter); what is wrong stays in `reader`.
  void read(const settings::Ini& ini, settings::Reader& reader);

  void add(MisbehaviourRule rule) { misbehaviours_.push_front(std::move(rule)); }
  void add(LatencyRule rule) { latencies_.push_front(std::move(rule)); }
  void clear_misbehaviours() { misbehaviours_.clear(); }
  void clear_latencies() { latencies_.clear(); }

  /// Uses the rule up by one.
  [[nodiscard]] std::optional<MisbehaviourRule> misbehave(std::string_view method);
  [[nodiscard]] const LatencyRule* latency(std::string_view method) const;

 private:
  std::deque<MisbehaviourRule> misbehaviours_;
  std::deque<LatencyRule> latencies_;
};

}  // namespace sfteams::simulator

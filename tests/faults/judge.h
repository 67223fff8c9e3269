#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include <json/value.h>

#include "tests/faults/gauges.h"

namespace sfteams::faults {

/// What a run has done: without it, that nothing broke says nothing.
struct Work {
  std::size_t events = 0;  ///< delivered for certain
  std::size_t answered = 0;
  std::size_t large_answers = 0;
  std::map<std::string, std::size_t> faults{};  ///< how often each kind came
};

/// The least of it.
struct Least {
  std::size_t events = 0;
  std::size_t answered = 0;
  std::size_t large_answers = 0;
  std::vector<std::string> faults{};  ///< each of which has to come

  /// A small part of what a machine does that has little time for it. `asking`: how many members
  /// ask for much together.
  [[nodiscard]] static Least of(double minutes, std::size_t sessions, std::size_t asking);
};

/// What is missing to it, in words.
[[nodiscard]] std::vector<std::string> missing(const Work& work, const Least& least);

/// All that a run is judged by, beside what the books say.
struct Evidence {
  Json::Value pbx{};                ///< the stand-in's /control/state
  std::size_t blacklist_after = 0;  ///< wrong tokens, at the PBX
  std::vector<const Readings*> readings{};
  Readings::Limits limits{};
  Work work{};
  Least least{};
};

/// Each text is one broken promise. What is not told counts as broken.
[[nodiscard]] std::vector<std::string> broken_promises(const Evidence& evidence);

}  // namespace sfteams::faults

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/probe/finding.h"
#include "agent/probe/reply_form.h"

namespace sfteams::probe {

/// The newest call of a call list, as far as this check needs it.
struct NewestCall {
  std::string id;        ///< empty: the list is empty, or its entries have none
  uci::Value start{};    ///< its startTime
  bool readable = true;  ///< false: the answer is no call list
};
[[nodiscard]] NewestCall newest_in(const Reply& reply);

/// What is known of a call that was made during the check.
struct CallTime {
  NewestCall before;       ///< of the list before it
  NewestCall after;        ///< … and behind it
  std::int64_t heard = 0;  ///< when its first event came, seconds since 1970
  int host_offset = 0;     ///< minutes east of UTC that this host's zone had then
};

/// Check 6.
[[nodiscard]] Finding judge_call_time(const CallTime& call);

/// What the newest call of the user is asked for by; the arguments of callList.getCallList. `now` is
/// in seconds since 1970; calls up to a day ahead are taken, because the PBX's zone is the question.
[[nodiscard]] uci::Array newest_call_arguments(std::int64_t now);

}  // namespace sfteams::probe

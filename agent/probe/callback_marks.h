#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/probe/finding.h"
#include "base/crypto/secret.h"
#include "uci/value.h"

namespace sfteams::probe {

/// An event as it came to the callback.
struct Heard {
  std::string method;
  uci::Array params;
  std::string auth;                   ///< kind_of_token() of the parameter; "none"
  std::string jwt;                    ///< likewise
  crypto::Secret token{};             ///< what `jwt` was, to compare
  std::vector<std::string> others{};  ///< names of the other parameters that are UCI's own
  std::int64_t at = 0;                ///< seconds since 1970 by this host's clock
};

/// What a value looks like: "none", "legacy token", "JWT" or "something else".
[[nodiscard]] std::string kind_of_token(std::string_view value);

/// `query` as it came, without '?'.
[[nodiscard]] Heard read_query(std::string_view query);

/// An event that tells the state of a call.
[[nodiscard]] bool is_call_state(const Heard& heard);
/// "RINGING"; empty when the event has none, or no word.
[[nodiscard]] std::string state_in(const Heard& heard);

/// What the callback's query carried, and what the events had to say about calls.
[[nodiscard]] std::vector<Fact> facts_of(const std::vector<Heard>& heard);

}  // namespace sfteams::probe

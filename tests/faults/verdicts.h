#pragma once

#include <string_view>

#include "tests/faults/troubles.h"

namespace sfteams::faults {

/// In what a failure was met.
enum class Situation : unsigned {
  sign_in_proven = 1,   ///< with the password by which this user was signed in last
  sign_in_changed = 2,  ///< with one that the PBX has not taken from this user yet
  loss = 4,             ///< a session that was signed in ended
  call = 8,             ///< a call failed, and the PBX has not carried it out
  carried_out = 16,     ///< a call failed, and the PBX has carried it out
  large_answer = 32,    ///< a request for megabytes failed
  guess = 64,           ///< a wrong password failed, as it has to
};

[[nodiscard]] std::string_view to_string(Situation situation);

enum class Verdict { allowed, broken };

/// Whether this code may come in this situation while all of that is wrong. One table says it
/// (verdicts.cpp); whatever is not in it is a broken promise.
[[nodiscard]] Verdict judge(Situation situation, std::string_view code, Troubles during);

}  // namespace sfteams::faults

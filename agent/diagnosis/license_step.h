#pragma once

#include <json/value.h>

#include "agent/diagnosis/step.h"

namespace sfteams::diagnosis {

/// "license": who may sign in as far as licences go, and for how long. Beforehand check_state() has
/// found the licences whole.
[[nodiscard]] Step check_license();

/// `found`, or a warning with it when the running agent, whose status this is, could not learn from
/// the PBX who is named ([license] named = pbx). `status` may be null.
[[nodiscard]] Finding judge_rights(Finding found, const Json::Value& status);

}  // namespace sfteams::diagnosis

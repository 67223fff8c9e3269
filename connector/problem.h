#pragma once

#include "base/error/error.h"
#include "monitoring/health.h"

namespace sfteams::connector {

using monitoring::Health;

/// Something that `status` tells of because somebody should look after it.
struct Problem {
  Health severity = Health::warning;
  Error error;
};

}  // namespace sfteams::connector

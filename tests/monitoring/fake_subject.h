#pragma once

#include <string>
#include <vector>

#include "monitoring/answer.h"

namespace sfteams::monitoring {

struct FakeSubject final : Subject {
  [[nodiscard]] std::vector<Condition> conditions() const override { return told; }
  [[nodiscard]] std::string metrics() const override { return "# TYPE a gauge\na 1\n"; }
  std::vector<Condition> told;
};

}  // namespace sfteams::monitoring

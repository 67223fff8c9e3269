#define CATCH_CONFIG_MAIN
#include <iostream>

#include <catch2/catch.hpp>

#include "tests/machine.h"

namespace {

/// Prints why tests were skipped, unless one failed: ctest would call a failed one skipped, too.
class SkipReporter : public Catch::TestEventListenerBase {
 public:
  using TestEventListenerBase::TestEventListenerBase;

  void testRunEnded(const Catch::TestRunStats& run) override {
    if (!run.totals.assertions.allOk() || !run.totals.testCases.allOk()) return;
    for (const std::string& reason : sfteams::machine::skip_reasons())
      std::cout << "SKIPPED: " << reason << std::endl;
  }
};

}  // namespace

CATCH_REGISTER_LISTENER(SkipReporter)

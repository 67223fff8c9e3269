#define CATCH_CONFIG_MAIN
#include <iostream>

#include "tests/machine.h"
#include "tests/printers.h"

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

// value() of a Result without one throws something that only says so.
CATCH_TRANSLATE_EXCEPTION(const tl::bad_expected_access<sfteams::Error>& thrown) {
  return "there is an error and no value: " + sfteams::printing::error_text(thrown.error());
}

#define CATCH_CONFIG_RUNNER
#include <iostream>

#include "tests/machine.h"
#include "tests/printers.h"

// value() of a Result without one throws something that only says so.
CATCH_TRANSLATE_EXCEPTION(const tl::bad_expected_access<sfteams::Error>& thrown) {
  return "there is an error and no value: " + sfteams::printing::error_text(thrown.error());
}

// A run in which nothing failed and something was skipped ends with 77, by which ctest knows a skip
// (cmake/Room.cmake). What a sanitizer finds at the end of the process changes the status after
// that: then the test has failed.
int main(int argc, char** argv) {
  const int failed = Catch::Session().run(argc, argv);
  if (failed != 0 || sfteams::machine::skip_reasons().empty()) return failed;
  for (const std::string& reason : sfteams::machine::skip_reasons())
    std::cout << "SKIPPED: " << reason << std::endl;
  return sfteams::machine::kSkipped;
}

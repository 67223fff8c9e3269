#include "tests/machine.h"

#include <catch2/catch.hpp>

#include "base/error/error.h"
#include "tests/contains.h"
#include "tests/integration/child_process.h"

namespace sfteams::machine {
namespace {

// Hidden: the tests below run them in a process of their own.

TEST_CASE("skipped for two reasons", "[.skips]") {
  skipped("no moon");
  skipped("no sun:\nit is night");
  skipped("no moon");
}

TEST_CASE("skipped in one part and failed in another", "[.fails]") {
  skipped("no moon");
  CHECK(skip_reasons().empty());
}

TEST_CASE("the value of a refusal is asked for", "[.throws]") {
  const Result<int> refused = fail(Code{"area.refused"}, "it was refused", "ask again");
  CHECK(refused.value() == 7);
}

integration::Finished run_hidden(const std::string& tag) {
  const integration::ScratchDirectory scratch;
  return integration::run(SFTEAMS_BIN_DIR "/tests_harness",
                          {{tag}, scratch.path() / "hidden", "", {}});
}

TEST_CASE("a skipped test prints each of its reasons in a line, and its status is a skip's") {
  const integration::Finished finished = run_hidden("[.skips]");
  CHECK(finished.status == kSkipped);
  CHECK(contains(finished.out, "\nSKIPPED: no moon\nSKIPPED: no sun: it is night\n"));
}

TEST_CASE("a test that failed is not called skipped, although a part of it was") {
  const integration::Finished finished = run_hidden("[.fails]");
  CHECK(finished.status != 0);
  CHECK(finished.status != kSkipped);
  CHECK_FALSE(contains(finished.out, "SKIPPED: "));
}

TEST_CASE("a result without a value says its error where a test asks for the value") {
  const integration::Finished finished = run_hidden("[.throws]");
  CHECK(finished.status != 0);
  CHECK(contains(finished.out, "[area.refused] it was refused — ask again"));
}

}  // namespace
}  // namespace sfteams::machine

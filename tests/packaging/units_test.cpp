#include <catch2/catch.hpp>

#include "tests/integration/child_process.h"
#include "tests/machine.h"

namespace sfteams::packaging {
namespace {

using integration::Finished;

TEST_CASE("what is left to a service is little: systemd-analyze security counts less than 2.0") {
  const char* const analyze = "/usr/bin/systemd-analyze";
  if (!machine::has_installed(analyze, "systemd")) return;
  const std::string unit = GENERATE("starface-teams-agent", "starface-teams-connector");
  const integration::ScratchDirectory scratch;
  // In tenths.
  const Finished finished =
      integration::run(analyze, {{"security", "--no-pager", "--offline=true", "--threshold=19",
                                  SFTEAMS_SOURCE_DIR "/packaging/systemd/" + unit + ".service"},
                                 scratch.path() / "analyze",
                                 "",
                                 {}});
  INFO(finished.out << finished.err);
  CHECK(finished.status == 0);
  CHECK(integration::contains(finished.out, "Overall exposure level for " + unit));
}

}  // namespace
}  // namespace sfteams::packaging

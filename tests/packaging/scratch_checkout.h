#pragma once

#include <filesystem>
#include <string>

#include <catch2/catch.hpp>

#include "tests/integration/child_process.h"

namespace sfteams::packaging {

/// A directory in which git repositories are made, with nobody's configuration of git.
class ScratchCheckout {
 public:
  [[nodiscard]] const std::filesystem::path& path() const { return scratch_.path(); }

  /// A shell's command, in that directory.
  [[nodiscard]] integration::Finished run(const std::string& command) {
    return integration::run("/bin/bash",
                            {{"-c", "set -e -o pipefail; cd " + path().string() + "; " + command},
                             output_.path() / "output",
                             "",
                             {"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
                              "GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.org",
                              "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.org"}});
  }
  /// The same, but it has to end well; gives its standard output.
  std::string must(const std::string& command) {
    const integration::Finished finished = run(command);
    INFO(command << '\n' << finished.out << finished.err);
    REQUIRE(finished.status == 0);
    return finished.out;
  }

  /// Commits all that is in `tree`, which becomes a repository; gives the commit's 40 digits.
  [[nodiscard]] std::string commit(const std::filesystem::path& tree) {
    const std::string git = "git -C " + tree.string();
    must(git + " init -q -b main && " + git + " add -A && " + git + " commit -q -m all");
    return must(git + " rev-parse HEAD").substr(0, 40);
  }

 private:
  integration::ScratchDirectory scratch_;
  integration::ScratchDirectory output_;  // not among what is committed
};

}  // namespace sfteams::packaging

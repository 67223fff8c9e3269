#include <chrono>
#include <regex>

#include <catch2/catch.hpp>

#include "tests/packaging/scratch_checkout.h"

// The commit that the programs name: cmake/Version.cmake.

namespace sfteams::packaging {
namespace {

namespace fs = std::filesystem;
using integration::contains;
using integration::read_file;
using integration::write_file;

constexpr const char* kNotArchived = "$Format:%H$\n";

/// What the script makes of a tree; the source is beside it.
std::string version_of(ScratchCheckout& checkout, const fs::path& tree) {
  checkout.must("cmake -DOUT=" + (checkout.path() / "version.cpp").string() + " -DSOURCE=" +
                tree.string() + " -DVERSION=1.2.3 -P " SFTEAMS_SOURCE_DIR "/cmake/Version.cmake");
  const std::string source = read_file(checkout.path() / "version.cpp");
  const std::size_t begin = source.find("return \"") + 8;
  return source.substr(begin, source.find('"', begin) - begin);
}

fs::path tree_with(const ScratchCheckout& checkout, const std::string& archived) {
  const fs::path tree = checkout.path() / "tree";
  fs::create_directories(tree / "cmake");
  write_file(tree / "cmake/archived-commit", archived);
  return tree;
}

}  // namespace

TEST_CASE("every program names its release and its commit in one line") {
  const std::string program =
      GENERATE("starface-teams-agent", "starface-teams-connector", "starface-teams-client",
               "starface-teams-keygen", "starface-uci-simulator");
  const integration::ScratchDirectory scratch;
  const auto finished = integration::run(fs::path(SFTEAMS_BIN_DIR) / program,
                                         {{"--version"}, scratch.path() / "version", "", {}});
  CHECK(finished.status == 0);
  CAPTURE(finished.out);
  CHECK(std::regex_match(
      finished.out,
      std::regex(program + R"( \d+\.\d+\.\d+ \(commit ([0-9a-f]{8}|unknown)(, modified)?\)\n)")));
}

TEST_CASE("a checkout gives its commit, and says when tracked files differ from it") {
  ScratchCheckout checkout;
  const fs::path tree = tree_with(checkout, kNotArchived);
  const std::string commit = checkout.commit(tree).substr(0, 8);
  CHECK(version_of(checkout, tree) == "1.2.3 (commit " + commit + ")");
  write_file(tree / "untracked", "");
  CHECK(version_of(checkout, tree) == "1.2.3 (commit " + commit + ")");
  write_file(tree / "cmake/archived-commit", "changed\n");
  CHECK(version_of(checkout, tree) == "1.2.3 (commit " + commit + ", modified)");
}

TEST_CASE("a source tarball knows its commit without git, and a copy without both says unknown") {
  ScratchCheckout checkout;
  const std::string commit(40, 'a');
  CHECK(version_of(checkout, tree_with(checkout, commit + " 1796037517 \n")) ==
        "1.2.3 (commit aaaaaaaa)");
  CHECK(version_of(checkout, tree_with(checkout, kNotArchived)) == "1.2.3 (commit unknown)");
  // Unpacked inside another project's checkout: its commit is not ours.
  write_file(checkout.path() / "other", "");
  static_cast<void>(checkout.commit(checkout.path()));
  CHECK(version_of(checkout, tree_with(checkout, kNotArchived)) == "1.2.3 (commit unknown)");
}

TEST_CASE("git archive fills in the commit of our own tree") {
  CHECK(contains(read_file(SFTEAMS_SOURCE_DIR "/.gitattributes"),
                 "/cmake/archived-commit export-subst\n"));
  ScratchCheckout checkout;
  const fs::path tree = tree_with(checkout, kNotArchived);
  fs::copy_file(SFTEAMS_SOURCE_DIR "/.gitattributes", tree / ".gitattributes");
  const std::string commit = checkout.commit(tree);
  CHECK(checkout.must("git -C " + tree.string() +
                      " archive HEAD | tar -xO cmake/archived-commit") == commit + "\n");
}

TEST_CASE("the source is left alone while the commit is the same, so that nothing is compiled") {
  ScratchCheckout checkout;
  const fs::path tree = tree_with(checkout, kNotArchived);
  static_cast<void>(checkout.commit(tree));
  static_cast<void>(version_of(checkout, tree));
  const fs::path source = checkout.path() / "version.cpp";
  const auto long_ago = fs::last_write_time(source) - std::chrono::hours(1);
  fs::last_write_time(source, long_ago);
  static_cast<void>(version_of(checkout, tree));
  CHECK(fs::last_write_time(source) == long_ago);
}

}  // namespace sfteams::packaging

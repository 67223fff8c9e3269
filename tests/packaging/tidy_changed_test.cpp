#include <catch2/catch.hpp>

#include "tests/packaging/scratch_checkout.h"

// Which files `make tidy-changed` gives to clang-tidy; a stand-in for that finds "bad" only.

namespace sfteams::packaging {
namespace {

namespace fs = std::filesystem;
using integration::contains;
using integration::Finished;
using integration::write_file;

struct Tree {
  ScratchCheckout scratch;
  fs::path tree = scratch.path() / "tree";

  Tree() {
    fs::create_directories(tree / ".ci");
    fs::create_directories(tree / "room");
    fs::create_directories(scratch.path() / "bin");
    fs::copy_file(SFTEAMS_SOURCE_DIR "/.ci/tidy-changed", tree / ".ci/tidy-changed");
    write_file(tree / "room/one.h", "int one();\n");
    write_file(tree / "room/inner.h", "#include \"room/one.h\"\n");
    write_file(tree / "room/one.cpp", "#include \"room/one.h\"\n");
    write_file(tree / "room/user.cpp", "#include \"room/inner.h\"\n");
    write_file(tree / "room/other.cpp", "int other;\n");
    static_cast<void>(scratch.commit(tree));
    write_file(scratch.path() / "bin/clang-tidy",
               "#!/bin/sh\nfor file; do :; done\necho \"$file\" >>" +
                   (scratch.path() / "seen").string() + "\n! grep -Hn bad \"$file\"\n");
    scratch.must("chmod +x bin/clang-tidy");
  }
  void change(const std::string& file, const std::string& text) {
    scratch.must("echo '" + text + "' >>tree/" + file);
  }
  void commit() { scratch.must("git -C tree commit -q -a -m change"); }
  [[nodiscard]] Finished tidy(const std::string& arguments, const std::string& environment = "",
                              const std::string& where = "tree") {
    scratch.must("rm -f seen");
    return scratch.run("PATH=" + (scratch.path() / "bin").string() + ":$PATH TIDY_JOBS=1 " +
                       environment + " " + where + "/.ci/tidy-changed . " + arguments);
  }
  /// What the stand-in was given, in its order.
  [[nodiscard]] std::string seen() { return scratch.must("touch seen; tr '\\n' ' ' <seen"); }
};

}  // namespace

TEST_CASE("changed sources are checked, committed or not, and a finding is a failure") {
  Tree tree;
  tree.change("room/other.cpp", "bad");
  const Finished found = tree.tidy("HEAD");
  CHECK(found.status == 1);
  CHECK(contains(found.out, "room/other.cpp:2:bad"));
  CHECK(tree.seen() == "room/other.cpp ");
  tree.commit();
  // There is no origin/main: the parent.
  CHECK(tree.tidy("").status == 1);
  write_file(tree.tree / "room/new.cpp", "int fresh;\n");
  CHECK(tree.tidy("HEAD").status == 0);
  CHECK(tree.seen() == "room/new.cpp ");
}

TEST_CASE("a changed header is checked by its own source first, then by others that include it") {
  Tree tree;
  tree.change("room/one.h", "// changed");
  CHECK(tree.tidy("HEAD").status == 0);
  CHECK(tree.seen() == "room/one.cpp room/user.cpp ");
  const Finished bounded = tree.tidy("HEAD", "TIDY_INCLUDERS=1");
  CHECK(tree.seen() == "room/one.cpp ");
  CHECK(contains(bounded.out, "left out: 1 more source"));
}

TEST_CASE("when nothing is checked, that is said") {
  Tree tree;
  const Finished none = tree.tidy("HEAD");
  CHECK(none.status == 0);
  CHECK(contains(none.out, "NOTHING WAS CHECKED"));
  tree.change("room/other.cpp", "// changed");
  const Finished late = tree.tidy("HEAD", "TIDY_SECONDS=0");
  CHECK(contains(late.out, "LEFT OUT, because 0 s were over: 1 source: room/other.cpp"));
  CHECK(contains(late.out, "NOTHING WAS CHECKED"));
}

TEST_CASE("a shallow clone checks all that it cannot compare, and says so") {
  Tree tree;
  tree.change("room/other.cpp", "bad");
  tree.commit();
  tree.scratch.must("git clone -q --depth 1 file://$PWD/tree shallow");
  tree.scratch.must("git -C shallow remote remove origin");
  const Finished misspelt = tree.tidy("main~1", "", "shallow");
  CHECK(misspelt.status == 1);
  CHECK(contains(misspelt.err, "main~1 is not in this clone"));
  // What a CI service names as the commit before the first one of a branch.
  const Finished all = tree.tidy(std::string(40, '0'), "", "shallow");
  CHECK(all.status == 1);
  CHECK(contains(all.out, "no earlier commit in this clone, so every source counts as changed"));
  CHECK(contains(all.out, "room/other.cpp:2:bad"));
}

}  // namespace sfteams::packaging

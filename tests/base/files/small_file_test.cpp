#include "base/files/small_file.h"

#include <string>

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "base/files/codes.h"
#include "tests/base/files/directory.h"
#include "tests/integration/child_process.h"

namespace sfteams::files {
namespace {

using integration::ScratchDirectory;
using integration::write_file;

TEST_CASE("a file up to the limit is read whole") {
  const ScratchDirectory scratch;
  const auto file = scratch.path() / "file";
  for (const std::size_t size : {0U, 1U, 99U, 100U}) {
    write_file(file, std::string(size, 'x'));
    const auto content = read_small_file(file, 100);
    REQUIRE(content);
    CHECK(content->text() == std::string(size, 'x'));
  }
}

TEST_CASE("a file beyond the limit is refused") {
  const ScratchDirectory scratch;
  const auto file = scratch.path() / "file";
  write_file(file, std::string(101, 'x'));
  const auto content = read_small_file(file, 100);
  REQUIRE_FALSE(content);
  CHECK(content.error().code == codes::kFileTooLarge);
  CHECK_THAT(content.error().message, Catch::Contains("100 bytes"));
}

TEST_CASE("what is no regular file is refused without waiting for it") {
  const ScratchDirectory scratch;
  const auto fifo = scratch.path() / "fifo";
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  for (const std::filesystem::path& path :
       {fifo, scratch.path(), std::filesystem::path("/dev/zero"),
        std::filesystem::path("/dev/null")}) {
    INFO(path);
    const auto content = read_small_file(path, 100);
    REQUIRE_FALSE(content);
    CHECK(content.error().code == codes::kFileUnreadable);
    CHECK_THAT(content.error().message, Catch::Contains(path.string()));
  }
}

TEST_CASE("a missing file is named") {
  const ScratchDirectory scratch;
  write_file(scratch.path() / "file", "");
  for (const auto& path : {scratch.path() / "missing", scratch.path() / "missing" / "file",
                           scratch.path() / "file" / "x"}) {
    const auto content = read_small_file(path, 100);
    REQUIRE_FALSE(content);
    CHECK(content.error().code == codes::kFileMissing);
    CHECK_THAT(content.error().message, Catch::Contains(path.string()));
  }
}

TEST_CASE("a symbolic link is followed, and one that leads nowhere is refused") {
  const ScratchDirectory scratch;
  write_file(scratch.path() / "file", "content");
  std::filesystem::create_symlink("file", scratch.path() / "link");
  std::filesystem::create_symlink("loop", scratch.path() / "loop");
  const auto content = read_small_file(scratch.path() / "link", 100);
  REQUIRE(content);
  CHECK(content->text() == "content");
  const auto loop = read_small_file(scratch.path() / "loop", 100);
  REQUIRE_FALSE(loop);
  CHECK(loop.error().code == codes::kFileUnreadable);
}

}  // namespace
}  // namespace sfteams::files

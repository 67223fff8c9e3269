#include "base/files/atomic_file.h"

#include <csignal>
#include <string>

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto/hash.h"
#include "base/files/codes.h"
#include "tests/base/files/directory.h"
#include "tests/integration/child_process.h"
#include "tests/machine.h"

namespace sfteams::files {
namespace {

using integration::read_file;
using integration::ScratchDirectory;
using integration::write_file;
using Names = std::set<std::string>;

constexpr auto kOwnerOnly =
    std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;

Result<void> write(const std::filesystem::path& file, std::string_view content,
                   Existing existing = Existing::refuse) {
  return write_file_atomically(file, crypto::bytes_of(content), existing);
}

/// As if the disk were full after `bytes`, for this process and as long as the object lives.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

/// The process's umask as long as the object lives.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(umask(mask)) {}
  ~Umask() { umask(before_); }
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;

 private:
  mode_t before_;
};

TEST_CASE("a new file holds the content, for its owner alone, with nothing beside it") {
  const ScratchDirectory scratch;
  const Umask generous(0);
  const auto file = scratch.path() / "file";
  REQUIRE(write(file, "content"));
  CHECK(read_file(file) == "content");
  CHECK(mode_of(file) == kOwnerOnly);
  CHECK(names_in(scratch.path()) == Names{"file"});
}

TEST_CASE("an empty and a large file are written whole") {
  const ScratchDirectory scratch;
  const std::string large(3'000'000, 'x');
  REQUIRE(write(scratch.path() / "empty", ""));
  REQUIRE(write(scratch.path() / "large", large));
  CHECK(read_file(scratch.path() / "empty").empty());
  CHECK(read_file(scratch.path() / "large") == large);
}

TEST_CASE("an existing file is left alone unless it may be replaced") {
  const ScratchDirectory scratch;
  const auto file = scratch.path() / "file";
  write_file(file, "old");
  const auto refused = write(file, "new");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == codes::kFileExists);
  CHECK(read_file(file) == "old");
  CHECK(names_in(scratch.path()) == Names{"file"});
}

TEST_CASE("a replaced file gets the mode of a secret and leaves readers of the old one alone") {
  const ScratchDirectory scratch;
  const auto file = scratch.path() / "file";
  write_file(file, "old");
  std::filesystem::permissions(file, std::filesystem::perms::all);
  std::filesystem::create_hard_link(file, scratch.path() / "kept");
  REQUIRE(write(file, "new", Existing::replace));
  CHECK(read_file(file) == "new");
  CHECK(mode_of(file) == kOwnerOnly);
  CHECK(read_file(scratch.path() / "kept") == "old");
  CHECK(names_in(scratch.path()) == Names{"file", "kept"});
}

TEST_CASE("a write that fails half-way leaves the old file and no temporary one") {
  const ScratchDirectory scratch;
  const auto file = scratch.path() / "file";
  write_file(file, "old");
  for (const Existing existing : {Existing::replace, Existing::refuse}) {
    const auto target = existing == Existing::replace ? file : scratch.path() / "new";
    const auto failed = [&] {
      const FullDisk full(1000);
      return write(target, std::string(5000, 'x'), existing);
    }();
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == codes::kFileNotWritten);
    CHECK_THAT(failed.error().hint, Catch::Contains("make room"));
    CHECK(read_file(file) == "old");
    CHECK(names_in(scratch.path()) == Names{"file"});
  }
}

TEST_CASE("a symbolic link is refused, and what it points to stays") {
  const ScratchDirectory scratch;
  const auto link = scratch.path() / "link";
  write_file(scratch.path() / "target", "old");
  std::filesystem::create_symlink("target", link);
  std::filesystem::create_symlink("nowhere", scratch.path() / "dangling");
  for (const Existing existing : {Existing::replace, Existing::refuse}) {
    for (const char* const name : {"link", "dangling"}) {
      const auto refused = write(scratch.path() / name, "new", existing);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == codes::kFileNotWritten);
      CHECK_THAT(refused.error().message, Catch::Contains("symbolic link"));
    }
  }
  CHECK(read_file(scratch.path() / "target") == "old");
  CHECK(names_in(scratch.path()) == Names{"dangling", "link", "target"});
}

TEST_CASE("a directory, a FIFO and a device are refused as targets") {
  const ScratchDirectory scratch;
  const auto fifo = scratch.path() / "fifo";
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  std::filesystem::create_directory(scratch.path() / "directory");
  for (const std::filesystem::path& target :
       {fifo, scratch.path() / "directory", scratch.path() / "directory/", scratch.path() / ".",
        scratch.path() / "..", std::filesystem::path("/dev/null"), std::filesystem::path("/"),
        std::filesystem::path()}) {
    INFO(target);
    const auto refused = write(target, "new", Existing::replace);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == codes::kFileNotWritten);
  }
  CHECK(names_in(scratch.path()) == Names{"directory", "fifo"});
}

TEST_CASE("a directory that is missing or none is named") {
  const ScratchDirectory scratch;
  write_file(scratch.path() / "file", "");
  for (const auto& target : {scratch.path() / "missing" / "x", scratch.path() / "file" / "x"}) {
    const auto refused = write(target, "new");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == codes::kFileNotWritten);
    CHECK_THAT(refused.error().message, Catch::Contains(target.string()));
    CHECK_THAT(refused.error().hint, Catch::Contains("directory"));
  }
}

TEST_CASE("a directory without the right to write is refused with advice") {
  if (!machine::has_ordinary_user()) return;
  const ScratchDirectory scratch;
  std::filesystem::permissions(
      scratch.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  const auto refused = write(scratch.path() / "file", "new");
  std::filesystem::permissions(scratch.path(), std::filesystem::perms::owner_all);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().hint, Catch::Contains("may write in"));
}

TEST_CASE("a name as long as the file system allows works, a longer one is refused") {
  const ScratchDirectory scratch;
  CHECK(write(scratch.path() / std::string(255, 'n'), "x"));
  const auto refused = write(scratch.path() / std::string(256, 'n'), "x");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == codes::kFileNotWritten);
  CHECK(names_in(scratch.path()).size() == 1);
}

TEST_CASE("a name without a directory is written where the program runs") {
  const ScratchDirectory scratch;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(scratch.path());
  const auto written = write("file", "content");
  std::filesystem::current_path(before);
  REQUIRE(written);
  CHECK(read_file(scratch.path() / "file") == "content");
}

}  // namespace
}  // namespace sfteams::files

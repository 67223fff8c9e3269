#include "base/files/rewriting.h"

#include <csignal>

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/files/codes.h"
#include "tests/integration/child_process.h"

// A file that is written where it is, whole or not at all.

namespace sfteams::files {
namespace {

namespace fs = std::filesystem;
using integration::read_file;
using integration::write_file;

const std::string kBefore(9'000, 'a');

struct RewritingFixture {
  RewritingFixture() {
    fs::create_directory(directory / "etc");
    fs::create_directory(directory / "state");
    write_file(file, kBefore);
  }
  [[nodiscard]] ino_t inode() const {
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    return status.st_ino;
  }
  [[nodiscard]] bool has_spare() const { return fs::exists(spare); }

  const integration::ScratchDirectory scratch;
  const fs::path directory = scratch.path();
  const fs::path file = directory / "etc" / "agent.ini";
  const fs::path spare = directory / "state" / "agent.ini.saving";
};

TEST_CASE_METHOD(RewritingFixture,
                 "a file is written where it is, be the new text longer or shorter") {
  const std::string text(GENERATE(std::size_t(1), std::size_t(20'000)), 'b');
  const ino_t before = inode();
  REQUIRE(::chmod(file.c_str(), 0660) == 0);
  REQUIRE(rewrite(file, text, spare));
  CHECK(read_file(file) == text);
  CHECK(inode() == before);
  CHECK(fs::status(file).permissions() == fs::perms(0660));
  CHECK_FALSE(has_spare());
  CHECK_FALSE(end_rewriting(file, spare).value());
}

TEST_CASE_METHOD(RewritingFixture, "what cannot be kept spare is not written") {
  const Result<void> written =
      rewrite(file, std::string(20'000, 'b'), directory / "nowhere" / "spare");
  REQUIRE_FALSE(written);
  CHECK(written.error().code == codes::kFileNotWritten);
  CHECK(read_file(file) == kBefore);
}

TEST_CASE_METHOD(RewritingFixture, "where there is no room for all of it, the old text stays") {
  // Signals and limits are this process's: put back before anything is judged.
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit small{.rlim_cur = 12'000, .rlim_max = before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const Result<void> written = rewrite(file, std::string(20'000, 'b'), spare);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);
  CHECK_FALSE(written);
  CHECK(read_file(file) == kBefore);
  CHECK_FALSE(has_spare());
}

TEST_CASE_METHOD(RewritingFixture, "a link in the file's place is not followed") {
  fs::rename(file, directory / "elsewhere");
  fs::create_symlink("../elsewhere", file);
  CHECK_FALSE(rewrite(file, "b", spare));
  CHECK(read_file(directory / "elsewhere") == kBefore);
}

struct CutOff : RewritingFixture {
  /// As a crash leaves it.
  void leave(const std::string& now, const std::string& text) {
    write_file(spare, std::to_string(kBefore.size()) + "\n" + kBefore + text);
    write_file(file, now);
  }
};

TEST_CASE_METHOD(CutOff, "a rewriting that was cut off is ended at the next start") {
  const std::string text(12'000, 'b');
  const std::string now = GENERATE_COPY(
      as<std::string>{}, text.substr(0, 4'096) + kBefore.substr(4'096), text.substr(0, 10'000),
      text.substr(0, 4'096) + kBefore.substr(4'096) + std::string(3'000, '\0'));
  leave(now, text);
  CHECK(end_rewriting(file, spare).value());
  CHECK(read_file(file) == text);
  CHECK_FALSE(has_spare());
}

TEST_CASE_METHOD(CutOff, "what somebody has written since is not overwritten at the next start") {
  const std::string text(12'000, 'b');
  // By hand, or out of a backup, whatever time the file says it was written.
  const std::string now =
      GENERATE_COPY(as<std::string>{}, kBefore, text, kBefore + "c", std::string("short"));
  leave(now, text);
  fs::last_write_time(file, fs::last_write_time(spare) - std::chrono::hours(24));
  CHECK_FALSE(end_rewriting(file, spare).value());
  CHECK(read_file(file) == now);
  CHECK_FALSE(has_spare());
}

TEST_CASE_METHOD(RewritingFixture, "a spare that is none changes nothing") {
  write_file(spare, GENERATE(as<std::string>{}, "", "12", "x\n", "99999\nshort"));
  CHECK_FALSE(end_rewriting(file, spare).value());
  CHECK(read_file(file) == kBefore);
}

}  // namespace
}  // namespace sfteams::files

#include "agent/page_settings.h"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "settings/codes.h"
#include "tests/agent/temporary_directory.h"
#include "tests/integration/child_process.h"

// What the administration page changes in the configuration file.

namespace sfteams::agent {
namespace {

namespace fs = std::filesystem;
using integration::read_file;
using integration::write_file;

const std::string kBefore =
    "; kept by hand\n[system]\nname = pbx.example.com ; ours\n\n[connector]\n"
    "url = wss://c.example.com\n";
const std::string kAfter =
    "; kept by hand\n[system]\nname = office.example.com ; ours\n\n[connector]\n"
    "url = wss://c.example.com\n";

PageSettings name(const std::string& name) {
  PageSettings settings;
  settings.name = name;
  return settings;
}

TEST_CASE("the page changes what it was asked for and leaves comments, owner and mode") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "agent.ini";
  write_file(file, kBefore);
  REQUIRE(::chmod(file.c_str(), 0640) == 0);
  REQUIRE(save_settings(file, name("office.example.com")));
  CHECK(read_file(file) == kAfter);
  CHECK(fs::status(file).permissions() == fs::perms(0640));
}

TEST_CASE("a configuration that is wrong then is refused, and the file stays") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "agent.ini";
  write_file(file, kBefore);
  CHECK_FALSE(save_settings(file, name("https://office.example.com")));
  CHECK_FALSE(save_settings(file, name("office.example.com\n[uci]\nenabled = no")));
  CHECK(read_file(file) == kBefore);
}

TEST_CASE("a link stays, and what it leads to is changed") {
  const TemporaryDirectory directory;
  fs::create_directory(directory / "managed");
  const fs::path real = directory / "managed" / "office.ini";
  write_file(real, kBefore);
  const fs::path link = directory / "agent.ini";
  fs::create_symlink("managed/office.ini", link);
  CHECK(is_writable(link));
  const Result<void> saved = save_settings(link, name("office.example.com"));
  INFO((saved ? std::string() : describe(saved.error())));
  CHECK(saved);
  CHECK(fs::is_symlink(link));
  CHECK(read_file(real) == kAfter);
}

TEST_CASE("a configuration that was named without its directory can be saved") {
  const TemporaryDirectory directory;
  write_file(directory / "agent.ini", kBefore);
  const fs::path before = fs::current_path();
  fs::current_path(directory.path());
  const bool writable = is_writable("agent.ini");
  const Result<void> saved = save_settings("agent.ini", name("office.example.com"));
  fs::current_path(before);
  CHECK(writable);
  CHECK(saved);
  CHECK(read_file(directory / "agent.ini") == kAfter);
}

}  // namespace
}  // namespace sfteams::agent

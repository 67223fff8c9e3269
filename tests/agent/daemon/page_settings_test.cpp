#include "agent/daemon/page_settings.h"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "agent/daemon/codes.h"
#include "base/settings/codes.h"
#include "tests/integration/child_process.h"
#include "tests/temporary_directory.h"

// What the administration page changes in the configuration file.

namespace sfteams::agent {
namespace {

namespace fs = std::filesystem;

using integration::read_file;
using integration::write_file;

/// Not needed where the directory may be written.
const fs::path kNoSpare = "/nowhere/spare";

const std::string kBefore =
    "; kept by hand\n[system]\nname = pbx.example.com ; ours\n\n[connector]\n"
    "url = wss://c.example.com\n";
const std::string kAfter =
    "; kept by hand\n[system]\nname = office.example.com ; ours\n\n[connector]\n"
    "url = wss://c.example.com\n";

Configuration in_force(const std::string& name = "pbx.example.com") {
  Configuration configuration;
  configuration.name = name;
  return configuration;
}

Result<void> save_settings(const fs::path& path, const PageSettings& settings,
                           const Configuration& now = in_force()) {
  const Result<EditedSettings> edited = edit_settings(path, now, settings);
  if (!edited) return fail(edited.error());
  return edited->save(kNoSpare);
}

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

TEST_CASE("a name is written as everybody else writes it") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "agent.ini";
  write_file(file, kBefore);
  const Result<EditedSettings> edited = edit_settings(file, in_force(), name("Office.Example.COM"));
  REQUIRE(edited);
  CHECK(edited->configuration().name == "office.example.com");
  REQUIRE(edited->save(kNoSpare));
  CHECK(read_file(file) == kAfter);
}

TEST_CASE("what is only looked at is not written") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "agent.ini";
  write_file(file, kBefore);
  CHECK(edit_settings(file, in_force(), name("office.example.com")));
  CHECK(read_file(file) == kBefore);
}

TEST_CASE("a second configuration in the directory is refused before anything is written") {
  const TemporaryDirectory directory;
  write_file(directory / "agent.ini", kBefore);
  write_file(directory / "other.ini", kBefore);
  const auto saved = save_settings(directory.path(), name("office.example.com"));
  REQUIRE_FALSE(saved);
  CHECK(saved.error().code == settings::codes::kSeveral);
  CHECK(read_file(directory / "agent.ini") == kBefore);
}

TEST_CASE("what was changed by hand and is not in force yet is not overwritten") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "agent.ini";
  write_file(file, kBefore);
  const auto saved =
      save_settings(file, name("office.example.com"), in_force("before.example.com"));
  REQUIRE_FALSE(saved);
  CHECK(saved.error().code == codes::kChangedByHand);
  CHECK(contains(saved.error().message, "agent.ini:3: [system] name"));
  CHECK(read_file(file) == kBefore);
  // Somebody has set by hand just what is saved now.
  CHECK(save_settings(file, name("PBX.example.com"), in_force("before.example.com")));

  const std::string off = kBefore + "[uci]\nenabled = no\n";
  write_file(file, off);
  PageSettings on;
  on.uci_enabled = true;
  CHECK_FALSE(save_settings(file, on));
  CHECK(read_file(file) == off);
  on.uci_enabled = false;
  CHECK(save_settings(file, on));
  // Something else was: it stays.
  CHECK(save_settings(file, name("office.example.com")));
  CHECK(read_file(file) == kAfter + "[uci]\nenabled = no\n");
}

TEST_CASE("what was changed by hand in between is not overwritten") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "agent.ini";
  write_file(file, kBefore);
  const Result<EditedSettings> edited = edit_settings(file, in_force(), name("office.example.com"));
  REQUIRE(edited);
  const std::string by_hand = kBefore + "; and this\n";
  write_file(file, by_hand);
  const auto saved = edited->save(kNoSpare);
  REQUIRE_FALSE(saved);
  CHECK(saved.error().code == codes::kChangedByHand);
  CHECK(read_file(file) == by_hand);
}

}  // namespace
}  // namespace sfteams::agent

#include "agent/key_store.h"

#include <fstream>

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "agent/codes.h"
#include "json/json.h"
#include "tests/agent/temporary_directory.h"

namespace sfteams::agent {
namespace {

using std::chrono::system_clock;

void write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file) << text;
}

std::string content(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

mode_t mode(const std::filesystem::path& file) {
  struct stat status {};
  REQUIRE(stat(file.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

TEST_CASE("a key is kept with the time when it was made") {
  const TemporaryDirectory directory;
  const auto file = directory / "key.json";
  const Result<StoredKey> key =
      make_key(system_clock::time_point(std::chrono::seconds(1'800'000'000)));
  REQUIRE(key);
  CHECK(key->created == "2027-01-15T08:00:00Z");
  REQUIRE(save_key(file, *key));
  CHECK(mode(file) == 0600);
  const auto loaded = load_key(file);
  REQUIRE(loaded);
  REQUIRE(*loaded);
  CHECK((*loaded)->key == key->key);
  CHECK((*loaded)->created == key->created);
}

TEST_CASE("a new key takes the place of the old one") {
  const TemporaryDirectory directory;
  const auto file = directory / "key.json";
  REQUIRE(save_key(file, *make_key(system_clock::now())));
  const StoredKey second = *make_key(system_clock::now());
  REQUIRE(save_key(file, second));
  CHECK((**load_key(file)).key == second.key);
}

TEST_CASE("no key is no failure") {
  const TemporaryDirectory directory;
  const auto loaded = load_key(directory / "key.json");
  REQUIRE(loaded);
  CHECK_FALSE(*loaded);
}

TEST_CASE("a damaged key file is refused and never quoted") {
  const TemporaryDirectory directory;
  const auto file = directory / "key.json";
  const StoredKey key = *make_key(system_clock::now());
  REQUIRE(save_key(file, key));
  const std::string whole = content(file);
  const std::string shown(key.key.display().text());
  std::string changed = whole;
  char& symbol = changed[changed.find(shown)];
  symbol = symbol == '2' ? '3' : '2';
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = whole;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& text :
       {std::string(), whole.substr(0, whole.size() / 2), changed, std::string("[]"),
        with("\"version\": 1", "\"version\": 2"), with("agent-keys", "agent-identity"),
        with("\"created\"", "\"make\""), with(R"("created": ")", R"("until": 5, "created": ")"),
        std::string(20'000, ' ')}) {
    write(file, text);
    const auto loaded = load_key(file);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().code.exit == Exit::data_error);
    CHECK(loaded.error().message.find(file.string()) != std::string::npos);
    CHECK(describe(loaded.error()).find(shown.substr(6, 5)) == std::string::npos);
  }
}

TEST_CASE("an installation makes its identity once and keeps it") {
  const TemporaryDirectory directory;
  const auto file = directory / "identity.json";
  const auto first = load_or_make_identity(file);
  REQUIRE(first);
  CHECK(mode(file) == 0600);
  const auto second = load_or_make_identity(file);
  REQUIRE(second);
  CHECK(first->public_key() == second->public_key());
  const auto other = load_or_make_identity(directory / "other.json");
  REQUIRE(other);
  CHECK(other->public_key() != first->public_key());
}

TEST_CASE("a damaged identity is refused, not replaced") {
  const TemporaryDirectory directory;
  const auto file = directory / "identity.json";
  write(file, "{\"type\": \"starface-teams-agent-identity\", \"version\": 1, \"seed\": \"00\"}");
  const auto identity = load_or_make_identity(file);
  REQUIRE_FALSE(identity);
  CHECK(identity.error().code == codes::kStateDamaged);
  CHECK(content(file).find("\"00\"") != std::string::npos);
}

TEST_CASE("the identity cannot be taken for the key") {
  const TemporaryDirectory directory;
  REQUIRE(save_key(directory / "key.json", *make_key(system_clock::now())));
  CHECK_FALSE(load_or_make_identity(directory / "key.json"));
}

}  // namespace
}  // namespace sfteams::agent

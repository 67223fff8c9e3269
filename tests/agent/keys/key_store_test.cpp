#include "agent/keys/key_store.h"

#include <fstream>

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "agent/keys/codes.h"
#include "agent/state/codes.h"
#include "base/json/json.h"
#include "tests/contains.h"
#include "tests/file_mode.h"
#include "tests/temporary_directory.h"

namespace sfteams::agent {
namespace {

using std::chrono::system_clock;

void write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file) << text;
}

/// A ring of that many keys made at 0, each with a grace of an hour.
KeyRing ring_of(std::size_t size) {
  KeyRing ring;
  while (ring.keys().size() < size) {
    REQUIRE(ring.add(make_key(system_clock::time_point()).value(),
                     {OldKeys::Fate::grace, std::chrono::hours(1)}, 0));
  }
  return ring;
}

std::string content(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST_CASE("a key is kept with the time when it was made") {
  const TemporaryDirectory directory;
  const auto file = directory / "key.json";
  const Result<StoredKey> key =
      make_key(system_clock::time_point(std::chrono::seconds(1'800'000'000)));
  REQUIRE(key);
  CHECK(key->created == "2027-01-15T08:00:00Z");
  KeyRing ring;
  REQUIRE(ring.add(key->clone(), {}, 0));
  REQUIRE(save_keys(file, ring));
  CHECK(sfteams::test::mode_of(file) == 0600);
  const auto loaded = load_keys(file);
  REQUIRE(loaded);
  REQUIRE(loaded->keys().size() == 1);
  CHECK(loaded->current().key == key->key);
  CHECK(loaded->current().created == key->created);
  CHECK(loaded->current().expires == 0);
}

TEST_CASE("as many keys as there can be are kept in order, with their ends") {
  const TemporaryDirectory directory;
  const auto file = directory / "key.json";
  const KeyRing ring = ring_of(4);
  REQUIRE(save_keys(file, ring));
  const auto loaded = load_keys(file);
  REQUIRE(loaded);
  REQUIRE(loaded->keys().size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(loaded->keys()[i].key == ring.keys()[i].key);
    CHECK(loaded->keys()[i].expires == ring.keys()[i].expires);
  }
}

TEST_CASE("a new key takes the place of the old one") {
  const TemporaryDirectory directory;
  const auto file = directory / "key.json";
  REQUIRE(save_keys(file, ring_of(1)));
  const KeyRing second = ring_of(1);
  REQUIRE(save_keys(file, second));
  CHECK(load_keys(file)->current().key == second.current().key);
}

TEST_CASE("a key made in a file is beside those that are meant to stay") {
  const TemporaryDirectory directory;
  const auto file = directory / "key.json";
  const auto first = make_key_in(file, {});
  REQUIRE(first);
  CHECK(load_keys(file)->current().key == first->current().key);
  CHECK(make_key_in(file, {}).error().code == codes::kKeyExists);
  const auto second = make_key_in(file, {OldKeys::Fate::grace, std::chrono::hours(1)});
  REQUIRE(second);
  CHECK(second->keys().size() == 2);
  CHECK(load_keys(file)->keys().size() == 2);
  CHECK(make_key_in(file, {OldKeys::Fate::revoked, {}})->keys().size() == 1);
  CHECK(load_keys(file)->keys().size() == 1);
}

TEST_CASE("a damaged file gives way to a new key only when the old ones are revoked") {
  const TemporaryDirectory directory;
  const auto file = directory / "key.json";
  write(file, "damaged");
  for (const OldKeys& old : {OldKeys(), OldKeys{OldKeys::Fate::grace, std::chrono::hours(1)}}) {
    CHECK(make_key_in(file, old).error().code == codes::kStateDamaged);
    CHECK(content(file) == "damaged");
  }
  REQUIRE(make_key_in(file, {OldKeys::Fate::revoked, {}}));
  CHECK(load_keys(file)->keys().size() == 1);
}

TEST_CASE("revoking leaves the key in force, and changes nothing where there is no other") {
  const TemporaryDirectory directory;
  const auto file = directory / "key.json";
  const KeyRing ring = ring_of(2);
  REQUIRE(save_keys(file, ring));
  // The grace of the older one began in 1970, but nothing has dropped it.
  REQUIRE(revoke_older_keys_in(file));
  REQUIRE(load_keys(file)->keys().size() == 1);
  CHECK(load_keys(file)->current().key == ring.current().key);
  const std::string before = content(file);
  CHECK(revoke_older_keys_in(file).error().code == codes::kNoOlderKey);
  CHECK(content(file) == before);
}

TEST_CASE("keys that do not belong together are damage") {
  const TemporaryDirectory directory;
  const auto file = directory / "key.json";
  REQUIRE(save_keys(file, ring_of(2)));
  const std::string whole = content(file);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = whole;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& text :
       {with("\"expires\": 3600", "\"expires\": 0"), with("\"expires\": 3600", "\"expires\": -5"),
        with("\"expires\": 3600", "\"expires\": 9223372036854775807"),
        with("\"expires\": 3600", "\"expires\": \"3600\""), with(", \"expires\": 3600", ""),
        with("},", ", \"expires\": 3600},")}) {
    write(file, text);
    const auto loaded = load_keys(file);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().code == codes::kStateDamaged);
  }
}

TEST_CASE("no key is no failure") {
  const TemporaryDirectory directory;
  const auto loaded = load_keys(directory / "key.json");
  REQUIRE(loaded);
  CHECK(loaded->empty());
}

TEST_CASE("a damaged key file is refused and never quoted") {
  const TemporaryDirectory directory;
  const auto file = directory / "key.json";
  const KeyRing ring = ring_of(1);
  REQUIRE(save_keys(file, ring));
  const std::string whole = content(file);
  const std::string shown(ring.current().key.display().text());
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
    const auto loaded = load_keys(file);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().code.exit == Exit::data_error);
    CHECK(contains(loaded.error().message, file.string()));
    CHECK_FALSE(contains(describe(loaded.error()), shown.substr(6, 5)));
  }
}

TEST_CASE("an installation makes its identity once and keeps it") {
  const TemporaryDirectory directory;
  const auto file = directory / "identity.json";
  const auto first = load_or_make_identity(file);
  REQUIRE(first);
  CHECK(sfteams::test::mode_of(file) == 0600);
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
  CHECK(contains(content(file), "\"00\""));
}

TEST_CASE("the identity cannot be taken for the key") {
  const TemporaryDirectory directory;
  REQUIRE(save_keys(directory / "key.json", ring_of(1)));
  CHECK_FALSE(load_or_make_identity(directory / "key.json"));
}

}  // namespace
}  // namespace sfteams::agent

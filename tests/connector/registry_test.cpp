#include "connector/registry/registry.h"

#include <optional>
#include <string>

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "connector/registry/codes.h"
#include "connector/registry/database.h"
#include "connector/registry/registry_lock.h"
#include "tests/connector/peers.h"
#include "tests/integration/child_process.h"

namespace sfteams::connector {
namespace {

using integration::read_file;
using integration::ScratchDirectory;
using integration::write_file;

constexpr transport::Duration kShortPatience{50};
const crypto::Ed25519PublicKey kMine{1, 2, 3};
const crypto::Ed25519PublicKey kTheirs{4, 5, 6};
const tunnel::AdmissionKey kKey{{1, 1}, {2, 2}, 0};
const tunnel::AdmissionKey kLastingKey{{3, 3}, {4, 4}, ~std::uint64_t{0}};

struct File {
  ScratchDirectory scratch;
  std::filesystem::path path = scratch.path() / "registry.sqlite3";

  [[nodiscard]] std::unique_ptr<Registry> open() const {
    return std::move(Registry::open(path, kShortPatience).value());
  }
  [[nodiscard]] Error failure() const {
    const auto opened = Registry::open(path, kShortPatience);
    REQUIRE_FALSE(opened);
    CHECK(contains(opened.error().message, path.string()));
    CHECK_FALSE(opened.error().hint.empty());
    return opened.error();
  }
};

TEST_CASE("a new registry is private and empty") {
  const File file;
  const auto registry = file.open();
  struct stat status {};
  REQUIRE(stat(file.path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
  CHECK(registry->size().value() == 0);
  CHECK(registry->list().value().empty());
  CHECK_FALSE(registry->ownership("pbx.example.com").value());
  CHECK(registry->keys("pbx.example.com").value().empty());
}

TEST_CASE("a link in the registry's place is refused, one on the way to it is followed") {
  const File file;
  const std::filesystem::path elsewhere = file.scratch.path() / "elsewhere";
  std::filesystem::create_symlink(elsewhere, file.path);
  CHECK(file.failure().code == codes::kRegistryCannotOpen);
  CHECK_FALSE(std::filesystem::exists(elsewhere));
  std::filesystem::create_directory(elsewhere);
  std::filesystem::create_directory_symlink(elsewhere, file.scratch.path() / "way");
  CHECK(Registry::open(file.scratch.path() / "way" / "registry.sqlite3", kShortPatience));
  CHECK(std::filesystem::exists(elsewhere / "registry.sqlite3"));
}

TEST_CASE("a name is pinned once and for all, also across a restart") {
  const File file;
  {
    const auto registry = file.open();
    CHECK(registry->pin("pbx.example.com", kMine, 1000).value());
    CHECK_FALSE(registry->pin("pbx.example.com", kTheirs, 1001).value());
    CHECK_FALSE(registry->pin("pbx.example.com", kMine, 1002).value());
  }
  const auto registry = file.open();
  const auto ownership = registry->ownership("pbx.example.com").value();
  REQUIRE(ownership);
  CHECK(ownership->identity == kMine);
  CHECK_FALSE(ownership->enrolled);
  CHECK_FALSE(registry->pin("pbx.example.com", kTheirs, 1003).value());
}

TEST_CASE("an enrolled name has no owner until the first one comes") {
  const File file;
  const auto registry = file.open();
  CHECK(registry->enroll("pbx.example.com", {}).value());
  CHECK_FALSE(registry->enroll("pbx.example.com", {}).value());
  CHECK_FALSE(registry->ownership("pbx.example.com").value()->identity);
  CHECK(registry->pin("pbx.example.com", kMine, 1000).value());
  const auto ownership = registry->ownership("pbx.example.com").value();
  CHECK(ownership->identity == kMine);
  CHECK(ownership->enrolled);
}

TEST_CASE("enrolling a name that is owned keeps its owner") {
  const File file;
  const auto registry = file.open();
  REQUIRE(registry->pin("pbx.example.com", kMine, 1000).value());
  CHECK(registry->enroll("pbx.example.com", {}).value());
  CHECK(registry->ownership("pbx.example.com").value()->identity == kMine);
}

TEST_CASE("keys are known at once and written by flush") {
  const File file;
  {
    const auto registry = file.open();
    REQUIRE(registry->pin("pbx.example.com", kMine, 1000).value());
    registry->seen("pbx.example.com", kMine, {kKey, kLastingKey}, 2000);
    CHECK(registry->keys("pbx.example.com").value() == std::vector{kKey, kLastingKey});
    CHECK(registry->unwritten() == 1);
    REQUIRE(registry->flush());
    CHECK(registry->unwritten() == 0);
  }
  const auto registry = file.open();
  CHECK(registry->keys("pbx.example.com").value() == std::vector{kKey, kLastingKey});
  const NameRecord record = registry->list().value().at(0);
  CHECK(record.first_seen == 1000);
  CHECK(record.last_seen == 2000);
  CHECK(record.keys == 2);

  registry->seen("pbx.example.com", kMine, {}, 1500);
  REQUIRE(registry->flush());
  CHECK(registry->keys("pbx.example.com").value().empty());
  CHECK(registry->list().value().at(0).last_seen == 2000);
}

TEST_CASE("a thousand sightings are written in several small steps") {
  const File file;
  const auto registry = file.open();
  for (int number = 0; number < 1000; ++number) {
    const std::string name = "pbx" + std::to_string(number) + ".example.com";
    registry->seen(name, kMine, {kKey}, 1000);
  }
  int steps = 0;
  for (; registry->unwritten() > 0; ++steps)
    REQUIRE(registry->flush());
  CHECK(steps == 4);
}

TEST_CASE("forgetting a name frees it, with its keys and what was still to be written of it") {
  const File file;
  const auto registry = file.open();
  REQUIRE(registry->pin("pbx.example.com", kMine, 1000).value());
  registry->seen("pbx.example.com", kMine, {kKey}, 2000);
  REQUIRE(registry->flush());
  registry->seen("pbx.example.com", kMine, {kKey}, 3000);

  const auto beside = file.open();
  CHECK(beside->forget("pbx.example.com", {}).value());
  CHECK_FALSE(beside->forget("pbx.example.com", {}).value());
  REQUIRE(registry->flush());
  CHECK(registry->size().value() == 0);
  CHECK(registry->keys("pbx.example.com").value().empty());

  REQUIRE(beside->pin("pbx.example.com", kTheirs, 4000).value());
  CHECK(beside->keys("pbx.example.com").value().empty());
}

TEST_CASE("what another process writes is noticed once") {
  const File file;
  const auto registry = file.open();
  const auto beside = file.open();
  CHECK_FALSE(registry->changed_elsewhere().value());
  REQUIRE(registry->enroll("mine.example.com", {}).value());
  CHECK_FALSE(registry->changed_elsewhere().value());
  REQUIRE(beside->enroll("other.example.com", {}).value());
  CHECK(registry->changed_elsewhere().value());
  CHECK_FALSE(registry->changed_elsewhere().value());
}

TEST_CASE("names are listed in order") {
  const File file;
  const auto registry = file.open();
  for (const char* name : {"c.example.com", "a.example.com", "b.example.com"})
    REQUIRE(registry->enroll(name, {}).value());
  const auto records = registry->list().value();
  REQUIRE(records.size() == 3);
  CHECK(records[0].name == "a.example.com");
  CHECK(records[1].ownership.enrolled);
  CHECK(records[2].last_seen == 0);
}

TEST_CASE("another process that writes just now is waited for, but not for ever") {
  const File file;
  const auto registry = file.open();
  Database other = std::move(Database::open(file.path, kShortPatience).value());
  {
    const auto writing = Transaction::begin(other);
    REQUIRE(writing);
    const auto pinned = registry->pin("pbx.example.com", kMine, 1000);
    REQUIRE_FALSE(pinned);
    CHECK(pinned.error().code == codes::kRegistryBusy);
    registry->seen("pbx.example.com", kMine, {kKey}, 1000);
    CHECK(registry->flush().error().code == codes::kRegistryBusy);
    CHECK(registry->unwritten() == 1);
    CHECK_FALSE(registry->ownership("pbx.example.com").value());
  }
  CHECK(registry->counts().failures == 2);
  CHECK(registry->counts().writes == 0);
  CHECK(registry->pin("pbx.example.com", kMine, 1000).value());
  CHECK(registry->flush());
  CHECK(registry->counts().writes == 2);
  // With nothing noted there is nothing to write.
  CHECK(registry->flush());
  CHECK(registry->counts().writes == 2);
}

TEST_CASE("one process holds the lock of a registry, however its path is written") {
  const File file;
  const std::filesystem::path link = file.scratch.path() / "link";
  std::filesystem::create_directory_symlink(file.scratch.path(), link);
  std::optional<RegistryLock> lock = std::move(RegistryLock::take(file.path).value());
  for (const std::filesystem::path& spelling :
       {file.path, link / file.path.filename(),
        file.scratch.path() / "." / ".." / file.scratch.path().filename() / file.path.filename()}) {
    CAPTURE(spelling.string());
    const auto refused = RegistryLock::take(spelling);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == codes::kAlreadyRunning);
    CHECK(refused.error().code.exit == Exit::temp_failure);
    CHECK(contains(refused.error().message, "process " + std::to_string(getpid()) + " "));
  }
  CHECK(RegistryLock::take(file.scratch.path() / "another.sqlite3"));
  // Whoever opens the registry beside it is not concerned.
  CHECK(Registry::open(file.path, kShortPatience));
  lock.reset();
  CHECK(RegistryLock::take(link / file.path.filename()));
}

TEST_CASE("a lock that cannot be made says why, as the registry does") {
  File file;
  std::filesystem::create_symlink("/nowhere", file.path.string() + ".lock");
  CHECK(RegistryLock::take(file.path).error().code == codes::kRegistryCannotOpen);
  file.path = file.scratch.path() / "missing" / "registry.sqlite3";
  CHECK(RegistryLock::take(file.path).error().code == codes::kRegistryCannotOpen);
  file.path = "/proc/registry.sqlite3";
  CHECK_FALSE(RegistryLock::take(file.path));
}

TEST_CASE("what is changed by hand is noted with who and when, until it is in the log") {
  const File file;
  const auto registry = file.open();
  CHECK(registry->enroll("a.example.com", {"root (uid 0)", 1'000}).value());
  // What changes nothing is not noted.
  CHECK_FALSE(registry->enroll("a.example.com", {"root (uid 0)", 1'001}).value());
  CHECK_FALSE(registry->forget("b.example.com", {"root (uid 0)", 1'002}).value());
  CHECK(registry->forget("a.example.com", {"anna (uid 1000)", 1'003}).value());
  const auto notes = file.open()->notes(0).value();
  REQUIRE(notes.size() == 2);
  CHECK(notes[0].action == "enrolled");
  CHECK(notes[0].name == "a.example.com");
  CHECK(notes[0].who == "root (uid 0)");
  CHECK(notes[0].at == 1'000);
  CHECK(notes[1].action == "forgotten");
  CHECK(notes[1].who == "anna (uid 1000)");
  REQUIRE(registry->drop_notes(notes[0].number));
  CHECK(registry->notes(0).value().size() == 1);
  REQUIRE(registry->drop_notes(notes[1].number));
  CHECK(registry->notes(0).value().empty());
  // Numbers are not used again.
  CHECK(registry->enroll("c.example.com", {}).value());
  CHECK(registry->notes(0).value().at(0).number > notes[1].number);
}

TEST_CASE("notes that nobody logs do not fill the registry") {
  const File file;
  const auto registry = file.open();
  {
    Database database = std::move(Database::open(file.path, kShortPatience).value());
    REQUIRE(database.execute(
        "INSERT INTO notes (at, action, name, who) SELECT i, 'enrolled', 'x', 'y' FROM"
        " (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
        " SELECT i FROM n)"));
  }
  CHECK(registry->enroll("a.example.com", {"root (uid 0)", 5'000}).value());
  std::size_t count = 0;
  std::int64_t last = 0;
  for (auto notes = registry->notes(0).value(); !notes.empty();
       notes = registry->notes(last).value()) {
    CHECK(notes.size() <= 100);
    count += notes.size();
    last = notes.back().number;
  }
  CHECK(count == Registry::kMostNotes);
  CHECK(last == 3'001);
}

/// As the versions before wrote it.
constexpr const char* kVersion1 =
    "CREATE TABLE names ("
    "  name TEXT PRIMARY KEY NOT NULL,"
    "  identity BLOB CHECK (identity IS NULL OR length(identity) = 32),"
    "  enrolled INTEGER NOT NULL DEFAULT 0 CHECK (enrolled IN (0, 1)),"
    "  first_seen INTEGER NOT NULL DEFAULT 0,"
    "  last_seen INTEGER NOT NULL DEFAULT 0"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE admission_keys ("
    "  name TEXT NOT NULL REFERENCES names (name) ON DELETE CASCADE,"
    "  id BLOB NOT NULL CHECK (length(id) = 8),"
    "  key BLOB NOT NULL CHECK (length(key) = 32),"
    "  expires INTEGER NOT NULL,"
    "  PRIMARY KEY (name, id)"
    ") STRICT, WITHOUT ROWID;"
    "PRAGMA application_id = 1399215186;"
    "PRAGMA user_version = 1;"
    "INSERT INTO names VALUES ('pbx.example.com', zeroblob(32), 1, 1000, 2000);"
    "INSERT INTO admission_keys VALUES ('pbx.example.com', zeroblob(8), zeroblob(32), 0);";
constexpr const char* kVersion2 =
    "CREATE TABLE notes ("
    "  number INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  at INTEGER NOT NULL,"
    "  action TEXT NOT NULL,"
    "  name TEXT NOT NULL,"
    "  who TEXT NOT NULL"
    ") STRICT;"
    "INSERT INTO notes (at, action, name, who) VALUES (7, 'enrolled', 'x.example.com', 'anna');"
    "PRAGMA user_version = 2;";
constexpr const char* kVersion3 =
    "ALTER TABLE names ADD COLUMN disabled_at INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE names ADD COLUMN disabled_reason TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE notes ADD COLUMN reason TEXT NOT NULL DEFAULT '';"
    "PRAGMA user_version = 3;";

TEST_CASE("a registry of an older version keeps what it has, and its names can be disabled") {
  const File file;
  const int version = GENERATE(1, 2, 3);
  CAPTURE(version);
  {
    Database older = std::move(Database::open(file.path, kShortPatience).value());
    REQUIRE(older.execute(kVersion1));
    if (version >= 2) REQUIRE(older.execute(kVersion2));
    if (version >= 3) REQUIRE(older.execute(kVersion3));
  }
  const auto registry = file.open();
  const auto records = registry->list().value();
  REQUIRE(records.size() == 1);
  CHECK(records[0].name == "pbx.example.com");
  CHECK(records[0].ownership.enrolled);
  CHECK(records[0].ownership.identity == crypto::Ed25519PublicKey{});
  CHECK_FALSE(records[0].ownership.disabled);
  CHECK(records[0].first_seen == 1000);
  CHECK(records[0].last_seen == 2000);
  CHECK(records[0].keys == 1);
  const auto notes = registry->notes(0).value();
  REQUIRE(notes.size() == (version >= 2 ? 1U : 0U));
  if (version >= 2) CHECK(notes[0].reason.empty());
  CHECK(registry->disable("pbx.example.com", "unpaid", {"anna", 3000}).value());
  CHECK(file.open()->ownership("pbx.example.com").value()->disabled->reason == "unpaid");
}

TEST_CASE("a disabled name keeps its owner and keys, and the reason is noted") {
  const File file;
  const auto registry = file.open();
  CHECK_FALSE(registry->disable("pbx.example.com", "why", {}).value());
  CHECK_FALSE(registry->disabled("pbx.example.com").value());
  REQUIRE(registry->pin("pbx.example.com", kMine, 1000).value());
  registry->seen("pbx.example.com", kMine, {kKey}, 1000);
  REQUIRE(registry->flush());
  CHECK(registry->disable("pbx.example.com", "", {"anna", 2000}).value());
  CHECK_FALSE(registry->disable("pbx.example.com", "", {"anna", 2001}).value());
  CHECK(registry->disable("pbx.example.com", "unpaid", {"ben", 2002}).value());
  CHECK(registry->disabled("pbx.example.com").value());
  const auto known = registry->ownership("pbx.example.com").value();
  CHECK(known->identity == kMine);
  CHECK(known->disabled->at == 2002);
  CHECK(registry->keys("pbx.example.com").value() == std::vector{kKey});
  CHECK(registry->enable("pbx.example.com", {"anna", 3000}).value());
  CHECK_FALSE(registry->enable("pbx.example.com", {"anna", 3001}).value());
  CHECK_FALSE(registry->list().value().at(0).ownership.disabled);
  const auto notes = registry->notes(0).value();
  REQUIRE(notes.size() == 3);
  CHECK(notes[1].action == "disabled");
  CHECK(notes[1].reason == "unpaid");
  CHECK(notes[1].who == "ben");
  CHECK(notes[2].action == "enabled");
  CHECK(notes[2].reason.empty());
}

TEST_CASE("a name that was disabled at the beginning of time is disabled all the same") {
  const File file;
  const auto registry = file.open();
  REQUIRE(registry->enroll("pbx.example.com", {}).value());
  REQUIRE(registry->disable("pbx.example.com", "", {}).value());
  CHECK(registry->disabled("pbx.example.com").value());
}

TEST_CASE("a file that is no database is refused and left as it is") {
  const File file;
  const std::string content = "name = identity\n" + std::string(2000, 'x');
  write_file(file.path, content);
  CHECK(file.failure().code == codes::kRegistryForeign);
  CHECK(read_file(file.path) == content);
}

TEST_CASE("a database of another program is refused and left as it is") {
  const File file;
  {
    Database other = std::move(Database::open(file.path, kShortPatience).value());
    REQUIRE(other.execute("CREATE TABLE addresses (name TEXT)"));
  }
  const std::string content = read_file(file.path);
  CHECK(file.failure().code == codes::kRegistryForeign);
  CHECK(read_file(file.path) == content);
}

TEST_CASE("a registry of a newer version is refused and left as it is") {
  const File file;
  file.open().reset();
  {
    Database newer = std::move(Database::open(file.path, kShortPatience).value());
    REQUIRE(newer.execute("PRAGMA user_version = 5"));
  }
  const std::string content = read_file(file.path);
  const Error error = file.failure();
  CHECK(error.code == codes::kRegistryNewer);
  CHECK(contains(error.message, "version 5"));
  CHECK(read_file(file.path) == content);
}

TEST_CASE("a damaged registry is refused and not made anew") {
  const File file;
  test::fill_registry(file.path);
  std::string content = read_file(file.path);
  REQUIRE(content.size() > 5 * 4096);
  SECTION("overwritten in the middle") {
    content.replace(4096, 8192, std::string(8192, '\x5a'));
  }
  SECTION("cut short") {
    content.resize(2 * 4096 + 100);
  }
  write_file(file.path, content);
  const Error error = file.failure();
  CHECK(error.code == codes::kRegistryCorrupt);
  CHECK(error.code.exit == Exit::io_error);
  CHECK(read_file(file.path) == content);
}

TEST_CASE("a directory that is not there is named") {
  File file;
  file.path = file.scratch.path() / "missing" / "registry.sqlite3";
  const Error error = file.failure();
  CHECK(error.code == codes::kRegistryCannotOpen);
  CHECK(error.code.exit == Exit::config);
}

TEST_CASE("a directory in place of the file is refused") {
  File file;
  file.path = file.scratch.path();
  CHECK(file.failure().code == codes::kRegistryCannotOpen);
}

TEST_CASE("SQLite's failures have codes: full, read-only, wrong SQL") {
  const File file;
  file.open().reset();
  Database database = std::move(Database::open(file.path, kShortPatience).value());
  SECTION("full") {
    REQUIRE(database.execute("PRAGMA max_page_count = 1"));
    const auto failed = database.execute(
        "INSERT INTO names (name) SELECT hex(randomblob(60)) FROM"
        " (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
        " SELECT i FROM n)");
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == codes::kRegistryFull);
  }
  SECTION("read-only") {
    REQUIRE(database.execute("PRAGMA query_only = 1"));
    const auto failed = database.execute("INSERT INTO names (name) VALUES ('x')");
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == codes::kRegistryReadOnly);
  }
  SECTION("wrong SQL") {
    CHECK(database.execute("SELECT no_such_column FROM names").error().code ==
          codes::kRegistryFailed);
    CHECK(database.prepare("SELEC").error().code == codes::kRegistryFailed);
  }
}

TEST_CASE("an unfinished transaction leaves nothing behind") {
  const File file;
  const auto registry = file.open();
  Database database = std::move(Database::open(file.path, kShortPatience).value());
  {
    auto transaction = std::move(Transaction::begin(database).value());
    REQUIRE(database.execute("INSERT INTO names (name) VALUES ('x')"));
  }
  CHECK(registry->size().value() == 0);
  {
    auto transaction = std::move(Transaction::begin(database).value());
    REQUIRE(database.execute("INSERT INTO names (name) VALUES ('x')"));
    REQUIRE(transaction.commit());
  }
  CHECK(registry->size().value() == 1);
}

}  // namespace
}  // namespace sfteams::connector

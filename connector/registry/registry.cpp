#include "connector/registry/registry.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/files/descriptor.h"
#include "connector/registry/codes.h"

namespace sfteams::connector {
namespace {

namespace fs = std::filesystem;

/// "SfTR": how SQLite's own header says whose file this is.
constexpr std::int64_t kApplicationId = 0x53665452;

/// What brings a file from the version of its place in the list to the next one. Written files
/// live on, so entries are only ever added.
constexpr std::array<const char*, 4> kMigrations{
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
    "PRAGMA user_version = 1;",
    // What was done by hand, until the connector has logged it.
    "CREATE TABLE notes ("
    "  number INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  at INTEGER NOT NULL,"
    "  action TEXT NOT NULL,"
    "  name TEXT NOT NULL,"
    "  who TEXT NOT NULL"
    ") STRICT;"
    "PRAGMA user_version = 2;",
    // Names that the operator lets in no more; 0: this one is let in.
    "ALTER TABLE names ADD COLUMN disabled_at INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE names ADD COLUMN disabled_reason TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE notes ADD COLUMN reason TEXT NOT NULL DEFAULT '';"
    "PRAGMA user_version = 3;",
    // In a cluster: the log that the names follow from (log_replica.h). Empty without one.
    "ALTER TABLE names ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE names ADD COLUMN keys_epoch INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE names ADD COLUMN keys_seen INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE names ADD COLUMN keys_incarnation INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE names ADD COLUMN keys_in_log BLOB;"
    "CREATE TABLE log_entries ("
    "  subject TEXT PRIMARY KEY NOT NULL,"
    "  name TEXT NOT NULL,"
    "  generation INTEGER NOT NULL,"
    "  kind TEXT NOT NULL CHECK (kind IN ('e', 'p', 'f', 's')),"
    "  number INTEGER NOT NULL,"
    "  identity BLOB CHECK (identity IS NULL OR length(identity) = 32),"
    "  disabled INTEGER NOT NULL,"
    "  reason TEXT NOT NULL,"
    "  at INTEGER NOT NULL,"
    "  who TEXT NOT NULL,"
    "  value BLOB NOT NULL,"
    "  sequence INTEGER NOT NULL,"
    "  incarnation INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX log_entries_of_names ON log_entries (name, generation);"
    "CREATE INDEX log_entries_in_order ON log_entries (sequence);"
    "CREATE TABLE log_contradictions ("
    "  subject TEXT PRIMARY KEY NOT NULL,"
    "  name TEXT NOT NULL,"
    "  generation INTEGER NOT NULL,"
    "  at INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE log_streams ("
    "  stream INTEGER PRIMARY KEY,"
    "  created TEXT NOT NULL DEFAULT '',"
    "  sequence INTEGER NOT NULL DEFAULT 0,"
    "  incarnation INTEGER NOT NULL DEFAULT 0"
    ") STRICT;"
    "INSERT INTO log_streams (stream) VALUES (0), (1);"
    "PRAGMA user_version = 4;"};
static_assert(kApplicationId == 1399215186);

constexpr std::size_t kFlushBatch = 256;

/// SQLite would make it readable for everybody.
void make_private_file(const fs::path& file) {
  // When this fails it is there, or SQLite will say what is wrong.
  const files::Descriptor made(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
}

template <std::size_t kSize>
std::array<std::uint8_t, kSize> array_of(std::span<const std::uint8_t> bytes) {
  std::array<std::uint8_t, kSize> array{};
  std::ranges::copy(bytes.first(std::min(bytes.size(), kSize)), array.begin());
  return array;
}

/// From four columns: identity, enrolled, disabled_at, disabled_reason.
Ownership read_ownership(const Statement& row, int first) {
  Ownership ownership;
  if (!row.is_null(first)) ownership.identity = array_of<32>(row.bytes(first));
  ownership.enrolled = row.number(first + 1) != 0;
  if (const std::int64_t at = row.number(first + 2); at != 0)
    ownership.disabled = Disabling{at, std::string(row.text(first + 3))};
  return ownership;
}

}  // namespace

Result<std::unique_ptr<Registry>> Registry::open(const fs::path& file,
                                                 transport::Duration patience) {
  make_private_file(file);
  Result<Database> database = Database::open(file, patience);
  if (!database) return fail(database.error());
  std::unique_ptr<Registry> registry(new Registry(std::move(*database)));
  for (const auto step : {&Registry::check, &Registry::migrate, &Registry::prepare}) {
    if (const Result<void> done = (registry.get()->*step)(); !done) {
      Error error = done.error();
      if (error.message.find(file.string()) == std::string::npos)
        error.message += " (" + file.string() + ")";
      return fail(std::move(error));
    }
  }
  return registry;
}

/// Whose file is it, and is it whole? Only reads.
Result<void> Registry::check() {
  const Result<std::int64_t> application = database_.number("PRAGMA application_id");
  if (!application) return fail(application.error());
  const Result<std::int64_t> version = database_.number("PRAGMA user_version");
  if (!version) return fail(version.error());
  const Result<std::int64_t> objects = database_.number("SELECT count(*) FROM sqlite_schema");
  if (!objects) return fail(objects.error());
  if (*application != kApplicationId && (*objects != 0 || *version != 0)) {
    return fail(codes::kRegistryForeign, "the registry is a database of another program",
                "check [registry] file; it is left as it is");
  }
  if (*version > static_cast<std::int64_t>(kMigrations.size())) {
    return fail(codes::kRegistryNewer,
                fmt::format("the registry has version {}, this program knows versions up to {}",
                            *version, kMigrations.size()),
                "it was written by a newer starface-teams-connector; install that again");
  }
  const Result<std::string> health = database_.text("PRAGMA quick_check(1)");
  if (!health) return fail(health.error());
  if (*health != "ok") {
    return fail(codes::kRegistryCorrupt, "the registry is damaged: " + *health,
                "restore it from a backup; or move it away and start anew, then every name is free "
                "again until its agent comes back");
  }
  return {};
}

Result<void> Registry::migrate() {
  const Result<void> ready = database_.execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
      "PRAGMA trusted_schema = OFF");
  if (!ready) return fail(ready.error());
  const Result<std::int64_t> now = database_.number("PRAGMA user_version");
  if (!now) return fail(now.error());
  if (*now == static_cast<std::int64_t>(kMigrations.size())) return {};

  Result<Transaction> transaction = Transaction::begin(database_);
  if (!transaction) return fail(transaction.error());
  // Another process may have done it while we waited for the right to write.
  const Result<std::int64_t> from = database_.number("PRAGMA user_version");
  if (!from) return fail(from.error());
  for (auto step = static_cast<std::size_t>(*from); step < kMigrations.size(); ++step) {
    if (const Result<void> done = database_.execute(kMigrations.at(step)); !done)
      return fail(done.error());
  }
  return transaction->commit();
}

Result<void> Registry::prepare() {
  const std::array<std::pair<Statement*, const char*>, 19> statements{{
      {&ownership_,
       "SELECT identity, enrolled, disabled_at, disabled_reason FROM names WHERE name = ?1"},
      {&pin_,
       "INSERT INTO names (name, identity, first_seen, last_seen) VALUES (?1, ?2, ?3, ?3)"
       " ON CONFLICT (name) DO UPDATE SET identity = ?2, first_seen = ?3, last_seen = ?3"
       " WHERE identity IS NULL"},
      {&keys_, "SELECT id, key, expires FROM admission_keys WHERE name = ?1"},
      {&touch_,
       "UPDATE names SET last_seen = max(last_seen, ?3) WHERE name = ?1 AND identity = ?2"},
      {&drop_keys_, "DELETE FROM admission_keys WHERE name = ?1"},
      {&add_key_, "INSERT INTO admission_keys (name, id, key, expires) VALUES (?1, ?2, ?3, ?4)"},
      {&size_, "SELECT count(*) FROM names"},
      {&states_,
       "SELECT count(*), total(disabled_at <> 0),"
       " total(disabled_at = 0 AND identity IS NOT NULL) FROM names"},
      {&version_, "PRAGMA data_version"},
      {&enroll_,
       "INSERT INTO names (name, enrolled) VALUES (?1, 1)"
       " ON CONFLICT (name) DO UPDATE SET enrolled = 1 WHERE enrolled = 0"},
      {&forget_, "DELETE FROM names WHERE name = ?1"},
      {&disable_,
       "UPDATE names SET disabled_at = ?2, disabled_reason = ?3"
       " WHERE name = ?1 AND (disabled_at = 0 OR disabled_reason <> ?3)"},
      {&enable_,
       "UPDATE names SET disabled_at = 0, disabled_reason = ''"
       " WHERE name = ?1 AND disabled_at <> 0"},
      {&disabled_, "SELECT disabled_at <> 0 FROM names WHERE name = ?1"},
      {&list_,
       "SELECT name, identity, enrolled, disabled_at, disabled_reason, first_seen, last_seen,"
       " (SELECT count(*) FROM admission_keys WHERE admission_keys.name = names.name)"
       " FROM names ORDER BY name"},
      {&add_note_, "INSERT INTO notes (at, action, name, who, reason) VALUES (?1, ?2, ?3, ?4, ?5)"},
      {&trim_notes_, "DELETE FROM notes WHERE number <= (SELECT max(number) FROM notes) - ?1"},
      {&notes_,
       "SELECT number, at, action, name, who, reason FROM notes WHERE number > ?1 ORDER BY number"
       " LIMIT 100"},
      {&drop_notes_, "DELETE FROM notes WHERE number <= ?1"},
  }};
  for (const auto& [statement, sql] : statements) {
    Result<Statement> prepared = database_.prepare(sql);
    if (!prepared) return fail(prepared.error());
    *statement = std::move(*prepared);
  }
  const Result<bool> changed = changed_elsewhere();
  if (!changed) return fail(changed.error());
  return {};
}

Result<std::optional<Ownership>> Registry::ownership(std::string_view name) {
  const Result<bool> row = ownership_.bind(1, name).step();
  if (!row) return fail(row.error());
  if (!*row) return std::nullopt;
  Ownership ownership = read_ownership(ownership_, 0);
  ownership_.reset();
  return ownership;
}

Result<bool> Registry::disabled(std::string_view name) {
  Result<bool> row = disabled_.bind(1, name).step();
  if (!row || !*row) return row;
  const bool disabled = disabled_.number(0) != 0;
  disabled_.reset();
  return disabled;
}

Result<bool> Registry::pin(std::string_view name, const crypto::Ed25519PublicKey& identity,
                           UnixSeconds now) {
  const Result<int> changed = pin_.bind(1, name).bind(2, identity).bind(3, now).run();
  count(changed);
  if (!changed) return fail(changed.error());
  if (*changed == 1) ++counts_.pins;
  return *changed == 1;
}

Result<std::vector<tunnel::AdmissionKey>> Registry::keys(std::string_view name) {
  if (const auto noted = noted_.find(name); noted != noted_.end()) return noted->second.keys;
  std::vector<tunnel::AdmissionKey> keys;
  keys_.bind(1, name);
  for (;;) {
    const Result<bool> row = keys_.step();
    if (!row) return fail(row.error());
    if (!*row) return keys;
    // The wire's u64 is kept in SQLite's signed 64 bits; the way back gives the same value.
    keys.push_back({array_of<8>(keys_.bytes(0)), array_of<32>(keys_.bytes(1)),
                    static_cast<std::uint64_t>(keys_.number(2))});
  }
}

Result<std::int64_t> Registry::size() {
  const Result<bool> row = size_.step();
  if (!row) return fail(row.error());
  const std::int64_t size = size_.number(0);
  size_.reset();
  return size;
}

Result<NameStates> Registry::states() {
  const Result<bool> row = states_.step();
  if (!row) return fail(row.error());
  NameStates states;
  states.disabled = states_.number(1);
  states.pinned = states_.number(2);
  states.enrolled = states_.number(0) - states.disabled - states.pinned;
  states_.reset();
  return states;
}

void Registry::seen(const std::string& name, const crypto::Ed25519PublicKey& identity,
                    std::vector<tunnel::AdmissionKey> keys, UnixSeconds now) {
  noted_[name] = {identity, std::move(keys), now};
}

Result<void> Registry::flush() {
  if (noted_.empty()) return {};
  Result<void> written = write_noted();
  count(written);
  return written;
}

Result<void> Registry::write_noted() {
  Result<Transaction> transaction = Transaction::begin(database_);
  if (!transaction) return fail(transaction.error());
  auto end = noted_.begin();
  for (std::size_t count = 0; count < kFlushBatch && end != noted_.end(); ++count, ++end) {
    if (const Result<void> written = write(end->first, end->second); !written)
      return fail(written.error());
  }
  if (const Result<void> done = transaction->commit(); !done) return fail(done.error());
  noted_.erase(noted_.begin(), end);
  return {};
}

Result<void> Registry::write(const std::string& name, const Sighting& sighting) {
  const Result<int> owned =
      touch_.bind(1, name).bind(2, sighting.identity).bind(3, sighting.at).run();
  if (!owned) return fail(owned.error());
  // Forgotten meanwhile: nothing of it may come back.
  if (*owned == 0) return {};
  if (const Result<int> gone = drop_keys_.bind(1, name).run(); !gone) return fail(gone.error());
  for (const tunnel::AdmissionKey& key : sighting.keys) {
    const Result<int> added = add_key_.bind(1, name)
                                  .bind(2, key.id)
                                  .bind(3, key.key)
                                  .bind(4, static_cast<std::int64_t>(key.expires))
                                  .run();
    if (!added) return fail(added.error());
  }
  return {};
}

Result<bool> Registry::changed_elsewhere() {
  const Result<bool> row = version_.step();
  if (!row) return fail(row.error());
  const std::int64_t version = version_.number(0);
  version_.reset();
  return std::exchange(seen_version_, version) != version;
}

Result<bool> Registry::enroll(std::string_view name, const By& by) {
  return change_by_hand(enroll_, name, "enrolled", by);
}

Result<bool> Registry::forget(std::string_view name, const By& by) {
  return change_by_hand(forget_, name, "forgotten", by);
}

Result<bool> Registry::disable(std::string_view name, std::string_view reason, const By& by) {
  // 0 would say that it is not disabled.
  const UnixSeconds at = std::max<UnixSeconds>(by.at, 1);
  return change_by_hand(disable_.bind(2, at).bind(3, reason), name, "disabled", by, reason);
}

Result<bool> Registry::enable(std::string_view name, const By& by) {
  return change_by_hand(enable_, name, "enabled", by);
}

/// The change and its note, or neither.
Result<bool> Registry::change_by_hand(Statement& change, std::string_view name, const char* action,
                                      const By& by, std::string_view reason) {
  Result<Transaction> transaction = Transaction::begin(database_);
  if (!transaction) return fail(transaction.error());
  const Result<int> changed = change.bind(1, name).run();
  if (!changed) return fail(changed.error());
  if (*changed != 1) return false;
  const std::string_view what(action);
  const std::string_view who(by.who);
  add_note_.bind(1, by.at).bind(2, what).bind(3, name).bind(4, who).bind(5, reason);
  const Result<int> noted = add_note_.run();
  if (!noted) return fail(noted.error());
  if (const Result<int> trimmed = trim_notes_.bind(1, kMostNotes).run(); !trimmed)
    return fail(trimmed.error());
  if (const Result<void> done = transaction->commit(); !done) return fail(done.error());
  return true;
}

Result<std::vector<Registry::Note>> Registry::notes(std::int64_t after) {
  std::vector<Note> notes;
  notes_.bind(1, after);
  for (;;) {
    const Result<bool> row = notes_.step();
    if (!row) return fail(row.error());
    if (!*row) return notes;
    notes.push_back({notes_.number(0), notes_.number(1), std::string(notes_.text(2)),
                     std::string(notes_.text(3)), std::string(notes_.text(4)),
                     std::string(notes_.text(5))});
  }
}

Result<void> Registry::drop_notes(std::int64_t up_to) {
  if (const Result<int> dropped = drop_notes_.bind(1, up_to).run(); !dropped)
    return fail(dropped.error());
  return {};
}

Result<std::vector<NameRecord>> Registry::list() {
  std::vector<NameRecord> records;
  for (;;) {
    const Result<bool> row = list_.step();
    if (!row) return fail(row.error());
    if (!*row) return records;
    NameRecord record;
    record.name = list_.text(0);
    record.ownership = read_ownership(list_, 1);
    record.first_seen = list_.number(5);
    record.last_seen = list_.number(6);
    record.keys = list_.number(7);
    records.push_back(std::move(record));
  }
}

}  // namespace sfteams::connector

#include "connector/registry/database.h"

#include <array>
#include <system_error>
#include <utility>

#include <sqlite3.h>

#include "connector/registry/codes.h"

namespace sfteams::connector {
namespace {

struct Explained {
  int result;  ///< primary or extended result code (https://www.sqlite.org/rescode.html)
  Code code;
  const char* hint;
};

constexpr const char* kRestore =
    "restore it from a backup; or move it away and start anew, then every name is free again until "
    "its agent comes back";

constexpr std::array<Explained, 11> kExplained{{
    {SQLITE_CANTOPEN_SYMLINK, codes::kRegistryCannotOpen,
     "it may not be a link: put the file itself there, or name it in [registry] file"},
    {SQLITE_CORRUPT, codes::kRegistryCorrupt, kRestore},
    {SQLITE_NOTADB, codes::kRegistryForeign, "check [registry] file; it is left as it is"},
    {SQLITE_FULL, codes::kRegistryFull, "make room on the file system"},
    {SQLITE_READONLY, codes::kRegistryReadOnly,
     "the file and its directory have to belong to the user that the connector runs as"},
    {SQLITE_PERM, codes::kRegistryReadOnly,
     "the file and its directory have to belong to the user that the connector runs as"},
    {SQLITE_CANTOPEN, codes::kRegistryCannotOpen,
     "check [registry] file: its directory has to be there, and both belong to the connector's "
     "user"},
    {SQLITE_BUSY, codes::kRegistryBusy, "another process writes to it; try again"},
    {SQLITE_LOCKED, codes::kRegistryBusy, "another process writes to it; try again"},
    {SQLITE_AUTH, codes::kRegistryReadOnly, ""},
    {SQLITE_IOERR, codes::kRegistryFailed, "check the disk and its free space"},
}};

Error explain(const std::string& file, int result) {
  std::string message = "the registry " + file + ": " + sqlite3_errstr(result);
  for (const Explained& explained : kExplained) {
    if (explained.result == result || explained.result == (result & 0xff))
      return {explained.code, std::move(message), explained.hint};
  }
  return {codes::kRegistryFailed, std::move(message), "look at the log for what came before"};
}

Error explain(sqlite3* database) {
  const char* file = sqlite3_db_filename(database, "main");
  return explain(file == nullptr ? "" : file, sqlite3_extended_errcode(database));
}

}  // namespace

// SQLITE_OPEN_NOFOLLOW refuses a link anywhere in the path. The directory may be reached by one
// (/var on another disk, systemd's private directories); the file may not.
std::filesystem::path without_links_before(const std::filesystem::path& file) {
  const std::filesystem::path directory = file.parent_path();
  std::error_code error;
  const std::filesystem::path real =
      std::filesystem::canonical(directory.empty() ? "." : directory, error);
  return error ? file : real / file.filename();
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

// Binding can only fail for want of memory or for a wrong parameter, and then step() fails too:
// the statement is the wrong one or a NOT NULL is broken.
Statement& Statement::bind(int parameter, std::string_view text) {
  // Without data it would be NULL.
  sqlite3_bind_text(statement_.get(), parameter, text.data() == nullptr ? "" : text.data(),
                    static_cast<int>(text.size()), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind(int parameter, std::span<const std::uint8_t> bytes) {
  sqlite3_bind_blob(statement_.get(), parameter, bytes.data(), static_cast<int>(bytes.size()),
                    SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind(int parameter, std::int64_t number) {
  sqlite3_bind_int64(statement_.get(), parameter, number);
  return *this;
}

Result<bool> Statement::step() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) {
    reset();
    return false;
  }
  Error error = explain(sqlite3_db_handle(statement_.get()));
  reset();
  return fail(std::move(error));
}

Result<int> Statement::run() {
  const Result<bool> row = step();
  if (!row) return fail(row.error());
  if (*row) reset();
  return sqlite3_changes(sqlite3_db_handle(statement_.get()));
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
  const std::span<const std::uint8_t> content = bytes(column);
  return {reinterpret_cast<const char*>(content.data()), content.size()};
}

std::span<const std::uint8_t> Statement::bytes(int column) const {
  const void* content = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return {static_cast<const std::uint8_t*>(content), static_cast<std::size_t>(size)};
}

void Database::Close::operator()(sqlite3* database) const noexcept {
  sqlite3_close_v2(database);
}

Result<Database> Database::open(const std::filesystem::path& file, transport::Duration patience) {
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(
      without_links_before(file).c_str(), &handle,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW,
      nullptr);
  Database database;
  database.database_.reset(handle);
  if (result != SQLITE_OK) {
    // SQLite says so only of a link whose target this user can look at.
    std::error_code ignored;
    const bool link = std::filesystem::is_symlink(std::filesystem::symlink_status(file, ignored));
    return fail(explain(file.string(), link ? SQLITE_CANTOPEN_SYMLINK : result));
  }
  sqlite3_busy_timeout(handle, static_cast<int>(patience.count()));
  return database;
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  const int result = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  if (result != SQLITE_OK) return fail(explain(database_.get()));
  Statement statement;
  statement.statement_.reset(handle);
  return statement;
}

Result<void> Database::execute(const char* sql) {
  const int result = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return fail(explain(database_.get()));
  return {};
}

Result<std::int64_t> Database::number(std::string_view sql) {
  Result<Statement> statement = prepare(sql);
  if (!statement) return fail(statement.error());
  const Result<bool> row = statement->step();
  if (!row) return fail(row.error());
  return *row ? statement->number(0) : 0;
}

Result<std::string> Database::text(std::string_view sql) {
  Result<Statement> statement = prepare(sql);
  if (!statement) return fail(statement.error());
  const Result<bool> row = statement->step();
  if (!row) return fail(row.error());
  return *row ? std::string(statement->text(0)) : std::string();
}

Result<Transaction> Transaction::begin(Database& database) {
  if (const Result<void> begun = database.execute("BEGIN IMMEDIATE"); !begun)
    return fail(begun.error());
  return Transaction(database);
}

Transaction::~Transaction() {
  // A failure that has rolled back already makes this one fail; nothing is left to do then.
  if (database_ != nullptr) static_cast<void>(database_->execute("ROLLBACK"));
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Result<void> Transaction::commit() {
  Result<void> committed = database_->execute("COMMIT");
  if (committed) database_ = nullptr;
  return committed;
}

}  // namespace sfteams::connector

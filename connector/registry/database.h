#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error/error.h"
#include "transport/scheduler.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sfteams::connector {

/// The same file in a directory without links in its path, where there is that directory.
[[nodiscard]] std::filesystem::path without_links_before(const std::filesystem::path& file);

/// A prepared statement. Parameters are numbered from 1, columns from 0. The bytes that are bound
/// outlive run() and the last step().
class Statement {
 public:
  Statement() = default;

  Statement& bind(int parameter, std::string_view text);
  Statement& bind(int parameter, std::span<const std::uint8_t> bytes);
  Statement& bind(int parameter, std::int64_t number);

  /// True when there is a row to read. After false or a failure the statement can be bound and
  /// stepped anew.
  [[nodiscard]] Result<bool> step();
  /// Runs a statement of which no row is read. Gives the number of rows that it changed.
  [[nodiscard]] Result<int> run();
  /// Ends the reading of rows before the last one.
  void reset();

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t number(int column) const;
  /// Valid until the next step() or reset().
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::span<const std::uint8_t> bytes(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// An SQLite file. Failures come with the codes connector.registry-…, name the file, and never
/// carry data of it.
class Database {
 public:
  /// Makes the file when it is not there; refuses a symbolic link in its place. Waits `patience`
  /// for other processes.
  [[nodiscard]] static Result<Database> open(const std::filesystem::path& file,
                                             transport::Duration patience);

  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  /// One or more statements without parameters.
  [[nodiscard]] Result<void> execute(const char* sql);
  /// The first column of the first row.
  [[nodiscard]] Result<std::int64_t> number(std::string_view sql);
  [[nodiscard]] Result<std::string> text(std::string_view sql);

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

/// Rolls back unless commit() succeeded.
class Transaction {
 public:
  /// Takes the right to write at once, so that no statement in between can lose a race for it.
  [[nodiscard]] static Result<Transaction> begin(Database& database);
  ~Transaction();
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  [[nodiscard]] Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace sfteams::connector

#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "emulator/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace exthost::storage {

/// One connection to a SQLite database: the only part that knows SQLite's functions (sqlite.cpp).
///
/// Its failure is sticky, as a stream's is: after the first one every statement does nothing and yields no
/// rows, until `take_failure`. So a transaction is written without a check at each step, and judged once,
/// before it commits. Not thread-safe.
class Connection {
 public:
  static base::Result<std::unique_ptr<Connection>> open(const std::filesystem::path& file);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Runs statements that yield nothing.
  void run(const char* sql);

  /// A statement under way: bind in order, then step. Prepared once for each text (a literal), and kept.
  class Statement {
   public:
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&&) = delete;
    ~Statement();

    Statement& bind(std::string_view text);
    Statement& bind(std::int64_t number);
    /// True if there is a row to read.
    bool step();
    /// For statements that yield no rows.
    void finish() { step(); }

    std::string text(int column) const;
    std::int64_t number(int column) const;

   private:
    friend class Connection;
    Statement(Connection& connection, sqlite3_stmt* statement)
        : connection_(&connection), statement_(statement) {}
    Connection* connection_;
    sqlite3_stmt* statement_;  // null after a failure
    int bound_ = 0;
  };
  Statement statement(const char* sql);

  bool ok() const { return failure_.empty(); }
  /// What went wrong first, after which the connection works again; empty if nothing did.
  std::string take_failure();

 private:
  explicit Connection(sqlite3* database) : database_(database) {}
  void fail();

  sqlite3* database_;
  std::unordered_map<const char*, sqlite3_stmt*> prepared_;
  std::string failure_;
};

}  // namespace exthost::storage

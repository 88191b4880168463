#include "emulator/storage/sqlite.h"

#include <sqlite3.h>

#include <utility>

namespace exthost::storage {
namespace {

constexpr int kBusyMilliseconds =
    5000;  // only a checkpoint or somebody's sqlite3 shell can hold the file that long

}  // namespace

base::Result<std::unique_ptr<Connection>> Connection::open(const std::filesystem::path& file) {
  sqlite3* database = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(file.c_str(), &database, flags, nullptr);
  std::unique_ptr<Connection> connection(new Connection(database));
  if (code != SQLITE_OK) {
    return base::Error{base::ErrorKind::unavailable,
                       "can't open " + file.string() + ": " + sqlite3_errstr(code), ""};
  }
  sqlite3_busy_timeout(database, kBusyMilliseconds);
  return connection;
}

Connection::~Connection() {
  for (const auto& [sql, statement] : prepared_) sqlite3_finalize(statement);
  sqlite3_close_v2(database_);
}

void Connection::fail() {
  if (failure_.empty()) failure_ = std::string("the blob database failed: ") + sqlite3_errmsg(database_);
}

void Connection::run(const char* sql) {
  if (ok() && sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

Connection::Statement Connection::statement(const char* sql) {
  if (!ok()) return {*this, nullptr};
  sqlite3_stmt*& prepared = prepared_[sql];
  if (prepared == nullptr &&
      sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared, nullptr) != SQLITE_OK) {
    fail();
  }
  return {*this, prepared};
}

std::string Connection::take_failure() {
  return std::exchange(failure_, {});
}

Connection::Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      statement_(std::exchange(other.statement_, nullptr)),
      bound_(other.bound_) {}

Connection::Statement::~Statement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Connection::Statement& Connection::Statement::bind(std::string_view text) {
  // A null pointer would bind NULL.
  const char* begin = text.data() == nullptr ? "" : text.data();
  if (statement_ != nullptr && sqlite3_bind_text64(statement_, ++bound_, begin, text.size(), SQLITE_TRANSIENT,
                                                   SQLITE_UTF8) != SQLITE_OK) {
    connection_->fail();
  }
  return *this;
}

Connection::Statement& Connection::Statement::bind(std::int64_t number) {
  if (statement_ != nullptr && sqlite3_bind_int64(statement_, ++bound_, number) != SQLITE_OK)
    connection_->fail();
  return *this;
}

bool Connection::Statement::step() {
  if (statement_ == nullptr || !connection_->ok()) return false;
  const int code = sqlite3_step(statement_);
  if (code != SQLITE_ROW && code != SQLITE_DONE) connection_->fail();
  return code == SQLITE_ROW;
}

std::string Connection::Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::int64_t Connection::Statement::number(int column) const {
  return sqlite3_column_int64(statement_, column);
}

}  // namespace exthost::storage

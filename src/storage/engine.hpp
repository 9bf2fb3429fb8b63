// Where the database is, and the few words in which its two engines differ.
#pragma once

#include <cstdint>
#include <string>

#include "base/redacted.hpp"

namespace zvonok::storage {

enum class Engine : std::uint8_t { kSqlite, kPostgresql };

/// When SQLite says that something is kept: once the operating system has it (survives kill -9), or once the
/// disk does (survives a power cut, and costs a wait for the disk each time).
enum class Sync : std::uint8_t { kNormal, kFull };

struct DatabaseSettings {
  std::string sqlite_file;                       // for SQLite
  base::Redacted<std::string> postgresql_url{};  // set: PostgreSQL; as libpq takes it
  Sync sync = Sync::kNormal;
  /// PostgreSQL: whether this connection keeps others that say so out, as the lock of the data folder does
  /// for SQLite.
  bool exclusive = false;

  Engine engine() const { return postgresql_url.reveal().empty() ? Engine::kSqlite : Engine::kPostgresql; }
};

}  // namespace zvonok::storage

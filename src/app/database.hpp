// Opening the database that the settings name, at the start of the server and for the commands beside it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "app/settings.hpp"
#include "base/result.hpp"
#include "storage/connection.hpp"
#include "storage/engine.hpp"
#include "storage/migrations.hpp"

namespace zvonok::app {

/// Whether a server may run beside us.
enum class Use : std::uint8_t { kBesideServer, kAlone };

storage::DatabaseSettings database_settings(const Settings& settings, Use use = Use::kBesideServer);

/// Does something with a database, again for some seconds while another process has it. The error is a whole
/// sentence that ends in what to do.
base::Result<void, std::string> with_patience(const storage::DatabaseSettings& database,
                                              const std::function<void()>& work);

/// Opens the database and brings it to the version of this program; one that has something in it is copied
/// first (SQLite: `zvonok.db.before-version-N` beside it; PostgreSQL: into the schema
/// `zvonok_before_version_N`). The error is a whole sentence that ends in what to do.
base::Result<std::unique_ptr<storage::Connection>, std::string> open_database(
    const Settings& settings, Use use, std::span<const storage::Migration> steps = storage::migrations());

}  // namespace zvonok::app

// The tables, as numbered steps that only ever go forward: whatever version a database has, the missing steps
// make it what this program expects.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection.hpp"

namespace zvonok::storage {

/// The statements of one step; its number is its place in the list, from 1.
using Migration = std::vector<std::string_view>;

std::span<const Migration> migrations();

/// The version of an open database; 0: it has no tables.
int schema_version(Connection& connection);

/// Brings an open database to the last step. `before` is called with the version that it had, before anything
/// is changed, unless it was empty. Each step is kept as a whole, or not at all; two programs that start at
/// once do not meet in one. Throws DatabaseError, also when the database is newer than the last step: the
/// text says what to do.
void migrate(Connection& connection, std::span<const Migration> steps,
             const std::function<void(int version)>& before);

}  // namespace zvonok::storage

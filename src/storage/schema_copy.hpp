// What a PostgreSQL database held before an update, beside it in the same database.
#pragma once

#include <string>

#include "storage/connection.hpp"

namespace zvonok::storage {

/// Copies the tables of the schema `zvonok`, with their keys and indexes, into another one, in the place of
/// what was there. `name` is ours, not anybody's input. Renamed to `zvonok` it can be used. Throws
/// DatabaseError, and keeps nothing then: most often for want of the right to make a schema.
void copy_schema(Connection& connection, const std::string& name);

}  // namespace zvonok::storage

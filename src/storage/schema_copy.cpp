#include "storage/schema_copy.hpp"

#include <soci/soci.h>

#include <vector>

#include "storage/database_error.hpp"

namespace zvonok::storage {
namespace {

std::vector<std::string> tables_of(soci::session& sql) {
  std::vector<std::string> tables;
  std::string table;
  soci::statement statement =
      (sql.prepare << "SELECT tablename FROM pg_tables WHERE schemaname = 'zvonok' ORDER BY tablename",
       soci::into(table));
  statement.execute();
  while (statement.fetch()) tables.push_back(table);
  return tables;
}

}  // namespace

void copy_schema(Connection& connection, const std::string& name) {
  connection.in_transaction([&connection, &name] {
    auto& sql = connection.sql();
    sql << "SET LOCAL statement_timeout = 0";  // it takes as long as there are people
    sql << "DROP SCHEMA IF EXISTS " + name + " CASCADE";
    sql << "CREATE SCHEMA " + name;
    for (const auto& table : tables_of(sql)) {
      const auto copy = name + "." + table;
      sql << "CREATE TABLE " + copy + " (LIKE zvonok." + table + " INCLUDING ALL)";
      sql << "INSERT INTO " + copy + " SELECT * FROM zvonok." + table;
    }
  });
}

}  // namespace zvonok::storage

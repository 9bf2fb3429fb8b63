#include "storage/database_error.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <string_view>

namespace zvonok::storage {
namespace {

using Kind = DatabaseError::Kind;

// https://www.sqlite.org/rescode.html; the low byte is the primary code.
Kind kind_of_sqlite(int result) {
  switch (result & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Kind::kBusy;
    case SQLITE_FULL:
      return Kind::kFull;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_READONLY:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL:
      return Kind::kLost;
    default:
      return Kind::kOther;
  }
}

// PostgreSQL's manual, appendix A. An empty state is a connection that is gone.
Kind kind_of_postgresql(std::string_view state) {
  if (state == "40001" || state == "40P01" || state == "55P03")
    return Kind::kBusy;  // serialization, deadlock, lock
  if (state == "53100") return Kind::kFull;
  if (state.starts_with("22") || state.starts_with("23") || state.starts_with("42")) return Kind::kOther;
  return Kind::kLost;
}

// PostgreSQL's detail quotes the rows: names and addresses of people.
std::string without_detail(const std::string& text) {
  return text.substr(0, text.find("\nDETAIL:"));
}

}  // namespace

// What SOCI adds to `what()` quotes the statement and the values in it.
void rethrow_as_database_error() {
  try {
    throw;
  } catch (const DatabaseError&) {
    throw;
  } catch (const soci::sqlite3_soci_error& error) {
    throw DatabaseError(kind_of_sqlite(error.result()), error.get_error_message());
  } catch (const soci::postgresql_soci_error& error) {
    throw DatabaseError(kind_of_postgresql(error.sqlstate()), without_detail(error.get_error_message()));
  } catch (const soci::soci_error& error) {
    throw DatabaseError(Kind::kLost, error.get_error_message());
  } catch (const std::exception& error) {
    throw DatabaseError(Kind::kOther, error.what());
  }
}

}  // namespace zvonok::storage

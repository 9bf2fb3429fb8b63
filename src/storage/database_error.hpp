// What went wrong with a database, told apart by what to do about it.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace zvonok::storage {

/// The text is for operators: it holds no value of any row.
class DatabaseError : public std::runtime_error {
 public:
  enum class Kind : std::uint8_t {
    kBusy,       // somebody else has it: the same again may succeed in a moment
    kLost,       // the connection or the file is gone: to be opened anew
    kFull,       // no room on the disk
    kUncertain,  // the connection was lost on a COMMIT: whether it is kept, nobody knows
    kOther,      // ours: a constraint, a wrong statement
  };

  DatabaseError(Kind kind, const std::string& text) : std::runtime_error(text), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

/// Throws the exception that is being handled as a DatabaseError. Only within a catch block.
[[noreturn]] void rethrow_as_database_error();

}  // namespace zvonok::storage

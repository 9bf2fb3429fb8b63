// A user as clients see one.
#pragma once

#include <cstdint>
#include <string>

#include "ports/account_rows.hpp"

namespace zvonok::http {

/// Phone and e-mail are for the person alone.
enum class Viewer : std::uint8_t { kSelf, kOther };

/// `{"id","name","avatar","phone"?,"email"?}`
std::string user_json(const ports::User& user, Viewer viewer);

}  // namespace zvonok::http

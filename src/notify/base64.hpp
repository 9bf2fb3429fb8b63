// Bytes as letters that every mail server lets through (RFC 4648 section 4).
#pragma once

#include <string>
#include <string_view>

namespace zvonok::notify {

/// With padding, on one line.
std::string base64(std::string_view bytes);

}  // namespace zvonok::notify

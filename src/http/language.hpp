// Which of our languages a client prefers (Accept-Language, RFC 9110 section 12.5.4).
#pragma once

#include <string_view>

#include "ports/code_sender.hpp"

namespace zvonok::http {

/// The one of Russian and English that is wanted most; English if neither is named.
ports::Language preferred_language(std::string_view accept_language);

}  // namespace zvonok::http

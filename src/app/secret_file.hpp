// A secret from a file, as Docker, systemd and editors leave it there.
#pragma once

#include <string>

#include "app/settings.hpp"
#include "base/result.hpp"

namespace zvonok::app {

/// Cuts one line end (LF or CRLF) at the end, as editors and `echo` add it; everything else is part of the
/// secret. What is left must not be empty, and the file at most 64 KiB and without a byte order mark. The
/// error is the end of the sentence "FILE …" and never holds a byte of the file.
base::Result<Secret, std::string> read_secret_file(const std::string& path);

}  // namespace zvonok::app

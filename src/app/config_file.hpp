// zvonok.toml as a list of names and values. It knows TOML and nothing of settings: which names exist and
// what their values must be is for settings_load.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/settings_value.hpp"
#include "base/result.hpp"

namespace zvonok::app {

struct FileEntry {
  std::string name;  // `tls.cert`, whether it was written so or inside [tls]
  RawValue value;    // origin: "zvonok.toml:3"
};

/// `label` is the file's name in messages. A byte order mark and Windows' line ends are read past. The error
/// names the line and says what is wrong, without quoting what stands there: it might be a secret.
base::Result<std::vector<FileEntry>, std::string> parse_config(std::string_view toml,
                                                               const std::string& label);

/// The same from a file of at most 1 MiB.
base::Result<std::vector<FileEntry>, std::string> read_config_file(const std::string& path);

}  // namespace zvonok::app

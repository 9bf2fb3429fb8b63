// The files of the page at `/`, carried in the binary. The table is made from build/web while building
// (cmake/embed.cmake).
#pragma once

#include <span>
#include <string_view>

namespace zvonok::http {

struct Asset {
  std::string_view path, content_type, etag, body;
  std::string_view gzip;  // the body compressed (RFC 1952); empty: that would not make it smaller
};

std::span<const Asset> assets();

}  // namespace zvonok::http

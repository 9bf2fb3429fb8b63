# Run as a script: turns the files of a folder into one C++ source, so that the binary carries its own page.
#   cmake -DFOLDER=build/web -DOUT=assets.gen.cpp -P cmake/embed.cmake
# index.html is served at "/", everything else at its path below the folder; each also compressed, if that makes it smaller.
file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/*)
list(SORT files)

set(types_html "text/html; charset=utf-8")
set(types_css "text/css; charset=utf-8")
set(types_js "text/javascript; charset=utf-8")
set(types_svg "image/svg+xml")
set(types_png "image/png")
set(types_json "application/json; charset=utf-8")
set(types_webmanifest "application/manifest+json; charset=utf-8")
set(types_txt "text/plain; charset=utf-8")

# As a C++ string literal would have them.
function(bytes_of file result)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${hex}")
  set(${result} "${bytes}" PARENT_SCOPE)
endfunction()

set(table "")
foreach(file ${files})
  get_filename_component(extension ${file} LAST_EXT)
  string(SUBSTRING "${extension}" 1 -1 extension)
  if(NOT DEFINED types_${extension})
    message(FATAL_ERROR "${file}: no content type is known for .${extension}; add one in cmake/embed.cmake")
  endif()
  bytes_of(${FOLDER}/${file} bytes)
  # The same bytes each time: no name and no time in it.
  file(ARCHIVE_CREATE OUTPUT ${OUT}.gz PATHS ${FOLDER}/${file} FORMAT raw COMPRESSION GZip COMPRESSION_LEVEL 9
       MTIME "1970-01-01 UTC")
  file(SIZE ${FOLDER}/${file} plain_size)
  file(SIZE ${OUT}.gz gzip_size)
  set(gzip "")
  if(gzip_size LESS plain_size)
    bytes_of(${OUT}.gz gzip)
  endif()
  file(SHA256 ${FOLDER}/${file} hash)
  string(SUBSTRING ${hash} 0 16 etag)
  set(path "/${file}")
  if(file STREQUAL "index.html")
    set(path "/")
  endif()
  string(APPEND table "    {\"${path}\", \"${types_${extension}}\", \"\\\"${etag}\\\"\", \"${bytes}\"sv, \"${gzip}\"sv},\n")
endforeach()

file(WRITE ${OUT}.new "// Made from the page by cmake/embed.cmake while building.
#include \"http/assets.hpp\"

namespace zvonok::http {
namespace {

using namespace std::string_view_literals;

constexpr Asset kAssets[] = {
${table}};

}  // namespace

std::span<const Asset> assets() { return kAssets; }

}  // namespace zvonok::http
")
file(COPY_FILE ${OUT}.new ${OUT} ONLY_IF_DIFFERENT)
file(REMOVE ${OUT}.new ${OUT}.gz)

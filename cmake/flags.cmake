# Compiler flags that every target has. What differs between the builds is chosen in CMakePresets.json.

# One clone's objects serve the next one's cache: no absolute path of the source tree ends up in an object.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -fno-omit-frame-pointer)
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
                    -Woverloaded-virtual -Werror)
# clang takes the 0 in a defaulted <=> for a pointer.
add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wzero-as-null-pointer-constant>)

option(ZVONOK_HARDENED "build flags that make an exploit harder (release)" OFF)
if(ZVONOK_HARDENED)
  # Debian's own hardening and a little more: bounds of the standard containers are checked in production too.
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection
                      -D_GLIBCXX_ASSERTIONS)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    add_compile_options(-fcf-protection)
  endif()
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  add_link_options(-pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack)
endif()

set(ZVONOK_SANITIZE "" CACHE STRING "what -fsanitize= is given, e.g. address,undefined")
if(ZVONOK_SANITIZE)
  add_compile_options(-fsanitize=${ZVONOK_SANITIZE} -fno-sanitize-recover=all)
  string(REPLACE ",fuzzer-no-link" "" zvonok_link_sanitizers "${ZVONOK_SANITIZE}")
  add_link_options(-fsanitize=${zvonok_link_sanitizers})
endif()

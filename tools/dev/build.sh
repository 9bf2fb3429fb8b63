# shellcheck shell=bash
# Building: CMake presets, and ccache set so that a fresh clone in another folder finds the objects of the last one.

# The cache's keys hold paths relative to the clone, and not the folder that the compiler runs in.
export CCACHE_BASEDIR=$ROOT CCACHE_NOHASHDIR=1

# configure PRESET FOLDER, unless that folder was configured by this preset as it is now.
configure() {
  local preset=$1 folder=build/$2 stamp wanted
  stamp=$folder/.configured
  wanted="$preset $(cksum <CMakePresets.json) $ROOT"
  if [[ -f $folder/build.ninja && -f $stamp && $(<"$stamp") == "$wanted" ]]; then return; fi
  step "configuring $folder" cmake --preset "$preset"
  echo "$wanted" >"$stamp"
}

# build PRESET [TARGET…]; without a target: all.
build() {
  local preset=$1
  shift
  build_web
  configure "$preset" "$preset"
  step "building build/$preset" cmake --build "build/$preset" ${1+--target "$@"}
}

# The server alone. A folder that already builds the tests too is used as it is, since configuring it back and forth would
# cost more than it saves.
build_product() {
  build_web
  if [[ ! -f build/release/.configured ]] || ! grep -q '^release ' build/release/.configured; then
    configure product release
  else
    configure release release
  fi
  step "building build/zvonok" cmake --build build/release --target zvonok
  install_binary
}

build_release_with_tests() {
  build release
  install_binary
}

# By rename, so that a running server keeps its file and nobody sees half of one.
install_binary() {
  local built=build/release/src/app/zvonok
  if cmp -s "$built" build/zvonok; then return; fi
  cp "$built" "build/.zvonok.$$"
  mv -f "build/.zvonok.$$" build/zvonok
}

# Our C++ sources but what is derived, separated by zeros.
cpp_sources() {
  find src tests bench -name node_modules -prune -o \( -name '*.cpp' -o -name '*.hpp' \) ! -name '*.gen.*' -print0 2>/dev/null | sort -z
}

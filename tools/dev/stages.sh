# shellcheck shell=bash
# What ./dev test does, in order: the quick and cheap first. A failing suite does not stop the run, a failing build does.

# run_tests quick|full|long
run_tests() {
  local depth=$1
  local schedules=100000 fuzz_seconds=20
  case $depth in
    quick) schedules=2000 ;;
    long) schedules=1000000 fuzz_seconds=300 ;;
  esac
  need_node
  export PATH="${NODE%/*}:$PATH" ZVONOK_BINARY=$ROOT/build/zvonok
  quick_stage "$schedules"
  if [[ $depth != quick ]]; then
    memory_stage "$fuzz_seconds"
    wire_stage
    thread_stage
    lint_stage "$depth"
  fi
  if [[ $depth == long ]]; then long_stage; fi
  sum_up
}

quick_stage() {
  check "layers" tools/check_layers.py
  check "derived files are fresh" tools/protogen.py --check
  check "format" format_check
  suite "tools" python3 -m unittest discover -s tools -p '*_test.py'
  suite "mutants apply" mutants_apply
  page_tests
  check "coverage of the conformance map" tools/check_coverage.py
  build_release_with_tests
  check "symbols of the pure folders" tools/check_layers.py --nm build/release
  unit_tests release
  simulation release "$1"
}

# The page's TypeScript, and its unit tests.
page_tests() {
  npm_ci "$WEB"
  check "types of the page" in_page node_modules/typescript/bin/tsc --noEmit
  suite "unit: page" in_page node_modules/vitest/vitest.mjs run
}

in_page() {
  (cd "$WEB" && NO_COLOR=1 "$NODE" "$@")
}

# AddressSanitizer and UBSan: unit tests, every file of the corpora, fuzzing, and a server that is treated badly.
memory_stage() {
  local fuzz_seconds=$1 fuzzer
  export ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-14 UBSAN_OPTIONS=print_stacktrace=1
  build asan
  unit_tests asan
  simulation asan 2000
  for fuzzer in src/*/*_fuzz.cpp; do
    fuzzer=${fuzzer%.cpp}
    check "corpus: ${fuzzer##*/}" replay_corpus "build/asan/$fuzzer"
    check "fuzz: ${fuzzer##*/}, $fuzz_seconds s" fuzz "build/asan/$fuzzer" "$fuzz_seconds"
  done
  wire_suite "hostile, asan" tests/system/hostile build/asan/src/app/zvonok --sanitized
  wire_suite "turn, asan" tests/system/turn build/asan/src/app/zvonok
  wire_suite "jwks, asan" tests/system/jwks build/asan/src/app/zvonok
  wire_suite "login, asan" tests/system/login build/asan/src/app/zvonok --sanitized
}

wire_stage() {
  local suite
  wire_suite "conformance" tests/conformance build/zvonok
  wire_suite "conformance of the reference" tests/conformance build/zvonok --reference
  wire_suite "faulty references" tests/conformance build/zvonok --faults
  for suite in tests/system/*/run.js; do
    suite=$(dirname "$suite")
    wire_suite "${suite##*/}" "$suite" build/zvonok
  done
  wire_suite "browsers" tests/e2e build/zvonok
  wire_suite "NAT lab, one case" tests/natlab build/zvonok --core
}

# ThreadSanitizer: the threads are few, so the wire suites say more about them than unit tests.
thread_stage() {
  export TSAN_OPTIONS="external_symbolizer_path=/usr/bin/llvm-symbolizer-14 halt_on_error=1"
  build tsan zvonok
  wire_suite "conformance, tsan" tests/conformance build/tsan/src/app/zvonok
  wire_suite "websocket, tsan" tests/system/websocket build/tsan/src/app/zvonok
  wire_suite "turn, tsan" tests/system/turn build/tsan/src/app/zvonok
  wire_suite "jwks, tsan" tests/system/jwks build/tsan/src/app/zvonok
  wire_suite "login, tsan" tests/system/login build/tsan/src/app/zvonok --sanitized
}

lint_stage() {
  check "clang-tidy" tidy "$1"
  suite "syntax of scripts" script_syntax
}

# Every folder with tests must have its program, or a forgotten line of CMake would be a green run.
unit_tests() {
  local preset=$1 folder program
  for folder in src/*/; do
    compgen -G "$folder*_test.cpp" >/dev/null || continue
    folder=$(basename "$folder")
    program=build/$preset/src/$folder/${folder}_test
    if [[ -x $program ]]; then
      suite "unit: $folder, $preset" "$program" --gtest_brief=1
    else
      not_there "unit: $folder, $preset" "$program was not built"
    fi
  done
}

# simulation PRESET SCHEDULES
simulation() {
  suite "simulation, $1, $2 schedules" "build/$1/src/sim/zvonok_sim" --schedules "$2"
}

# What takes too long for every change: all small worlds, whether each planted bug is still found, all kinds of NAT.
long_stage() {
  suite "simulation, exhaustive" build/release/src/sim/zvonok_sim --exhaustive
  suite "mutants are found" tools/run_mutants.py --find
  wire_suite "NAT lab" tests/natlab build/zvonok
}

# wire_suite NAME FOLDER BINARY [OPTION…]
wire_suite() {
  local name=$1 folder=$2 binary=$ROOT/$3
  shift 3
  [[ -f $folder/run.js ]] || { not_there "$name" "$folder/run.js is missing" && return; }
  suite "$name" env ZVONOK_BINARY="$binary" "$NODE" "$folder/run.js" "$@"
}

format_check() {
  local sources
  mapfile -d '' sources < <(cpp_sources)
  ((${#sources[@]} > 0)) && clang-format-14 --dry-run -Werror "${sources[@]}"
}

mutants_apply() {
  local patch passed=0 failed=0
  for patch in tests/mutants/*.patch; do
    if git apply --check "$patch"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  done
  echo "mutants apply: $passed passed, $failed failed"
}

corpus_of() {
  local corpus
  corpus=tests/fuzz/corpus/$(basename "$1")
  compgen -G "$corpus/*" >/dev/null || { echo "$corpus: no corpus" >&2 && return 1; }
  echo "$corpus"
}

replay_corpus() {
  local corpus
  corpus=$(corpus_of "$1") && "$1" -runs=0 -timeout=5 -artifact_prefix=build/ "$corpus"
}

# What it finds new goes into a folder of the build; whoever likes it moves it into the corpus. An input that fails is
# printed, since the machine of a CI run is gone afterwards.
fuzz() {
  local program=$1 seconds=$2 corpus found input
  found=build/fuzz/$(basename "$program")
  mkdir -p "$found"
  corpus=$(corpus_of "$program") || return 1
  "$program" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$found/" "$found" "$corpus" 2>&1 |
    tee "$found.log"
  grep -Eq '^Done [1-9][0-9]* runs' "$found.log" && return
  while read -r input; do
    echo "$input, as base64:"
    base64 "$input"
  done < <(sed -n 's/.*Test unit written to //p' "$found.log")
  return 1
}

# tidy full|long: what changed since the base (DEV_TIDY_BASE, else the last commit that is hours older than this one, which is
# where a day's work began), or everything.
tidy() {
  local files
  mapfile -t files < <(tidy_files "$1")
  echo "${#files[@]} files"
  ((${#files[@]} == 0)) || printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy-14 --quiet -p build/asan
}

# Nothing, when there is no commit so old.
commit_hours_ago() {
  git rev-list -1 --before="$(($(git log -1 --format=%ct) - $1 * 3600))" HEAD
}

tidy_files() {
  local base=${DEV_TIDY_BASE:-$(commit_hours_ago 4)} changed header
  if [[ $1 == long ]] || ! git rev-parse --quiet --verify "$base^{commit}" >/dev/null; then
    find src -name '*.cpp'
    return
  fi
  changed=$(git diff --name-only --diff-filter=d "$base" -- src .clang-tidy && git ls-files --others --exclude-standard -- src)
  if grep -q '^\.clang-tidy$' <<<"$changed"; then
    find src -name '*.cpp'
    return
  fi
  {
    grep '\.cpp$' <<<"$changed" || true
    # A header is looked at through the sources that include it.
    grep '\.hpp$' <<<"$changed" | while read -r header; do
      grep -rlF --include='*.cpp' "#include \"${header#src/}\"" src || true
    done
  } | sort -u
}

script_syntax() {
  local script passed=0 failed=0
  while read -r script; do
    case "$script" in
      *.js | *.mjs) "$NODE" --check "$script" ;;
      *.sh | dev | .ci/run) bash -n "$script" ;;
    esac && passed=$((passed + 1)) || failed=$((failed + 1))
  done < <(find dev .ci/run tools tests bench src deploy -name node_modules -prune -o \
    \( -name '*.js' -o -name '*.mjs' -o -name '*.sh' -o -name dev -o -path .ci/run \) -type f -print 2>/dev/null)
  echo "syntax of scripts: $passed passed, $failed failed"
}

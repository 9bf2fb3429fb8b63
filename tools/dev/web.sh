# shellcheck shell=bash
# The page that the server carries: examples/react-callscreen, built by the Node.js of tools/node into build/web.

WEB=examples/react-callscreen

# build_web leaves the page in build/web, unless it is there from these very sources.
build_web() {
  local wanted stamp=build/web.built
  wanted=$(web_sources | xargs -0 cksum | cksum)
  if [[ -f build/web/index.html && -f $stamp && $(<"$stamp") == "$wanted" ]]; then return; fi
  need_node_alone
  npm_ci "$WEB"
  step "building build/web" vite_build
  echo "$wanted" >"$stamp"
}

web_sources() {
  find "$WEB" -name node_modules -prune -o -name dist -prune -o -type f -print0 | sort -z
}

vite_build() {
  mkdir -p build
  (cd "$WEB" && PATH="${NODE%/*}:$PATH" "$NODE" node_modules/vite/bin/vite.js build --outDir "$ROOT/build/web.new" --emptyOutDir)
  rm -rf build/web
  mv build/web.new build/web
}

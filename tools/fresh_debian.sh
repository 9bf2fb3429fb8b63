#!/usr/bin/env bash
# Proves the README's promise: on a fresh minimal Debian 12, `./dev run` ends in a server that answers and `./dev test`
# passes; no service is enabled and no port is open but ours. Needs root, debootstrap, and the package mirror that this
# machine's apt uses. Leaves the folder for a look; remove it yourself.
#
#   tools/fresh_debian.sh FOLDER [run|test]…       (default: both)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

FOLDER=${1:?usage: tools/fresh_debian.sh FOLDER [run|test]…}
shift
STEPS=("${@:-run}")
(($# > 0)) || STEPS=(run test)
HOME_INSIDE=/srv/zvonok

say() { echo "-- $*"; }

make_system() {
  [[ ! -e $FOLDER/etc/debian_version ]] || return 0
  local mirror
  mirror=$(grep -rhoE '^(deb|URIs:) .*' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null |
    grep -oE '(https?|file|mirror\+file)://?[^ ]+' | head -n 1)
  say "debootstrap into $FOLDER"
  debootstrap --variant=minbase bookworm "$FOLDER" ${mirror:+"$mirror"} >/dev/null
  # The machine's own way to its packages: sources, proxies, keys.
  cp -a /etc/apt/. "$FOLDER/etc/apt/"
  cp /etc/resolv.conf /etc/hosts "$FOLDER/etc/"
}

copy_project() {
  rm -rf "${FOLDER:?}$HOME_INSIDE"
  git clone -q . "$FOLDER$HOME_INSIDE"
  if [[ -f ~/.npmrc ]]; then cp ~/.npmrc "$FOLDER/root/"; fi
}

# Ends up as the command itself, with the same process id.
inside() {
  exec chroot "$FOLDER" /usr/bin/env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    CI="${CI-}" bash -c "cd $HOME_INSIDE && exec $1"
}

listening() { awk 'FNR > 1 && $4 == "0A" { print $2 }' /proc/net/tcp /proc/net/tcp6 | sort; }
enabled() { find "$FOLDER/etc/systemd/system" -path '*.wants/*' -type l -printf '%f\n' 2>/dev/null | sort; }

# Bash alone asks for /healthz: curl is not part of a minimal system.
healthy() {
  (exec 3<>/dev/tcp/127.0.0.1/3001 && printf 'GET /healthz HTTP/1.0\r\n\r\n' >&3 && grep -q '"ok"' <&3) 2>/dev/null
}

try_run() {
  local start=$SECONDS pid ports_before
  ports_before=$(listening)
  say "./dev run"
  (inside './dev run') >"$FOLDER/run.log" 2>&1 &
  pid=$!
  until healthy; do
    kill -0 "$pid" 2>/dev/null || { tail -n 50 "$FOLDER/run.log"; say "./dev run ended before the server answered"; return 1; }
    sleep 1
  done
  say "the server answers after $((SECONDS - start)) s"
  local opened
  opened=$(comm -13 <(echo "$ports_before") <(listening) | grep -vE ':(0BB9|24F8)$' || true)  # 3001, 9464
  kill -TERM "$pid"
  wait "$pid" || { say "the server ended with code $?"; return 1; }
  [[ -z $opened ]] || { say "ports that are not ours are open: $opened"; return 1; }
}

try_test() {
  local start=$SECONDS
  say "./dev test"
  (inside './dev test') >"$FOLDER/test.log" 2>&1 || { tail -n 100 "$FOLDER/test.log"; return 1; }
  tail -n 1 "$FOLDER/test.log"
  say "./dev test took $((SECONDS - start)) s"
}

make_system
copy_project
for place in proc sys dev dev/pts dev/shm; do
  mkdir -p "$FOLDER/$place"
  mountpoint -q "$FOLDER/$place" || mount --bind "/$place" "$FOLDER/$place"
done
trap 'for place in dev/shm dev/pts dev sys proc; do umount "$FOLDER/$place" 2>/dev/null || true; done' EXIT
units_before=$(enabled)
for step in "${STEPS[@]}"; do "try_$step"; done
new_units=$(comm -13 <(echo "$units_before") <(enabled) | grep . || true)
[[ -z $new_units ]] || { say "enabled by us: $new_units"; exit 1; }
say "no new unit is enabled"

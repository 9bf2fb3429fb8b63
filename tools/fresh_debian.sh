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
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' | sort -u | head -n 1)
  say "debootstrap into $FOLDER"
  debootstrap --variant=minbase bookworm "$FOLDER" ${mirror:+"$mirror"} >/dev/null
  # The machine's own way to its packages: sources, proxies, keys, certificates of those proxies.
  cp -a /etc/apt/. "$FOLDER/etc/apt/"
  cp -a /usr/local/share/ca-certificates "$FOLDER/usr/local/share/" 2>/dev/null || true
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
    CI="${CI-}" ${NODE_EXTRA_CA_CERTS:+NODE_EXTRA_CA_CERTS="$NODE_EXTRA_CA_CERTS"} bash -c "cd $HOME_INSIDE && exec $1"
}

# Ports on which a process of that system listens, as /proc/net/tcp writes them. Another program's are none of its business.
listening() {
  local inodes
  inodes=$(for process in /proc/[0-9]*; do
    [[ $(readlink "$process/root") == "$(realpath "$FOLDER")" ]] || continue
    find "$process/fd" -lname 'socket:*' -printf '%l\n'
  done 2>/dev/null | tr -dc '0-9\n' | sort -u)
  awk -v inodes="$inodes" 'BEGIN { split(inodes, list, "\n"); for (i in list) ours[list[i]] }
    FNR > 1 && $4 == "0A" && ($10 in ours) { sub(/.*:/, "", $2); print $2 }' /proc/net/tcp /proc/net/tcp6 | sort -u
}
enabled() { find "$FOLDER/etc/systemd/system" -path '*.wants/*' -type l -printf '%f\n' 2>/dev/null | sort; }

# Bash alone asks for /healthz: curl is not part of a minimal system.
healthy() {
  (exec 3<>/dev/tcp/127.0.0.1/3001 && printf 'GET /healthz HTTP/1.0\r\n\r\n' >&3 && grep -q '"ok"' <&3) 2>/dev/null
}

try_run() {
  local start=$SECONDS pid
  say "./dev run"
  (inside './dev run') >"$FOLDER/run.log" 2>&1 &
  pid=$!
  until healthy; do
    kill -0 "$pid" 2>/dev/null || { tail -n 50 "$FOLDER/run.log"; say "./dev run ended before the server answered"; return 1; }
    sleep 1
  done
  say "the server answers after $((SECONDS - start)) s"
  local open
  open=$(listening)
  [[ -n $open ]] || { say "no port of the server was found: the check looked at nothing"; return 1; }
  kill -TERM "$pid"
  wait "$pid" || { say "the server ended with code $?"; return 1; }
  open=$(grep -vE '^(0BB9|24F8)$' <<<"$open" || true)  # 3001, 9464
  [[ -z $open ]] || { say "ports that are not ours are open: $open"; return 1; }
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
# File systems of its own, and none of this machine's: whoever removes the folder must not remove our /dev with it.
mount_system() {
  # Its root has to be a mount of its own, as on a machine: tests make mount namespaces, which start from there.
  mountpoint -q "$FOLDER" || { mount --bind "$FOLDER" "$FOLDER" && mount --make-private "$FOLDER"; }
  mountpoint -q "$FOLDER/proc" || mount -t proc proc "$FOLDER/proc"
  mountpoint -q "$FOLDER/sys" || mount -t sysfs -o ro sysfs "$FOLDER/sys"
  mountpoint -q "$FOLDER/dev/pts" || mount -t devpts -o newinstance,ptmxmode=0666 devpts "$FOLDER/dev/pts"
  mountpoint -q "$FOLDER/dev/shm" || mount -t tmpfs -o mode=1777 tmpfs "$FOLDER/dev/shm"
}
unmount_system() {
  # Its root has to be a mount of its own, as on a machine: tests make mount namespaces, which start from there.
  mountpoint -q "$FOLDER" || { mount --bind "$FOLDER" "$FOLDER" && mount --make-private "$FOLDER"; }
  local place
  for place in dev/shm dev/pts sys proc .; do
    if mountpoint -q "$FOLDER/$place"; then umount -l "$FOLDER/$place"; fi
  done
}
mount_system
trap unmount_system EXIT
units_before=$(enabled)
for step in "${STEPS[@]}"; do "try_$step"; done
new_units=$(comm -13 <(echo "$units_before") <(enabled) | grep . || true)
[[ -z $new_units ]] || { say "enabled by us: $new_units"; exit 1; }
say "no new unit is enabled"

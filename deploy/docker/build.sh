#!/usr/bin/env bash
# Builds zvonok on a bare Debian 12 and lays out, below the given folder, what the image that runs it needs: the binary,
# the health check, and a list of the packages whose libraries the binary loads. Nobody keeps that list by hand.
set -euo pipefail
out=${1:?usage: build.sh FOLDER}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

"$here/../../dev" build

install -D -m 755 -s "$here/../../build/zvonok" "$out/usr/local/bin/zvonok"
install -D -m 755 "$here/healthcheck.sh" "$out/usr/local/lib/zvonok/healthcheck.sh"

# dpkg knows some libraries by /lib, others by /usr/lib, which on Debian 12 are one folder.
package_of() {
  local library=${1#/usr}
  dpkg-query -S "$library" 2>/dev/null || dpkg-query -S "/usr$library"
}

libraries=$(ldd "$out/usr/local/bin/zvonok" | awk '$2 == "=>" { print $3 }')
[[ -n $libraries ]] || { echo "build.sh: ldd names no library" >&2 && exit 1; }
while read -r library; do
  package_of "$library" | cut -d: -f1
done <<<"$libraries" | sort -u >"$out/usr/local/lib/zvonok/packages"

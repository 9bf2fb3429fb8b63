#!/usr/bin/env bash
# Makes a bare Debian 12 that holds the output of build.sh into one that can run it: libraries, coturn for a managed relay,
# certificates to trust for jwks.url, a user, a data folder.
set -euo pipefail
user=10001 # a number, so that an orchestrator can see that it is not root

mapfile -t packages </usr/local/lib/zvonok/packages
((${#packages[@]} > 0)) || { echo "runtime.sh: no packages are named" >&2 && exit 1; }
apt-get -q update
DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "${packages[@]}" coturn ca-certificates
rm -rf /var/lib/apt/lists/*

echo "zvonok:x:$user:" >>/etc/group
echo "zvonok:x:$user:$user::/var/lib/zvonok:/usr/sbin/nologin" >>/etc/passwd
install -d -m 700 -o "$user" -g "$user" /var/lib/zvonok

/usr/local/bin/zvonok --version
